import type { Seeing } from '../observation/ledger.ts'
import type { Observation, PresentedCertificate } from '../observation/types.ts'
import type { Expectation, ExpectedOutcome, TargetName } from '../scenario/types.ts'
import type { Disposition, Reason } from '../scenario/vocabulary.ts'
import type { Of } from './delivery.ts'

/** A complete expectation for tests; `over` replaces fields. */
export function expecting(outcome: ExpectedOutcome, over: Partial<Expectation> = {}): Expectation {
  const none = { min: 0, max: 0 }
  return {
    target: 'first',
    outcome,
    reasons: [],
    attempt: 'required',
    clientCertificate: 'any',
    requests: outcome === 'delivered' ? { min: 1, max: 1 } : none,
    connections: { min: 0, max: 3 },
    token: null,
    elsewhere: none,
    absentHeaders: [],
    resumption: 'forbidden',
    signature: 'any',
    signedWith: 'any',
    minimumGapMs: 0,
    gaps: 'any',
    timestamps: 'any',
    eventIds: 'any',
    requiredHeaders: {},
    serverName: 'any',
    protocol: 'any',
    oldestVersion: 'any',
    statusRequest: 'any',
    answerBytes: null,
    ...over,
  }
}

/** A ledger, written down observation by observation. */
export class Story {
  readonly #seen: Observation[] = []
  #at = 0

  /** `at`: when it was seen, in milliseconds; default a little later than the one before. */
  add(seeing: Seeing, at = this.#at + 1): this {
    this.#at = at
    this.#seen.push({ ...seeing, at })
    return this
  }

  step(step: number): this {
    return this.add({ kind: 'step', step, action: 'deliver' })
  }

  configured(
    result: 'accepted' | 'refused' | 'unsupported',
    reason: Reason | null = null,
    unsupported: readonly string[] = [],
    target: TargetName = 'first',
  ): this {
    return this.add({ kind: 'configured', target, result, reason, unsupported })
  }

  hello(connection = 1, over: Partial<Of<'client-hello'>> = {}): this {
    this.add({
      kind: 'connection-opened',
      listener: 'endpoint',
      connection,
      slot: 'slot-1',
    })
    return this.add({
      kind: 'client-hello',
      listener: 'endpoint',
      connection,
      serverName: 'localhost',
      alpn: [],
      versions: ['TLSv1.3'],
      session: 'none',
      earlyData: 'none',
      statusRequest: 'none',
      ...over,
    })
  }

  handshake(shown: string | 'none', over: Partial<Of<'handshake'>> = {}): this {
    const clientCertificate: PresentedCertificate =
      shown === 'none'
        ? { presented: 'none' }
        : { presented: 'certificate', name: shown, sha256: 'ab', subject: 'CN=x', chain: [shown] }
    return this.add({
      kind: 'handshake',
      listener: 'endpoint',
      connection: 1,
      protocol: 'TLSv1.3',
      cipher: 'TLS_AES_256_GCM_SHA384',
      alpn: null,
      session: 'full',
      clientCertificate,
      judgement: { decision: 'accepted' },
      ...over,
    })
  }

  request(answered: number, over: Partial<Of<'request'>> = {}, at?: number): this {
    return this.add(
      {
        kind: 'request',
        listener: 'endpoint',
        connection: 1,
        method: 'POST',
        path: '/hooks/1',
        headers: {},
        bodyBytes: 10,
        bodySha256: 'digest',
        eventId: 'evt_1',
        bearer: 'none',
        signature: 'none',
        signedWith: [],
        answered,
        by: 'origin',
        ...over,
      },
      at,
    )
  }

  closed(decryptedBytes: number | null, over: Partial<Of<'connection-closed'>> = {}): this {
    return this.add({
      kind: 'connection-closed',
      listener: 'endpoint',
      connection: 1,
      by: 'dispatcher',
      how: 'fin',
      bytesFromDispatcher: 500,
      bytesToDispatcher: 900,
      decryptedBytes,
      ...over,
    })
  }

  reply(disposition: Disposition, reason: Reason | null = null): this {
    return this.add({
      kind: 'reply',
      disposition,
      attempts: [{ stage: 'tls', reason, status: null, native: null }],
      eventId: 'evt_1',
      eventSha256: 'digest',
      payload: 'verbatim',
    })
  }

  /** The end of an observed run: there was no adapter. */
  unheard(): this {
    return this.add({ kind: 'unheard', waitedMs: 5000 })
  }

  fault(fault: 'errored' | 'timeout' | 'protocol' | 'gone'): this {
    return this.add({ kind: 'adapter-fault', fault, detail: `it ${fault}` })
  }

  get observations(): readonly Observation[] {
    return this.#seen
  }
}
