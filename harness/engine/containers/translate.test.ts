import { expect, test } from '@playwright/test'
import { material, setup } from '../../endpoint/test-support.ts'
import type { RequestPart } from '../../observation/readers/log-part.ts'
import type { ReadCertificate } from '../../observation/readers/read-certificate.ts'
import type { EndpointSetup } from '../../scenario/setup.ts'
import { meaningOf, type ConnectionContext } from './translate.ts'

const all = await material()

function context(patch: Partial<EndpointSetup> = {}): ConnectionContext {
  const allowed = patch.allowedClientCertificates
  return {
    listener: 'endpoint',
    connection: 3,
    setup: setup(patch),
    allowed: Array.isArray(allowed) ? allowed.map((name: string) => all.get(name).sha256) : null,
    nameOf: (sha256) => all.nameOf(sha256),
  }
}

function shown(name: string): ReadCertificate {
  const { der, sha256 } = all.get(name)
  return { der, sha256, subject: name }
}

function request(patch: Partial<RequestPart> = {}): RequestPart {
  return {
    part: 'request',
    connection: 1_000,
    slot: 20_001,
    protocol: 'TLSv1.3',
    cipher: 'TLS_AES_256_GCM_SHA384',
    alpn: null,
    session: 'full',
    client: { found: 'verified' },
    certificate: shown('dispatcher'),
    others: [],
    method: 'POST',
    path: '/hooks/0',
    headerNames: null,
    bytes: 480,
    answered: 204,
    by: 'origin',
    durationMs: 12,
    ...patch,
  }
}

const kinds = (...question: Parameters<typeof meaningOf>) =>
  meaningOf(...question).seeings.map(({ seeing }) => seeing.kind)

test('a request that was passed on tells of the handshake; the origin tells of the request', () => {
  const meaning = meaningOf(request(), context())
  expect(meaning).toMatchObject({ bytes: 480, asked: 'origin' })
  expect(meaning.seeings).toEqual([
    {
      agoMs: 12,
      seeing: expect.objectContaining({
        kind: 'handshake',
        connection: 3,
        judgement: { decision: 'accepted' },
        clientCertificate: expect.objectContaining({ name: 'dispatcher' }),
      }),
    },
  ])
})

test('a request that was turned away is told by the terminator, even after it asked a page behind it', () => {
  const client = { found: 'unverified', because: 'expired', detail: '' } as const
  const part = request({ client, certificate: shown('expired-dispatcher'), answered: 400 })
  const meaning = meaningOf(part, context())
  expect(meaning).toMatchObject({ bytes: 480, asked: 'nobody' })
  expect(meaning.seeings.map(({ seeing }) => seeing)).toMatchObject([
    {
      kind: 'handshake',
      judgement: { decision: 'rejected', because: 'expired', style: 'http-400' },
    },
    { kind: 'request', by: 'terminator', answered: 400 },
  ])
})

test('no certificate is a reason only where one is required', () => {
  const part = request({ client: { found: 'none' }, certificate: null })
  const judged = (policy: EndpointSetup['clientCertificate']) =>
    meaningOf(part, context({ clientCertificate: policy })).seeings[0]?.seeing
  expect(judged('required')).toMatchObject({ judgement: { because: 'none-presented' } })
  expect(judged('requested')).toMatchObject({ judgement: { decision: 'accepted' } })
  expect(judged('not-requested')).toMatchObject({ judgement: { decision: 'not-asked' } })
})

test('a list of allowed certificates overrides what the terminator verified', () => {
  const unverified = { found: 'unverified', because: 'untrusted', detail: '' } as const
  const where = context({ allowedClientCertificates: ['self-signed'] })
  const own = request({ client: unverified, certificate: shown('self-signed') })
  expect(meaningOf(own, where).seeings[0]?.seeing).toMatchObject({
    judgement: { decision: 'accepted' },
  })
  expect(meaningOf(request(), where).seeings[0]?.seeing).toMatchObject({
    judgement: { decision: 'rejected', because: 'not-allowed' },
  })
})

test('what is no request is told by its bytes alone, and bytes that nobody counted are one', () => {
  const garbage = request({ method: '', path: '', by: 'terminator', answered: 400, bytes: null })
  expect(kinds(garbage, context())).toEqual(['handshake'])
  expect(meaningOf(garbage, context())).toMatchObject({ bytes: 1, asked: 'nobody' })
})

test('a request in plaintext has no handshake', () => {
  const plain = request({ protocol: null, certificate: null, client: { found: 'none' } })
  expect(kinds(plain, context({ scheme: 'http', clientCertificate: 'not-requested' }))).toEqual([])
})

test('a handshake that failed tells of the alerts of both sides', () => {
  const meaning = meaningOf(
    {
      part: 'handshake-failed',
      connection: 1_000,
      slot: 20_001,
      error: 'SSL handshake failure',
      alertFromDispatcher: null,
      alertFromEndpoint: 48,
      client: null,
      certificate: shown('rogue-dispatcher'),
    },
    context({ rejectStyle: 'alert' }),
  )
  expect(meaning.seeings.map(({ seeing }) => seeing)).toMatchObject([
    { kind: 'alert', from: 'endpoint', description: 'unknown_ca' },
    { kind: 'handshake-failed', clientCertificate: { name: 'rogue-dispatcher' } },
  ])
  expect(meaning.bytes).toBe(0)
})

test('a handshake that failed for want of a certificate shows none, and any other is silent about it', () => {
  const part = {
    part: 'handshake-failed',
    connection: 1_000,
    slot: 20_001,
    error: '',
    alertFromDispatcher: null,
    alertFromEndpoint: null,
    certificate: null,
  } as const
  const shownIn = (client: { found: 'none' } | null) =>
    meaningOf({ ...part, client }, context()).seeings.at(-1)?.seeing
  expect(shownIn({ found: 'none' })).toMatchObject({ clientCertificate: { presented: 'none' } })
  expect(shownIn(null)).toMatchObject({ clientCertificate: null })
})

test('the ends of connections, and what is about none, mean nothing to the ledger', () => {
  const ended = { part: 'ended', connection: 1, slot: 1, received: 9, sent: 9 } as const
  for (const part of [ended, { part: 'ready' }, { part: 'other' }] as const) {
    expect(meaningOf(part, context())).toEqual({ seeings: [], bytes: 0, asked: 'nobody' })
  }
})
