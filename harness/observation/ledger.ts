import type { Observation } from './types.ts'

/** `Omit` that keeps a union a union. */
type WithoutAt<T> = T extends unknown ? Omit<T, 'at'> : never

/** An observation before the ledger has stamped it. */
export type Seeing = WithoutAt<Observation>

/** Where observations are written down. */
export type Recorder = Pick<Ledger, 'record'>

/** Most observations a ledger keeps: a flood from a dispatcher must not fill the memory. */
const LIMIT = 2000

/** What was seen in one scenario. Append-only and bounded. */
export class Ledger {
  readonly #seen: Observation[] = []
  readonly #began = performance.now()
  #order: 'in-order' | 'late-ones' = 'in-order'
  readonly #openedAt = new Map<number, number>()
  #connections = 0
  #overflow = 0

  /** A number for a new connection, from 1. */
  nextConnection(): number {
    return ++this.#connections
  }

  /** Adds one observation, stamped with the time since the scenario began. Past 2000 it only counts. */
  record(seeing: Seeing): void {
    this.#add(seeing, performance.now() - this.#began)
  }

  /**
   * Adds what another process saw, stamped with the time at which it did: milliseconds since 1970. A
   * time that is yet to come, or from before the scenario or the connection began, becomes the nearest
   * one that can be.
   */
  recordAt(seeing: Seeing, epochMs: number): void {
    const now = performance.now() - this.#began
    const ago = performance.timeOrigin + performance.now() - epochMs
    const connection = 'connection' in seeing ? seeing.connection : 0
    const earliest = this.#openedAt.get(connection) ?? 0
    this.#order = 'late-ones'
    this.#add(seeing, Math.min(Math.max(now - ago, earliest), now))
  }

  #add(seeing: Seeing, elapsed: number): void {
    if (this.#seen.length >= LIMIT) {
      this.#overflow++
      return
    }
    const at = Math.round(elapsed * 10) / 10
    if (seeing.kind === 'connection-opened') this.#openedAt.set(seeing.connection, at)
    this.#seen.push({ ...seeing, at })
  }

  /** How many observations were dropped because the ledger was full. */
  get overflow(): number {
    return this.#overflow
  }

  /** A copy of what was seen so far, by time; what was seen at the same time stays in order. */
  observations(): readonly Observation[] {
    return this.#order === 'in-order'
      ? [...this.#seen]
      : this.#seen.toSorted((one, other) => one.at - other.at)
  }
}
