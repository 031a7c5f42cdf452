import { createHash } from 'node:crypto'
import type { Seeing } from '../observation/ledger.ts'
import type { Listener, Observation, PresentedCertificate } from '../observation/types.ts'
import type { Disposition, Reason } from '../scenario/vocabulary.ts'
import type { Of } from '../verdict/delivery.ts'

/** SHA-256 of a word, so that tests have thumbprints that look like ones. */
export const digestOf = (word: string): string => createHash('sha256').update(word).digest('hex')

/** A presented certificate of that name; `none` = none was. */
export function presenting(name: string | 'none'): PresentedCertificate {
  if (name === 'none') return { presented: 'none' }
  return {
    presented: 'certificate',
    name,
    sha256: digestOf(name),
    subject: `CN=${name}.hooks.example`,
    chain: [name, 'private-issuing-ca'],
  }
}

/** Writes a ledger for a test as a story. Every `at` is a little later than the one before. */
export class Scene {
  readonly #seen: Observation[] = []
  #at = 0
  #connection = 0
  #listener: Listener = 'endpoint'

  add(seeing: Seeing, later = 1.4): this {
    this.#at = Math.round((this.#at + later) * 10) / 10
    this.#seen.push({ ...seeing, at: this.#at })
    return this
  }

  get #here(): { listener: Listener; connection: number } {
    return { listener: this.#listener, connection: this.#connection }
  }

  configured(): this {
    return this.add({
      kind: 'configured',
      target: 'first',
      result: 'accepted',
      reason: null,
      unsupported: [],
    })
  }

  step(step: number, action = 'deliver'): this {
    return this.add({ kind: 'step', step, action }, 0.2)
  }

  hello(listener: Listener = 'endpoint', over: Partial<Of<'client-hello'>> = {}): this {
    this.#listener = listener
    this.#connection++
    this.add({ kind: 'connection-opened', ...this.#here, slot: `slot-${this.#connection}` }, 3.1)
    return this.add({
      kind: 'client-hello',
      ...this.#here,
      serverName: 'localhost',
      alpn: ['http/1.1'],
      versions: ['TLSv1.3', 'TLSv1.2'],
      session: 'none',
      earlyData: 'none',
      statusRequest: 'none',
      ...over,
    })
  }

  handshake(shown: string | 'none', over: Partial<Of<'handshake'>> = {}): this {
    return this.add({
      kind: 'handshake',
      ...this.#here,
      protocol: 'TLSv1.3',
      cipher: 'TLS_AES_256_GCM_SHA384',
      alpn: 'http/1.1',
      session: 'full',
      clientCertificate: presenting(shown),
      judgement: { decision: 'accepted' },
      ...over,
    })
  }

  request(answered: number, over: Partial<Of<'request'>> = {}): this {
    return this.add(
      {
        kind: 'request',
        ...this.#here,
        method: 'POST',
        path: '/hooks/9d1e',
        headers: { 'content-type': ['application/json'], 'user-agent': ['acme-hooks/4.2.1'] },
        bodyBytes: 412,
        bodySha256: digestOf('body'),
        eventId: 'evt_55ab',
        bearer: 'none',
        signature: 'none',
        signedWith: [],
        answered,
        by: 'origin',
        ...over,
      },
      2.2,
    )
  }

  refusing(alert: string, number: number): this {
    return this.add({
      kind: 'alert',
      ...this.#here,
      from: 'dispatcher',
      number,
      description: alert,
    }).add({
      kind: 'handshake-failed',
      ...this.#here,
      error: `ERR_SSL_TLSV1_ALERT_${alert.toUpperCase()}`,
      clientCertificate: null,
    })
  }

  token(answered: number, shown = 'dispatcher', error: string | null = null): this {
    return this.hello('token-server')
      .handshake(shown)
      .add({
        kind: 'token-request',
        ...this.#here,
        grantType: 'client_credentials',
        clientId: 'hooks-dispatcher',
        scope: 'hooks.write',
        authMethod: 'tls_client_auth',
        clientCertificate: presenting(shown),
        answered,
        error,
      })
      .closed(0)
  }

  closed(decryptedBytes: number, over: Partial<Of<'connection-closed'>> = {}): this {
    return this.add({
      kind: 'connection-closed',
      ...this.#here,
      by: 'dispatcher',
      how: 'fin',
      bytesFromDispatcher: 1839,
      bytesToDispatcher: 3120,
      decryptedBytes,
      ...over,
    })
  }

  reply(
    disposition: Disposition,
    attempt: Partial<Of<'reply'>['attempts'][number]> & { reason?: Reason | null } = {},
  ): this {
    return this.add({
      kind: 'reply',
      disposition,
      attempts: [{ stage: 'tls', reason: null, status: null, native: null, ...attempt }],
      eventId: 'evt_55ab',
      eventSha256: digestOf('body'),
      payload: 'verbatim',
    })
  }

  get observations(): readonly Observation[] {
    return [...this.#seen]
  }
}
