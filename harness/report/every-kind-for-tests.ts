import type { Observation } from '../observation/types.ts'
import { digestOf, presenting } from './scene-for-tests.ts'

const on = { listener: 'endpoint', connection: 1 } as const

/** One observation of every kind. A kind without one does not compile. */
const ONE_OF_EACH: {
  readonly [K in Observation['kind']]: Extract<Observation, { readonly kind: K }>
} = {
  step: { kind: 'step', at: 0, step: 0, action: 'deliver' },
  'connection-opened': { kind: 'connection-opened', at: 1, ...on, slot: 'slot-1' },
  'client-hello': {
    kind: 'client-hello',
    at: 2,
    ...on,
    serverName: 'localhost',
    alpn: ['h2'],
    versions: ['TLSv1.3'],
    session: 'offered',
    earlyData: 'none',
    statusRequest: 'asked',
  },
  'not-tls': { kind: 'not-tls', at: 3, ...on, preview: 'POST / HTTP/1.1' },
  alert: { kind: 'alert', at: 4, ...on, from: 'endpoint', number: 48, description: 'unknown_ca' },
  handshake: {
    kind: 'handshake',
    at: 5,
    ...on,
    protocol: 'TLSv1.2',
    cipher: 'ECDHE-RSA-AES128-GCM-SHA256',
    alpn: null,
    session: 'resumed',
    clientCertificate: presenting('dispatcher'),
    judgement: { decision: 'rejected', because: 'expired', style: 'http-400' },
  },
  'handshake-failed': {
    kind: 'handshake-failed',
    at: 6,
    ...on,
    error: 'ERR_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE',
    clientCertificate: { presented: 'none' },
  },
  request: {
    kind: 'request',
    at: 7,
    ...on,
    method: 'POST',
    path: '/hooks/1',
    headers: { 'x-note': ['one', 'two'] },
    bodyBytes: 12,
    bodySha256: digestOf('body'),
    eventId: 'evt_1',
    bearer: 'wrong-binding',
    signature: 'invalid',
    answered: 403,
    by: 'origin',
  },
  'connection-closed': {
    kind: 'connection-closed',
    at: 8,
    ...on,
    by: 'endpoint',
    how: 'reset',
    bytesFromDispatcher: 100,
    bytesToDispatcher: 2048,
    decryptedBytes: 12,
  },
  'token-request': {
    kind: 'token-request',
    at: 9,
    listener: 'token-server',
    connection: 2,
    grantType: 'client_credentials',
    clientId: 'dispatcher',
    scope: null,
    authMethod: 'tls_client_auth',
    clientCertificate: presenting('stranger'),
    answered: 401,
    error: 'invalid_client',
  },
  configured: {
    kind: 'configured',
    target: 'first',
    at: 10,
    result: 'refused',
    reason: 'client-certificate.expired',
    unsupported: [],
  },
  reply: {
    kind: 'reply',
    at: 11,
    disposition: 'failed',
    attempts: [{ stage: 'response', reason: 'http.status', status: 403, native: 'Forbidden' }],
    eventId: 'evt_1',
    eventSha256: digestOf('event'),
    payload: 'wrapped',
  },
  unheard: { kind: 'unheard', at: 11.5, waitedMs: 60_000 },
  dropped: { kind: 'dropped', at: 12, dropped: ['connections', 'tls-sessions'] },
  inspected: {
    kind: 'inspected',
    at: 13,
    sha256: digestOf('dispatcher'),
    name: 'dispatcher',
    notAfter: '2026-09-24T10:00:00Z',
    warnings: ['client-certificate.expiring'],
  },
  'adapter-fault': { kind: 'adapter-fault', at: 14, fault: 'protocol', detail: 'not JSON: "oops"' },
  'harness-fault': { kind: 'harness-fault', at: 15, detail: 'the wire lost its listener' },
}

/** One observation of every kind there is. */
export const EVERY_KIND: readonly Observation[] = Object.values(ONE_OF_EACH)
