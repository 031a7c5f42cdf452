import type { Observation } from './types.ts'

/** `Omit` that keeps a union a union. */
type WithoutAt<T> = T extends unknown ? Omit<T, 'at'> : never

/** An observation before the ledger has stamped it. */
export type Seeing = WithoutAt<Observation>

/** Most observations a ledger keeps: a flood from a dispatcher must not fill the memory. */
const LIMIT = 2000

/** What was seen in one scenario, in order. Append-only and bounded. */
export class Ledger {
  readonly #seen: Observation[] = []
  readonly #began = performance.now()
  #connections = 0
  #overflow = 0

  /** A number for a new connection, from 1. */
  nextConnection(): number {
    return ++this.#connections
  }

  /** Adds one observation, stamped with the time since the scenario began. Past 2000 it only counts. */
  record(seeing: Seeing): void {
    if (this.#seen.length >= LIMIT) {
      this.#overflow++
      return
    }
    const at = Math.round((performance.now() - this.#began) * 10) / 10
    this.#seen.push({ ...seeing, at })
  }

  /** How many observations were dropped because the ledger was full. */
  get overflow(): number {
    return this.#overflow
  }

  /** A copy of what was seen so far. */
  observations(): readonly Observation[] {
    return [...this.#seen]
  }
}
