import { setTimeout as sleep } from 'node:timers/promises'
import { isKnownAlert } from '../../observation/alerts.ts'
import type { Ledger, Seeing } from '../../observation/ledger.ts'
import { BorrowedNumbers } from './borrowed-numbers.ts'
import type { ReadLine } from './log-feed.ts'
import { RETIRING_MS } from './reload-lock.ts'
import { meaningOf, type ConnectionContext } from './translate.ts'

/** Which container's lines tell about a connection. */
export type Terminator = 'nginx' | 'haproxy'

/** A connection that the wire hands over to a slot. */
export interface Visitor extends ConnectionContext {
  readonly terminator: Terminator
  readonly ledger: Ledger
}

interface Visit {
  readonly visitor: Visitor
  readonly openedAt: number
  bytes: number
  /** Requests that the origin was asked about. */
  asked: number
  /** Whether a line has told what became of the handshake. */
  state: 'unknown' | 'told'
  readonly ended: Deferred<undefined>
  readonly request: Deferred<{ readonly answered: number }>
}

/** Longest wait for the line that ends a connection: less than the wire waits for the account. */
const ENDED_MS = 900

/** How much later than one worker another can come to write. */
const OTHER_WORKER_MS = 40

/** Longest wait for the line that says why the slot ended a connection. */
const ANSWERED_MS = 500

/**
 * The connections of one worker on their way through the containers, by engine-wide number, and what the
 * terminators' logs tell about them. Everything is written into the ledger of the connection's scenario.
 */
export class Visits {
  readonly #visits = new Map<number, Visit>()
  readonly #first: number
  readonly #count: number
  readonly #borrowed = new BorrowedNumbers()
  #next = 0
  /** When each terminator last said that it has reloaded. */
  readonly #reloadedAt = { nginx: Number.NEGATIVE_INFINITY, haproxy: Number.NEGATIVE_INFINITY }

  /** @param range the engine-wide numbers of this worker */
  constructor(range: { readonly first: number; readonly count: number }) {
    this.#first = range.first
    this.#count = range.count
  }

  /** A number for a connection that nothing is known of, for a fence. */
  nextNumber(): number {
    return this.#first + (this.#next++ % this.#count)
  }

  /** Takes a connection in. Gives its engine-wide number. */
  open(visitor: Visitor): number {
    const number = this.nextNumber()
    this.#visits.set(number, {
      visitor,
      openedAt: performance.now(),
      bytes: 0,
      asked: 0,
      state: 'unknown',
      ended: deferred(),
      request: deferred(),
    })
    return number
  }

  /** The visitor with that engine-wide number, or null for a stranger. */
  visitorAt(number: number): Visitor | null {
    return this.#visits.get(this.#borrowed.ownerOf(number))?.visitor ?? null
  }

  /** How often the origin was asked, over the connections of a ledger and listener. */
  askedOf(ledger: Ledger, listener: Visitor['listener']): number {
    return [...this.#visits.values()]
      .filter(({ visitor }) => visitor.ledger === ledger && visitor.listener === listener)
      .reduce((sum, { asked }) => sum + asked, 0)
  }

  /** Takes a line of a terminator's log. */
  take(terminator: Terminator, line: ReadLine): void {
    const { part, at } = line
    if (part.part === 'ready') this.#reloadedAt[terminator] = performance.now()
    if (!('connection' in part)) return
    if (part.part === 'passed-on') {
      const isOurs = this.#visits.has(part.connection)
      const early = this.#borrowed.lend(part.knownAs, isOurs ? part.connection : null, at)
      for (const one of early) this.take('nginx', one)
      return
    }
    if (this.#borrowed.keep(part.connection, line) === 'kept') return
    const visit = this.#visits.get(this.#borrowed.ownerOf(part.connection))
    // Also the lines of an nginx behind the load balancer that is this connection's terminator.
    if (visit?.visitor.terminator !== terminator) return
    const { visitor } = visit
    const meaning = meaningOf(part, visitor)
    for (const { seeing, agoMs } of meaning.seeings) {
      if (isNews(seeing, visitor.ledger)) visitor.ledger.recordAt(seeing, at - agoMs)
    }
    visit.bytes += meaning.bytes
    if (meaning.asked === 'origin') visit.asked++
    if (part.part === 'request') visit.request.resolve({ answered: part.answered })
    if (part.part === 'ended') visit.ended.resolve(undefined)
    else visit.state = 'told'
  }

  /**
   * Application bytes of a connection, once its end was logged; null when it was not in time. Usually
   * the end is the last line about it; where it is the first, the fence tells whether it is the only one.
   */
  async bytesOf(number: number, fence: () => Promise<void>): Promise<number | null> {
    const visit = this.#visits.get(number)
    if (visit === undefined) return null
    if ((await within(visit.ended.promise, ENDED_MS)) === 'late') return null
    if (visit.state === 'unknown') {
      // Two workers then write side by side, and only the newer one answers at the fence.
      const reloadedAt = this.#reloadedAt[visit.visitor.terminator]
      if (visit.openedAt < reloadedAt + RETIRING_MS) await sleep(OTHER_WORKER_MS)
      await fence()
    }
    return visit.bytes
  }

  /** Whether a slot of the style `reset` has ended a connection because it turned it away. */
  async endingOf(number: number): Promise<'fin' | 'reset'> {
    const visit = this.#visits.get(number)
    if (visit === undefined) return 'fin'
    const either = Promise.race([
      visit.request.promise,
      visit.ended.promise.then(() => ({ answered: -1 })),
    ])
    const last = await within(either, ANSWERED_MS)
    return last !== 'late' && last.answered === 0 ? 'reset' : 'fin'
  }

  /** Forgets the connections of a scenario that is over. */
  forget(ledger: Ledger): void {
    for (const [number, { visitor }] of this.#visits) {
      if (visitor.ledger !== ledger) continue
      this.#visits.delete(number)
      this.#borrowed.giveBack(number)
    }
  }
}

/** A connection has one handshake, and an alert that the wire has seen is not a second one. */
function isNews(seeing: Seeing, ledger: Ledger): boolean {
  if (seeing.kind === 'alert') return !isKnownAlert(seeing, ledger)
  if (seeing.kind !== 'handshake') return true
  return !ledger
    .observations()
    .some((known) => known.kind === 'handshake' && known.connection === seeing.connection)
}

interface Deferred<T> {
  readonly promise: Promise<T>
  readonly resolve: (value: T) => void
}

function deferred<T>(): Deferred<T> {
  let resolve: (value: T) => void = () => undefined
  const promise = new Promise<T>((done) => {
    resolve = done
  })
  return { promise, resolve }
}

function within<T>(promise: Promise<T>, limitMs: number): Promise<T | 'late'> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => {
      resolve('late')
    }, limitMs)
    void promise.then((value) => {
      clearTimeout(timer)
      resolve(value)
    })
  })
}
