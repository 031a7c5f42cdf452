import { createHash } from 'node:crypto'
import type { HaproxySlot } from './haproxy-config.ts'

interface Slot {
  readonly number: number
  readonly text: string
  readonly files: ReadonlyMap<string, string>
  lastUse: number
}

/** What has to be written before leases hold; empty = nothing, and no reload. */
export interface HaproxyWork {
  readonly files: ReadonlyMap<string, string>
  readonly configuration: 'same' | 'new'
}

/** Reloading costs by the number of slots. */
const MOST_SLOTS = 40

/**
 * One worker's slots in HAProxy, which stay when their scenario is over and serve the next one that is
 * the same. Bookkeeping only: the caller carries the work out.
 */
export class HaproxyPool {
  readonly #slots = new Map<string, Slot>()
  readonly #busy = new Set<number>()
  /** What was begun since the last work was done, to be undone when it cannot be. */
  #begun = { places: new Set<string>(), taken: new Set<number>() }
  #files = new Map<string, string>()
  #configuration: HaproxyWork['configuration'] = 'same'
  #uses = 0

  /** The number of a free slot that is like this one, whatever its own number would be; null = there is none. */
  find(like: HaproxySlot, number: number): number | null {
    const slot = this.#slots.get(keyOf(like, number))
    if (slot === undefined || this.#busy.has(slot.number)) return null
    slot.lastUse = ++this.#uses
    this.#busy.add(slot.number)
    this.#begun.taken.add(slot.number)
    return slot.number
  }

  /** Adds a slot, taken. Gives the numbers of the slots that were thrown out for it. */
  add(slot: HaproxySlot, number: number): readonly number[] {
    const gone = this.#slots.size >= MOST_SLOTS ? this.#throwOut() : []
    // A twin that is busy keeps its place under a key of its own.
    const key = keyOf(slot, number)
    const place = this.#slots.has(key) ? `${key} ${number}` : key
    this.#slots.set(place, { ...slot, number, lastUse: ++this.#uses })
    this.#busy.add(number)
    this.#begun.taken.add(number)
    this.#begun.places.add(place)
    for (const [name, content] of slot.files) this.#files.set(`${number}/${name}`, content)
    this.#configuration = 'new'
    return gone
  }

  /** Whether something has been begun that HAProxy must reload for. */
  get needsReload(): boolean {
    return this.#configuration === 'new'
  }

  free(number: number): void {
    this.#busy.delete(number)
  }

  work(): HaproxyWork {
    const work = { files: this.#files, configuration: this.#configuration }
    this.#files = new Map()
    this.#configuration = 'same'
    return work
  }

  render(): string {
    return [...this.#slots.values()].map(({ text }) => text).join('')
  }

  /** The work is done. */
  done(): void {
    this.#begun = { places: new Set(), taken: new Set() }
  }

  /**
   * The work could not be done: frees what was taken for it, and removes what was added. Gives the numbers
   * of the latter. What others have taken before stays theirs.
   */
  undo(): readonly number[] {
    const { places, taken } = this.#begun
    this.done()
    for (const number of taken) this.#busy.delete(number)
    const numbers = [...places].flatMap((place) => this.#slots.get(place)?.number ?? [])
    for (const place of places) this.#slots.delete(place)
    this.#files = new Map()
    this.#configuration = 'new'
    return numbers
  }

  #throwOut(): readonly number[] {
    const idle = [...this.#slots]
      .filter(([, { number }]) => !this.#busy.has(number))
      .toSorted(([, one], [, other]) => one.lastUse - other.lastUse)
      .slice(0, MOST_SLOTS / 2)
    for (const [key] of idle) this.#slots.delete(key)
    return idle.map(([, { number }]) => number)
  }
}

/** What a slot is but for its number. */
function keyOf({ text, files }: HaproxySlot, number: number): string {
  const hash = createHash('sha256').update(text.replaceAll(String(number), 'N'))
  for (const [name, content] of files) hash.update(`\0${name}\0${content}`)
  return hash.digest('hex')
}
