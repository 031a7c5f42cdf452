import { standsForPort } from '../../observation/readers/connection-address.ts'
import type { ReadLine } from './log-feed.ts'

/** By how much two logs are apart at most, by the Docker engine's clock. What waited for longer is about an earlier connection from the same port. */
const APART_MS = 1000

/** Lines that may wait for their owner. More than come in the time by which two logs are apart. */
const MOST_WAITING = 500

/**
 * Whose connection it is that nginx knows by nothing but the port it was made from. HAProxy's log tells
 * that, and the two logs come on ways of their own: a line of nginx can be there first, and waits.
 */
export class BorrowedNumbers {
  readonly #owners = new Map<number, number>()
  #waiting: { readonly number: number; readonly line: ReadLine }[] = []

  /**
   * A number stands for a connection from now on. Gives the lines that came before.
   *
   * @param owner null = a connection that is none of ours
   * @param at when the Docker engine took the line that says so, in milliseconds since 1970
   */
  lend(number: number, owner: number | null, at: number): readonly ReadLine[] {
    const lines = this.#waiting
      .filter((one) => one.number === number && Math.abs(one.line.at - at) < APART_MS)
      .map(({ line }) => line)
    this.#waiting = this.#waiting.filter((one) => one.number !== number)
    if (owner === null) {
      this.#owners.delete(number)
      return []
    }
    this.#owners.set(number, owner)
    return lines
  }

  /** The connection that a number stands for: itself, unless it is borrowed. */
  ownerOf(number: number): number {
    return this.#owners.get(number) ?? number
  }

  /** Keeps a line about a number whose owner is not known yet. */
  keep(number: number, line: ReadLine): 'kept' | 'not-needed' {
    if (!standsForPort(number) || this.#owners.has(number)) return 'not-needed'
    this.#waiting.push({ number, line })
    if (this.#waiting.length > MOST_WAITING) this.#waiting.shift()
    return 'kept'
  }

  /** A connection is over: its number may come to stand for another. */
  giveBack(owner: number): void {
    for (const [number, own] of this.#owners) if (own === owner) this.#owners.delete(number)
  }
}
