import { setTimeout as sleep } from 'node:timers/promises'
import { subjectOf } from '../../endpoint/presented.ts'
import type { Seeing } from '../../observation/ledger.ts'
import type { Listener, PresentedCertificate } from '../../observation/types.ts'
import type { IssuedMaterial } from '../../pki/types.ts'
import type { EndpointSetup, TokenServerSetup } from '../../scenario/setup.ts'
import type { RegisteredCertificate } from '../../token-server/types.ts'
import type {
  BackendClient,
  SiteDescription,
  StartedBackendRealm,
  StartedBackendSite,
} from '../backend/client.ts'
import type { BackendRecord } from '../backend/protocol.ts'
import { disposeAll } from '../listener.ts'
import type { ScenarioStage } from '../types.ts'
import type { SlotSet } from './slot-set.ts'
import type { Visits } from './visits.ts'

/** What answers behind a scenario's slots. */
export interface BackendSideOptions {
  readonly backend: BackendClient
  readonly stage: ScenarioStage
  readonly slots: SlotSet
  readonly visits: Visits
  readonly clientSecret: string
  /** `https://host:port` of each listener's wire; null where the scenario has none. */
  readonly bases: Readonly<Record<Listener, string | null>>
}

/** Longest wait for the origin to write down a request that it was certainly asked about. */
const RECORDED_MS = 300

/** A scenario's sites and realm at the backend, and the way of what they saw into the ledger. */
export class BackendSide implements AsyncDisposable {
  readonly urls: Readonly<Record<Listener, string | null>>
  readonly #options: BackendSideOptions
  readonly #site: StartedBackendSite
  readonly #other: StartedBackendSite | null
  readonly #realm: StartedBackendRealm | null
  #requests = 0

  private constructor(
    options: BackendSideOptions,
    targets: {
      readonly site: StartedBackendSite
      readonly other: StartedBackendSite | null
      readonly realm: StartedBackendRealm | null
    },
  ) {
    this.#options = options
    const { bases } = options
    this.#site = targets.site
    this.#other = targets.other
    this.#realm = targets.realm
    this.urls = {
      endpoint: urlOf(bases.endpoint, targets.site.path),
      elsewhere: targets.other && urlOf(bases.elsewhere, targets.other.path),
      'token-server':
        targets.realm && urlOf(bases['token-server'], `${targets.realm.prefix}/token`),
    }
  }

  /** @throws HarnessError `ERR_ENGINE_FAULT` when the backend does not take them */
  static async start(options: BackendSideOptions): Promise<BackendSide> {
    const { backend, stage, slots, bases, clientSecret } = options
    const { endpoint, elsewhere, tokenServer, event, material } = stage
    const started: AsyncDisposable[] = []
    const keep = <T extends AsyncDisposable>(thing: T): T => {
      started.push(thing)
      return thing
    }
    try {
      const realm =
        tokenServer === null
          ? null
          : keep(
              await backend.startRealm({
                setup: tokenServer,
                clientSecret,
                registered: registeredIn(tokenServer, material),
                issuer: bases['token-server'],
                slots: slots.claimsOf('token-server'),
              }),
            )
      const startSite = async (
        listener: 'endpoint' | 'elsewhere',
        setup: EndpointSetup,
        rest: Pick<SiteDescription, 'realm' | 'elsewhere'>,
      ) =>
        keep(
          await backend.startSite({
            listener,
            setup,
            event,
            slots: slots.claimsOf(listener),
            base: bases[listener],
            ...rest,
          }),
        )
      const other =
        elsewhere === null
          ? null
          : await startSite('elsewhere', elsewhere, { realm, elsewhere: null })
      const otherUrl = other && urlOf(bases.elsewhere, other.path)
      const site = await startSite('endpoint', endpoint, { realm, elsewhere: otherUrl })
      return new BackendSide(options, { site, other, realm })
    } catch (error) {
      await disposeAll(started).catch(() => undefined)
      throw error
    }
  }

  /** Changes what answers, for slots that have been added before. */
  async rotate(endpoint: EndpointSetup, tokenServer: TokenServerSetup | null): Promise<void> {
    const { slots, stage } = this.#options
    await this.#site.update({ setup: endpoint, slots: slots.claimsOf('endpoint') })
    if (tokenServer === null) return
    await this.#realm?.update({
      setup: tokenServer,
      registered: registeredIn(tokenServer, stage.material),
      slots: slots.claimsOf('token-server'),
    })
  }

  /**
   * Writes everything seen since the last time into the ledger. A terminator's line about a request can
   * come before the origin has written it down: then it waits a little.
   */
  async collect(): Promise<void> {
    const { visits, stage } = this.#options
    const limit = performance.now() + RECORDED_MS
    for (;;) {
      const targets = [this.#site, this.#other, this.#realm].filter((target) => target !== null)
      const pages = await Promise.all(targets.map((target) => target.records()))
      for (const { records, lost } of pages) {
        for (const record of records) this.#write(record)
        if (lost > 0) {
          stage.ledger.record({ kind: 'harness-fault', detail: `the backend lost ${lost} records` })
        }
      }
      const asked =
        visits.askedOf(stage.ledger, 'endpoint') + visits.askedOf(stage.ledger, 'elsewhere')
      if (this.#requests >= asked || performance.now() > limit) return
      await sleep(5)
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await disposeAll([this.#site, this.#other, this.#realm].filter((target) => target !== null))
  }

  #write({ atMs, seeing }: BackendRecord): void {
    const { visits, stage } = this.#options
    const { ledger, material } = stage
    if (seeing.kind === 'harness-fault') {
      ledger.recordAt({ kind: 'harness-fault', detail: seeing.detail }, atMs)
      return
    }
    const visitor = visits.visitorAt(seeing.connection)
    if (visitor === null || visitor.ledger !== ledger) {
      const detail = `${seeing.listener}: the backend was asked on connection ${seeing.connection}, which the wire did not make`
      ledger.recordAt({ kind: 'harness-fault', detail }, atMs)
      return
    }
    if (seeing.kind === 'request') this.#requests++
    const { connection } = visitor
    const named: Seeing =
      seeing.kind === 'request'
        ? { ...seeing, connection }
        : {
            ...seeing,
            connection,
            clientCertificate: withNames(seeing.clientCertificate, material),
          }
    ledger.recordAt(named, atMs)
  }
}

function withNames(seen: PresentedCertificate, material: IssuedMaterial): PresentedCertificate {
  if (seen.presented === 'none') return seen
  return {
    ...seen,
    name: material.nameOf(seen.sha256),
    chain: seen.chain.map((sha256) => material.nameOf(sha256) ?? sha256),
  }
}

function urlOf(base: string | null, path: string): string | null {
  return base === null ? null : `${base}${path}`
}

function registeredIn(
  { registeredCertificate: name }: TokenServerSetup,
  material: IssuedMaterial,
): RegisteredCertificate | null {
  if (name === 'none') return null
  const { sha256, der } = material.known(name)
  return { sha256, subject: subjectOf(der) }
}
