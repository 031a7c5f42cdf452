import { expect, test } from '@playwright/test'
import { seen } from '../endpoint/test-support.ts'
import { stand } from './test-support.ts'

const policy = { identity: 'mutual-tls', bearer: 'none' } as const
const BODY_BYTES = '{"id":"evt_0123456789abcdef"}'.length

test('an origin that wants mutual TLS takes a request with a certificate and no other', async () => {
  await using standing = await stand({ policy, clientCertificate: 'requested' })
  expect(await standing.deliver('dispatcher')).toMatchObject({ status: 204 })
  expect(await standing.deliver('none')).toMatchObject({ status: 403 })
})

test('behind a load balancer that strips, the same origin sees no certificate', async () => {
  await using standing = await stand({ policy, loadBalancer: 'strips' })
  expect(await standing.deliver('dispatcher')).toMatchObject({ status: 403 })
  expect(seen(standing.ledger, 'handshake')).toMatchObject([
    { clientCertificate: { name: 'dispatcher' }, judgement: { decision: 'accepted' } },
  ])
  expect(seen(standing.ledger, 'request')).toMatchObject([
    { answered: 403, by: 'origin', connection: 1, bodyBytes: BODY_BYTES },
  ])
})

test('behind one that forwards Client-Cert, it does', async () => {
  await using standing = await stand({ policy, loadBalancer: 'forwards-client-cert' })
  expect(await standing.deliver('dispatcher')).toMatchObject({ status: 204 })
  const [request] = seen(standing.ledger, 'request')
  expect(Object.keys(request?.headers ?? {})).not.toContain('client-cert')
})

test('behind one that forwards X-SSL-Client-Cert, it does too, and believes no dispatcher', async () => {
  const loadBalancer = 'forwards-x-headers'
  await using standing = await stand({ policy, loadBalancer, clientCertificate: 'requested' })
  expect(await standing.deliver('dispatcher')).toMatchObject({ status: 204 })
  const [request] = seen(standing.ledger, 'request')
  expect(Object.keys(request?.headers ?? {}).filter((name) => name.startsWith('x-ssl'))).toEqual([])
  const headers = { 'X-SSL-Client-Cert': 'AAAA', 'Client-Cert': ':AAAA:' }
  expect(await standing.deliver('none', { headers })).toMatchObject({ status: 403 })
  expect(seen(standing.ledger, 'request').at(-1)).toMatchObject({
    headers: { 'x-ssl-client-cert': ['AAAA'] },
  })
})

test('behind one that strips, an X-SSL-Client-Cert of the dispatcher’s own is not believed', async () => {
  await using standing = await stand({ policy, loadBalancer: 'strips' })
  const headers = { 'X-SSL-Client-Cert': 'AAAA' }
  expect(await standing.deliver('dispatcher', { headers })).toMatchObject({ status: 403 })
})

for (const loadBalancer of ['strips', 'forwards-client-cert'] as const) {
  test(`${loadBalancer}: a Client-Cert of the dispatcher’s own is recorded and goes no further`, async () => {
    await using standing = await stand({
      policy,
      loadBalancer,
      clientCertificate: 'requested',
    })
    const headers = {
      'Client-Cert': ':AAAA:',
      'Client-Cert-Chain': ':AAAA:',
      Connection: 'x-hop',
      'X-Hop': '1',
    }
    expect(await standing.deliver('none', { headers })).toMatchObject({ status: 403 })
    expect(seen(standing.ledger, 'request')).toMatchObject([
      { headers: { 'client-cert': [':AAAA:'], 'client-cert-chain': [':AAAA:'], 'x-hop': ['1'] } },
    ])
  })
}

test('a dispatcher on its own cannot claim an identity by a header', async () => {
  await using standing = await stand({ policy, clientCertificate: 'not-requested' })
  const answer = await standing.deliver('dispatcher', { headers: { 'Client-Cert': ':AAAA:' } })
  expect(answer).toMatchObject({ status: 403 })
})

test('a load balancer rejects a bad certificate itself', async () => {
  await using standing = await stand({ policy, loadBalancer: 'forwards-client-cert' })
  expect(await standing.deliver('expired-dispatcher')).toMatchObject({ status: 400 })
  expect(seen(standing.ledger, 'request')).toMatchObject([{ by: 'terminator', answered: 400 }])
})

test('answers pass through: status, headers and body; garbage and close become 502', async () => {
  await using standing = await stand({
    loadBalancer: 'strips',
    answers: [
      { kind: 'status', status: 202, headers: { 'x-answer': 'yes' }, body: 'fine', delayMs: 0 },
      { kind: 'garbage' },
      { kind: 'close' },
      { kind: 'status', status: 200, headers: {}, body: '', delayMs: 0 },
    ],
  })
  expect(await standing.deliver('dispatcher')).toMatchObject({
    status: 202,
    body: 'fine',
    headers: { 'x-answer': 'yes' },
  })
  expect(await standing.deliver('dispatcher')).toMatchObject({ status: 502 })
  expect(await standing.deliver('dispatcher')).toMatchObject({ status: 502 })
  const answer = await standing.deliver('dispatcher', {
    headers: { 'transfer-encoding': 'chunked' },
  })
  expect(answer).toMatchObject({ status: 200 })
  expect(seen(standing.ledger, 'request').map((request) => request.bodyBytes)).toEqual(
    Array<number>(4).fill(BODY_BYTES),
  )
})

test('a stall behind a load balancer ends when the dispatcher gives up', async () => {
  await using standing = await stand({ loadBalancer: 'strips', answers: [{ kind: 'stall' }] })
  const answer = await standing.deliver('dispatcher', { signal: AbortSignal.timeout(300) })
  expect(answer).toEqual({ error: 'ABORT_ERR' })
  expect(seen(standing.ledger, 'connection-closed')).toMatchObject([{ by: 'dispatcher' }])
})

for (const [loadBalancer, error] of [
  ['adds-proxy-header', 'EPROTO'],
  ['omits-proxy-header', 'ECONNRESET'],
] as const) {
  test(`${loadBalancer}: the endpoint behind and it do not understand each other`, async () => {
    await using standing = await stand({ policy, loadBalancer })
    expect(await standing.deliver('dispatcher')).toEqual({ error })
    expect(seen(standing.ledger, 'handshake')).toEqual([])
    expect(seen(standing.ledger, 'connection-closed')).toMatchObject([{ by: 'endpoint' }])
  })
}

test('passes-through-silently: the endpoint behind sees the certificate itself', async () => {
  await using standing = await stand({ policy, loadBalancer: 'passes-through-silently' })
  expect(await standing.deliver('dispatcher')).toMatchObject({ status: 204 })
})
