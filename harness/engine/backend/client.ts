import type { EventExpected } from '../../endpoint/types.ts'
import type { EndpointSetup, TokenServerSetup } from '../../scenario/setup.ts'
import type { RegisteredCertificate } from '../../token-server/types.ts'
import type { BackendRecord, SlotClaim } from './protocol.ts'

/** Where a backend's control port is. */
export interface BackendAddress {
  /** `http://127.0.0.1:49160`. */
  readonly url: string
  /** The value of the container's HOOKPROOF_CONTROL_SECRET. */
  readonly secret: string
}

/** A site to start: what answers a scenario's deliveries. */
export interface SiteDescription {
  readonly listener: 'endpoint' | 'elsewhere'
  /** Only policy and answers are used. */
  readonly setup: Pick<EndpointSetup, 'policy' | 'answers'>
  readonly event: EventExpected
  /** The slots whose requests come to this site. More can be claimed by `update`. */
  readonly slots: readonly SlotClaim[]
  /** The scenario's token server, for bearer checks; null = none. */
  readonly realm: StartedBackendRealm | null
  /** `https://host:port` of the wire; null = given later by `update`, before the first redirect. */
  readonly base: string | null
  /** URL of the second site, for redirects; null = none. */
  readonly elsewhere: string | null
}

/** A realm to start: a scenario's token server. */
export interface RealmDescription {
  /** Its TLS side is not used. */
  readonly setup: Omit<TokenServerSetup, 'endpoint'>
  readonly clientSecret: string
  readonly registered: RegisteredCertificate | null
  /** `https://host:port` of the wire; null = given later by `update`, before the first token request. */
  readonly issuer: string | null
  readonly slots: readonly SlotClaim[]
  /** Thumbprint put into a token by `issue-wrong-binding`; default random. */
  readonly foreignSha256?: string
}

/** What a site or realm has seen. */
export interface BackendRecords {
  /** Oldest first, with engine-wide connection numbers and certificates without a name. */
  readonly records: readonly BackendRecord[]
  /** How many more there were: a target keeps 2000 records, and 8 MiB of them. */
  readonly lost: number
}

/** A site or realm at the backend. Disposing of it forgets it; its slots are free again. */
export interface StartedBackendTarget extends AsyncDisposable {
  readonly id: string
  /** What was seen since the last call. Call it when the proxies' connections have ended. */
  records(): Promise<BackendRecords>
}

/** A started site. */
export interface StartedBackendSite extends StartedBackendTarget {
  /** Path of the URL to give the dispatcher, `/hooks/` and 16 hexadecimal digits. */
  readonly path: string
  /** Changes what is given. `slots` are claimed besides the earlier ones; other `answers` begin anew. */
  update(change: Partial<Omit<SiteDescription, 'listener' | 'event'>>): Promise<void>
}

/** A started realm. */
export interface StartedBackendRealm extends StartedBackendTarget {
  /** Path prefix, `/r/` and 32 hexadecimal digits; the token endpoint is `<prefix>/token`. */
  readonly prefix: string
  /** Changes what is given. `slots` are claimed besides the earlier ones; `setup` makes answers begin anew. */
  update(change: Partial<Omit<RealmDescription, 'clientSecret' | 'foreignSha256'>>): Promise<void>
}

/**
 * The engine's side of the control port. All methods throw HarnessError `ERR_ENGINE_FAULT` when the
 * backend does not answer within five seconds, refuses, or answers something else than it should.
 */
export interface BackendClient extends AsyncDisposable {
  /** `node` and `openssl` of the container. */
  readonly versions: Readonly<Record<string, string>>
  startSite(description: SiteDescription): Promise<StartedBackendSite>
  startRealm(description: RealmDescription): Promise<StartedBackendRealm>
  /** Requests that came to no site and no realm since the last call: each is a fault of the engine, or an intruder. */
  strays(): Promise<BackendRecords>
}
