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
   * time before the scenario began, or one yet to come, becomes the nearest one that can be.
   */
  recordAt(seeing: Seeing, epochMs: number): void {
    const elapsed = epochMs - performance.timeOrigin - this.#began
    this.#order = 'late-ones'
    this.#add(seeing, Math.min(Math.max(elapsed, 0), performance.now() - this.#began))
  }

  #add(seeing: Seeing, elapsed: number): void {
    if (this.#seen.length >= LIMIT) {
      this.#overflow++
      return
    }
    this.#seen.push({ ...seeing, at: Math.round(elapsed * 10) / 10 })
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
