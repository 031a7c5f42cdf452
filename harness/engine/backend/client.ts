import { randomBytes } from 'node:crypto'
import type { EventExpected } from '../../endpoint/types.ts'
import type { EndpointSetup, TokenServerSetup } from '../../scenario/setup.ts'
import type { RegisteredCertificate } from '../../token-server/types.ts'
import { ControlConnection } from './control-connection.ts'
import {
  decodeRealmStarted,
  decodeRecordPage,
  decodeSiteStarted,
  decodeVersions,
  PROTOCOL,
  STRAYS,
  type BackendRecord,
  type RealmStart,
  type RealmUpdate,
  type RecordPage,
  type SiteStart,
  type SiteUpdate,
  type SlotClaim,
} from './protocol.ts'

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
  update(change: Partial<Omit<SiteDescription, 'listener' | 'event' | 'realm'>>): Promise<void>
}

/** A started realm. */
export interface StartedBackendRealm extends StartedBackendTarget {
  /** Path prefix, `/r/` and 32 hexadecimal digits; the token endpoint is `<prefix>/token`. */
  readonly prefix: string
  /**
   * Changes what is given. `slots` are claimed besides the earlier ones; `setup` and `registered` make
   * the answers begin anew.
   */
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

/**
 * Connects to a backend and asks for its versions.
 *
 * @throws HarnessError `ERR_ENGINE_FAULT` when none of the same protocol answers there.
 */
export async function connectBackend(address: BackendAddress): Promise<BackendClient> {
  const control = new ControlConnection(address)
  try {
    const { protocol, versions } = await control.get('/v1/versions', decodeVersions)
    if (protocol !== PROTOCOL) {
      throw control.fault(`speaks version ${protocol} of the control protocol, not ${PROTOCOL}`)
    }
    return createClient(control, versions)
  } catch (error) {
    control.close()
    throw error
  }
}

function createClient(
  control: ControlConnection,
  versions: BackendClient['versions'],
): BackendClient {
  const readStrays = recordReader(control, STRAYS)
  return {
    versions,
    async startSite(description) {
      const { listener, event, slots, realm, base, elsewhere } = description
      const start: SiteStart = {
        listener,
        setup: originSide(description.setup),
        secrets: event.secrets.map(({ name, scheme, secret }) => ({
          name,
          scheme,
          secretBase64: secret.toString('base64'),
        })),
        slots,
        realm: realm?.id ?? null,
        base,
        elsewhere,
      }
      const { id, path } = await control.post('/v1/sites', start, decodeSiteStarted)
      return {
        ...target(control, 'sites', id),
        path,
        async update({ setup, ...change }) {
          const update: SiteUpdate = { ...change, ...(setup && { setup: originSide(setup) }) }
          await control.patch(`/v1/sites/${id}`, update)
        },
      }
    },
    async startRealm(description) {
      const start: RealmStart = {
        foreignSha256: randomBytes(32).toString('hex'),
        ...description,
        setup: tokenSide(description.setup),
      }
      const { id, prefix } = await control.post('/v1/realms', start, decodeRealmStarted)
      return {
        ...target(control, 'realms', id),
        prefix,
        async update({ setup, ...change }) {
          const update: RealmUpdate = { ...change, ...(setup && { setup: tokenSide(setup) }) }
          await control.patch(`/v1/realms/${id}`, update)
        },
      }
    },
    strays: readStrays,
    [Symbol.asyncDispose]() {
      control.close()
      return Promise.resolve()
    },
  }
}

function target(
  control: ControlConnection,
  collection: 'sites' | 'realms',
  id: string,
): StartedBackendTarget {
  let state: 'there' | 'gone' = 'there'
  return {
    id,
    records: recordReader(control, id),
    async [Symbol.asyncDispose]() {
      if (state === 'gone') return
      state = 'gone'
      await control.delete(`/v1/${collection}/${id}`)
    },
  }
}

function recordReader(control: ControlConnection, id: string): () => Promise<BackendRecords> {
  let since = 0
  let lostBefore = 0
  return async () => {
    const records: BackendRecord[] = []
    let page: RecordPage
    do {
      page = await control.get(`/v1/records?target=${id}&since=${since}`, decodeRecordPage)
      records.push(...page.records)
      since = page.next
    } while (page.remaining === 'some')
    const lost = page.lost - lostBefore
    lostBefore = page.lost
    return { records, lost }
  }
}

function originSide({ policy, answers }: SiteDescription['setup']): SiteDescription['setup'] {
  return { policy, answers }
}

function tokenSide(setup: RealmDescription['setup']): RealmDescription['setup'] {
  const { authMethod, registeredCertificate, clientId, scope, expiresIn, answers } = setup
  return { authMethod, registeredCertificate, clientId, scope, expiresIn, answers }
}
