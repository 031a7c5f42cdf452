import { randomBytes } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { Site } from '../../endpoint/site.ts'
import type { PresentedCertificate } from '../../observation/types.ts'
import type { LoadBalancer } from '../../scenario/setup.ts'
import type { StartedRealm, TokenBehaviour, TokenService } from '../../token-server/types.ts'
import type { RealmStart, RealmUpdate, SiteStart, SiteUpdate, SlotClaim } from './protocol.ts'
import { RecordBook } from './record-book.ts'
import { Refused } from './refused.ts'

/** Most sites and realms at a time. */
const MOST_TARGETS = 4000

interface TargetParts {
  readonly id: string
  readonly book: RecordBook
  /** Sockets with a request under way. */
  readonly sockets: Set<Socket>
}

/** What requests can come to. */
export type Target =
  | (TargetParts & {
      readonly kind: 'site'
      readonly site: Site
      readonly listener: SiteStart['listener']
      readonly redirects: { base: string; elsewhere: string | null }
    })
  | (TargetParts & {
      readonly kind: 'realm'
      readonly realm: StartedRealm
      readonly told: { issuer: string; setup: TokenBehaviour }
    })

/** A slot that belongs to a target. */
export interface Claim {
  readonly target: Target
  readonly loadBalancer: LoadBalancer
}

/** A request that came to a realm. */
export interface TokenArrival {
  readonly target: Target
  readonly connection: number
  readonly presented: PresentedCertificate
}

/** All sites and realms, and which slot leads to which. */
export class Targets {
  /** What came to none of them. */
  readonly strays = new RecordBook()
  readonly #service: TokenService
  readonly #targets = new Map<string, Target>()
  readonly #claims = new Map<number, Claim>()
  readonly #arrivals = new WeakMap<IncomingMessage, TokenArrival>()

  constructor(service: TokenService) {
    this.#service = service
  }

  /** Whose slot this is. */
  claimOf(slot: number): Claim | null {
    return this.#claims.get(slot) ?? null
  }

  /** Remembers how a token request arrived until it is recorded. */
  arrived(request: IncomingMessage, arrival: TokenArrival): void {
    this.#arrivals.set(request, arrival)
  }

  /** @throws Refused when there is none of that kind. */
  get<Kind extends Target['kind']>(kind: Kind, id: string): Extract<Target, { kind: Kind }> {
    const target = this.#targets.get(id)
    if (target?.kind !== kind) throw new Refused(404, `there is no ${kind} ${id.slice(0, 40)}`)
    return target as Extract<Target, { kind: Kind }>
  }

  /** The book of a site or realm. @throws Refused when there is none. */
  bookOf(id: string): RecordBook {
    const target = this.#targets.get(id)
    if (target === undefined) throw new Refused(404, `there is no site or realm ${id.slice(0, 40)}`)
    return target.book
  }

  startSite(start: SiteStart): Extract<Target, { kind: 'site' }> {
    const parts = this.#newParts(start.slots)
    const { listener, secrets, setup } = start
    const redirects = { base: start.base ?? '', elsewhere: start.elsewhere }
    const site: Site = new Site({
      listener,
      ledger: parts.book,
      event: {
        secrets: secrets.map(({ name, scheme, secretBase64 }) => ({
          name,
          scheme,
          secret: Buffer.from(secretBase64, 'base64'),
        })),
      },
      setup,
      bearers: start.realm === null ? null : this.get('realm', start.realm).realm.bearers,
      targets: () => ({ own: `${redirects.base}${site.path}`, elsewhere: redirects.elsewhere }),
    })
    const target = { ...parts, kind: 'site', site, listener, redirects } as const
    this.#add(target, start.slots)
    return target
  }

  updateSite(id: string, update: SiteUpdate): void {
    const target = this.get('site', id)
    this.#claim(target, update.slots ?? [])
    if (update.setup !== undefined) target.site.update(update.setup)
    if (update.base !== undefined) target.redirects.base = update.base ?? ''
    if (update.elsewhere !== undefined) target.redirects.elsewhere = update.elsewhere
  }

  startRealm(start: RealmStart): Extract<Target, { kind: 'realm' }> {
    const parts = this.#newParts(start.slots)
    const { setup, clientSecret, registered, foreignSha256 } = start
    const told = { issuer: start.issuer ?? '', setup }
    const realm = this.#service.register({
      setup,
      clientSecret,
      registered,
      foreignSha256,
      issuer: () => told.issuer,
      onTokenRequest: (seen, request) => {
        const arrival = this.#arrivals.get(request)
        // By its path it came to this realm, but over a slot of another.
        if (arrival?.target.id !== parts.id) return
        const { connection, presented: clientCertificate } = arrival
        const listener = 'token-server'
        parts.book.record({
          kind: 'token-request',
          listener,
          connection,
          clientCertificate,
          ...seen,
        })
      },
    })
    const target = { ...parts, kind: 'realm', realm, told } as const
    this.#add(target, start.slots)
    return target
  }

  updateRealm(id: string, update: RealmUpdate): void {
    const target = this.get('realm', id)
    this.#claim(target, update.slots ?? [])
    if (update.issuer !== undefined) target.told.issuer = update.issuer ?? ''
    if (update.setup === undefined && update.registered === undefined) return
    target.told.setup = update.setup ?? target.told.setup
    target.realm.update(target.told.setup, update.registered)
  }

  /** Forgets a target, frees its slots and cuts off what is under way. */
  delete(kind: Target['kind'], id: string): void {
    const target = this.get(kind, id)
    this.#targets.delete(id)
    for (const [slot, claim] of this.#claims) {
      if (claim.target === target) this.#claims.delete(slot)
    }
    if (target.kind === 'realm') target.realm[Symbol.dispose]()
    for (const socket of target.sockets) socket.destroy()
  }

  #newParts(slots: readonly SlotClaim[]): TargetParts {
    if (this.#targets.size >= MOST_TARGETS) {
      throw new Refused(429, `there are ${MOST_TARGETS} sites and realms already`)
    }
    const id = randomBytes(16).toString('hex')
    this.#refuseTaken(id, slots)
    return { id, book: new RecordBook(), sockets: new Set() }
  }

  #add(target: Target, slots: readonly SlotClaim[]): void {
    this.#targets.set(target.id, target)
    this.#claim(target, slots)
  }

  #claim(target: Target, slots: readonly SlotClaim[]): void {
    this.#refuseTaken(target.id, slots)
    for (const { slot, loadBalancer } of slots) this.#claims.set(slot, { target, loadBalancer })
  }

  #refuseTaken(id: string, slots: readonly SlotClaim[]): void {
    const taken = slots.find(({ slot }) => (this.#claims.get(slot)?.target.id ?? id) !== id)
    if (taken !== undefined) throw new Refused(409, `slot ${taken.slot} belongs to another target`)
  }
}
