import { expect, test } from '@playwright/test'
import type { Observation } from '../observation/types.ts'
import { EVERY_KIND } from './every-kind-for-tests.ts'
import { sequenceDiagram } from './html-sequence.ts'
import { narrate } from './narrate.ts'

/** The sentence that a reader sees, with its subject. */
const told = (seen: Observation): string => `${narrate(seen).actor} ${narrate(seen).text}`

test('every kind of observation has its words', () => {
  expect(Object.fromEntries(EVERY_KIND.map((seen) => [seen.kind, told(seen)]))).toEqual({
    step: 'harness begins step 1: deliver',
    'connection-opened': 'dispatcher opens connection 1',
    'client-hello':
      'dispatcher sends a ClientHello for localhost, offering TLSv1.3, and offers an earlier session',
    'not-tls': 'dispatcher sends something that is not TLS',
    alert: 'endpoint sends the TLS alert unknown_ca (48)',
    handshake:
      'endpoint resumes an earlier session over TLSv1.2; the dispatcher shows the certificate "dispatcher", which is rejected: expired (http-400)',
    'handshake-failed':
      'endpoint gives the handshake up: ERR_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE',
    request: 'dispatcher sends POST /hooks/1 (12 bytes) with event evt_1, and was answered 403',
    'connection-closed':
      'endpoint resets connection 1; 12 bytes of application data were decrypted',
    unheard:
      'harness ends its watch after 1 min 0 s, without a word from the dispatcher: there is no adapter',
    'token-request':
      'dispatcher asks for a token by tls_client_auth, shows the certificate "stranger", and was answered 401 (invalid_client)',
    configured: 'adapter refuses the configuration: client-certificate.expired',
    reply: 'adapter says failed (http.status), after 1 attempt',
    dropped: 'adapter says that it dropped connections and tls-sessions',
    inspected: 'adapter shows the certificate "dispatcher" on inspection, with 1 warning',
    enrolled: 'adapter enrolls "dispatcher" with a certification request for a key rsa-2048',
    'secret-told': 'adapter tells an access token in "attempts.native" of the reply to deliver',
    'adapter-fault': 'adapter breaks the adapter protocol: not JSON: "oops"',
    'harness-fault': 'harness fails itself: the wire lost its listener',
  })
})

test('every kind says where it went, and is in the diagram or stands for the next one', () => {
  for (const seen of EVERY_KIND) {
    const { direction, actor, label } = narrate(seen)
    if (direction.way === 'to') expect(direction.whom).not.toBe(actor)
    expect(label).not.toBe('')
  }
  const diagram = sequenceDiagram(EVERY_KIND, new Set()).source
  const drawn = EVERY_KIND.filter((seen) => seen.kind !== 'connection-opened')
  for (const seen of drawn) {
    const words = narrate(seen).label.slice(0, 20).replaceAll('"', '&quot;')
    expect(diagram, seen.kind).toContain(words)
  }
})

test('an alert and a close are told of who sent them', () => {
  const on = { listener: 'token-server', connection: 3, at: 0 } as const
  const alert = { kind: 'alert', number: 42, description: 'bad_certificate', ...on } as const
  expect(narrate({ ...alert, from: 'dispatcher' })).toMatchObject({
    actor: 'dispatcher',
    direction: { way: 'to', whom: 'token server' },
    tone: 'trouble',
  })
  expect(narrate({ ...alert, from: 'endpoint' })).toMatchObject({
    actor: 'token server',
    direction: { way: 'to', whom: 'dispatcher' },
  })
  expect(narrate({ ...alert, from: 'endpoint', number: 0, description: 'close_notify' }).tone).toBe(
    'plain',
  )
  const closed = {
    kind: 'connection-closed',
    how: 'fin',
    bytesFromDispatcher: 0,
    bytesToDispatcher: 0,
    decryptedBytes: null,
    ...on,
  } as const
  expect(told({ ...closed, by: 'harness' })).toBe('wire closes connection 3')
  expect(told({ ...closed, by: 'endpoint' })).toBe('token server closes connection 3')
})

test('a flood of observations makes a diagram of bounded size', () => {
  const flood = Array.from({ length: 2000 }, () => EVERY_KIND)
    .flat()
    .slice(0, 2000)
  const diagram = sequenceDiagram(flood, new Set()).source
  expect(diagram).toContain('more, in the table')
  expect(diagram.length).toBeLessThan(60_000)
})
