import { createHmac } from 'node:crypto'
import { connect as connectTls } from 'node:tls'
import { expect, test } from '@playwright/test'
import { credentials, post, seen, setup, tlsConnection } from '../endpoint/test-support.ts'
import type { OriginAnswer } from '../scenario/setup.ts'
import { postPlain, stand } from './test-support.ts'

const BODY = '{"id":"evt_0123456789abcdef"}'

function status(code: number, patch: Partial<Extract<OriginAnswer, { kind: 'status' }>> = {}) {
  return { kind: 'status', status: code, headers: {}, body: '', delayMs: 0, ...patch } as const
}

test('answers come in order and the last one repeats', async () => {
  const answers = [
    status(503, { headers: { 'retry-after': '1' }, body: 'later' }),
    status(410),
    status(204),
  ]
  await using standing = await stand({ answers })
  expect(await standing.deliver('dispatcher')).toMatchObject({
    status: 503,
    body: 'later',
    headers: { 'retry-after': '1' },
  })
  for (const code of [410, 204, 204]) {
    expect(await standing.deliver('dispatcher')).toMatchObject({ status: code })
  }
  expect(seen(standing.ledger, 'request').map(({ answered }) => answered)).toEqual([
    503, 410, 204, 204,
  ])
})

test('answers that end too early, too late or never', async () => {
  const kinds = ['truncated', 'truncated-head', 'drip', 'endless'] as const
  await using standing = await stand({ answers: kinds.map((kind) => ({ kind })) })
  const { url, scenario, ledger } = standing
  const raw = async () => await rawAnswer(url, await credentials('dispatcher'))
  expect(await raw()).toMatch(/^HTTP\/1\.1 200 OK\r\n[^]*Content-Length: 100\r\n\r\n\{$/)
  expect(await raw()).toMatch(/^HTTP\/1\.1 200 OK\r\n[^]*Content-Length: 100$/)
  expect(await raw()).toMatch(/^HTTP\/1\.1 204 No Content\r\n[^]*\r\n\r\n$/)
  expect(await raw()).toMatch(/^HTTP\/1\.1 500 /)
  await scenario.settle(5000)
  expect(seen(ledger, 'request').map(({ answered }) => answered)).toEqual([0, 0, 0, 500])
  const taken = seen(ledger, 'connection-closed').map(({ bytesToDispatcher }) => bytesToDispatcher)
  expect(taken[3]).toBeGreaterThan(1024 * 1024)
})

test('a request is on record with its distinct headers, secrets left out', async () => {
  await using standing = await stand()
  await standing.deliver('dispatcher', {
    method: 'PUT',
    headers: {
      Authorization: 'Bearer very-secret',
      Cookie: 'session=very-secret',
      'X-Api-Key': 'very-secret',
      'X-Twice': ['one', 'two'],
      'Content-Type': 'application/json; weird',
    },
  })
  const [request] = seen(standing.ledger, 'request')
  expect(request).toMatchObject({
    method: 'PUT',
    path: new URL(standing.url).pathname,
    headers: {
      authorization: ['Bearer [redacted]'],
      cookie: ['[redacted]'],
      'x-api-key': ['[redacted]'],
      'x-twice': ['one', 'two'],
      'content-type': ['application/json; weird'],
    },
    bodyBytes: BODY.length,
    bodySha256: '605b614b226111b2a50bf3052b8e459091ae24d69ce55c53e4d09b9de54f68f7',
    eventId: 'evt_0123456789abcdef',
    bearer: 'unknown',
    by: 'origin',
  })
  expect(JSON.stringify(standing.ledger.observations())).not.toContain('very-secret')
})

test('whatever the request looks like, it is answered and on record', async () => {
  await using standing = await stand()
  const odd = [
    { path: '/elsewhere', answered: 404 },
    { path: '/%zz', answered: 404 },
    { path: `${new URL(standing.url).pathname}/deeper?x=%zz`, answered: 204 },
    { method: 'PROPFIND', answered: 204 },
    { method: 'GET', answered: 204 },
    { headers: { 'content-type': 'nonsense' }, answered: 204 },
    { headers: { 'transfer-encoding': 'chunked' }, answered: 204 },
  ]
  for (const { answered, ...options } of odd) {
    const answer = await standing.deliver('dispatcher', options)
    expect(answer, JSON.stringify(options)).toMatchObject({ status: answered })
  }
  const answers = seen(standing.ledger, 'request').map((request) => request.answered)
  expect(answers).toEqual(odd.map(({ answered }) => answered))
  expect(seen(standing.ledger, 'harness-fault')).toEqual([])
})

test('a body is taken up to 16 MiB, and more is answered 413', async () => {
  await using standing = await stand()
  const options = await credentials('dispatcher')
  const limit = 16 * 1024 * 1024
  expect(await post(standing.url, options, Buffer.alloc(limit))).toMatchObject({ status: 204 })
  expect(await post(standing.url, options, Buffer.alloc(limit + 1))).toMatchObject({ status: 413 })
  const requests = seen(standing.ledger, 'request')
  expect(requests.map(({ answered }) => answered)).toEqual([204, 413])
  expect(requests[0]?.bodyBytes).toBe(limit)
})

test('a request that is cut off in its body is on record without an answer', async () => {
  await using standing = await stand()
  const socket = await tlsConnection(standing.port, await credentials('dispatcher'))
  const { pathname } = new URL(standing.url)
  const head = `POST ${pathname} HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nevt_00000000`
  await new Promise((resolve) => socket.write(head, resolve))
  socket.end()
  await standing.scenario.settle(5000)
  expect(seen(standing.ledger, 'request')).toMatchObject([
    { bodyBytes: 12, eventId: 'evt_00000000', answered: 0 },
  ])
  expect(seen(standing.ledger, 'connection-closed')).toMatchObject([
    { by: 'dispatcher', decryptedBytes: head.length },
  ])
})

test('redirects lead elsewhere, to another path and into the clear', async () => {
  const answers = (['elsewhere', 'same', 'plaintext'] as const).map(
    (location) => ({ kind: 'redirect', status: 307, location }) as const,
  )
  const elsewhere = setup({ certificate: 'next-endpoint' })
  await using standing = await stand({ answers }, { elsewhere })
  const { urls } = standing.scenario
  const places: string[] = []
  for (let round = 0; round < 3; round++) {
    const answer = await standing.deliver('dispatcher')
    if ('headers' in answer) places.push(answer.headers.location ?? '')
  }
  const inTheClear = standing.url.replace('https:', 'http:')
  expect(places).toEqual([urls.elsewhere, `${standing.url}/moved`, inTheClear])
  expect(await post(places[0] ?? '', await credentials('dispatcher'))).toMatchObject({
    status: 204,
  })
  expect(await postPlain(inTheClear, BODY)).toHaveProperty('error')
  await standing.scenario.settle(5000)
  expect(seen(standing.ledger, 'request').map(({ listener }) => listener)).toEqual([
    'endpoint',
    'endpoint',
    'endpoint',
    'elsewhere',
  ])
  expect(seen(standing.ledger, 'not-tls')).toMatchObject([
    { listener: 'endpoint', preview: `POST ${new URL(standing.url).pathname} HTTP/1.1` },
  ])
})

for (const [kind, error] of [
  ['garbage', 'HPE_INVALID_CONSTANT'],
  ['close', 'ECONNRESET'],
  ['stall', 'ABORT_ERR'],
] as const) {
  test(`${kind} ends in ${error} at the dispatcher, after the whole request was read`, async () => {
    await using standing = await stand({ answers: [{ kind }] })
    const signal = kind === 'stall' ? AbortSignal.timeout(300) : undefined
    const answer = await standing.deliver('dispatcher', signal === undefined ? {} : { signal })
    expect(answer).toEqual({ error })
    expect(seen(standing.ledger, 'request')).toMatchObject([
      { answered: 0, by: 'origin', bodyBytes: BODY.length },
    ])
    expect(seen(standing.ledger, 'connection-closed')).toMatchObject([
      { by: kind === 'stall' ? 'dispatcher' : 'endpoint', how: 'fin' },
    ])
  })
}

test('a delayed answer comes late, and is none for a dispatcher that has given up', async () => {
  await using standing = await stand({ answers: [status(200, { delayMs: 250 })] })
  const began = performance.now()
  expect(await standing.deliver('dispatcher')).toMatchObject({ status: 200 })
  expect(performance.now() - began).toBeGreaterThanOrEqual(240)
  await standing.deliver('dispatcher', { signal: AbortSignal.timeout(60) })
  expect(seen(standing.ledger, 'request').map(({ answered }) => answered)).toEqual([200, 0])
})

test('signatures are verified over the bytes that came', async () => {
  const secret = Buffer.from('a secret for the test')
  const scheme = 'standard-webhooks'
  const event = { secrets: [{ name: 'first', scheme, secret }] } as const
  await using standing = await stand({}, { event })
  const now = Math.floor(Date.now() / 1000)
  const headers = (timestamp: number, over: string) => {
    const mac = createHmac('sha256', secret).update(`msg_1.${timestamp}.${over}`).digest('base64')
    return {
      'webhook-id': 'msg_1',
      'webhook-timestamp': `${timestamp}`,
      'webhook-signature': `v1,AAAA v1a,xyz v1,${mac}`,
    }
  }
  await standing.deliver('dispatcher', { headers: headers(now, BODY) })
  await standing.deliver('dispatcher', { headers: headers(now - 290, BODY) })
  await standing.deliver('dispatcher', { headers: headers(now - 310, BODY) })
  await standing.deliver('dispatcher', { headers: headers(now, `${BODY} `) })
  await standing.deliver('dispatcher', { headers: { 'webhook-id': 'msg_1' } })
  await standing.deliver('dispatcher')
  expect(seen(standing.ledger, 'request').map(({ signature }) => signature)).toEqual([
    'valid',
    'valid',
    'invalid',
    'invalid',
    'invalid',
    'none',
  ])
})

test('every secret with which a request is signed is named, whatever else is in the list', async () => {
  const names = ['first', 'next', 'other']
  const secrets = names.map((name) => {
    return { name, scheme: 'standard-webhooks', secret: Buffer.from(`the ${name} secret`) } as const
  })
  await using standing = await stand({}, { event: { secrets } })
  const now = Math.floor(Date.now() / 1000)
  const signature = (secret: string) =>
    `v1,${createHmac('sha256', secret).update(`msg_1.${now}.${BODY}`).digest('base64')}`
  const deliver = (...lists: string[]) =>
    standing.deliver('dispatcher', {
      headers: { 'webhook-id': 'msg_1', 'webhook-timestamp': `${now}`, 'webhook-signature': lists },
    })
  const [first, next, unknown] = ['the first secret', 'the next secret', 'no secret'].map(signature)
  if (first === undefined || next === undefined || unknown === undefined) throw new Error('none')
  await deliver(`${next} ${first}`)
  await deliver(`${unknown} v1a,xyz ${next} ${next}`)
  await deliver(`${first},${next}`)
  await deliver(first, next)
  await deliver(unknown)
  expect(
    seen(standing.ledger, 'request').map(({ signature, signedWith }) => [signature, signedWith]),
  ).toEqual([
    ['valid', ['first', 'next']],
    ['valid', ['next']],
    ['invalid', []],
    ['invalid', []],
    ['invalid', []],
  ])
})

test('a plain HMAC signature is verified too', async () => {
  const secret = Buffer.from('another secret')
  await using standing = await stand(
    {},
    { event: { secrets: [{ name: 'first', scheme: 'hmac-sha256', secret }] } },
  )
  const mac = createHmac('sha256', secret).update(BODY).digest('hex')
  await standing.deliver('dispatcher', { headers: { 'X-Signature': `sha256=${mac}` } })
  await standing.deliver('dispatcher', {
    headers: { 'X-Signature': `sha256=${mac.toUpperCase()}` },
  })
  await standing.deliver('dispatcher')
  expect(seen(standing.ledger, 'request').map(({ signature }) => signature)).toEqual([
    'valid',
    'invalid',
    'none',
  ])
})

test('an endpoint in the clear takes the request and shows what it read', async () => {
  await using standing = await stand({ scheme: 'http' })
  expect(standing.url).toMatch(/^http:\/\/127/)
  expect(await postPlain(standing.url, BODY)).toMatchObject({ status: 204 })
  await standing.scenario.settle(5000)
  expect(seen(standing.ledger, 'not-tls')).toHaveLength(1)
  expect(seen(standing.ledger, 'request')).toMatchObject([{ answered: 204, by: 'origin' }])
  const [closed] = seen(standing.ledger, 'connection-closed')
  expect(closed?.decryptedBytes).toBe(closed?.bytesFromDispatcher)
})

/** What comes back for one request, to its end or to a mebibyte. */
async function rawAnswer(url: string, options: Awaited<ReturnType<typeof credentials>>) {
  const { pathname, hostname: host, port } = new URL(url)
  const socket = connectTls({ ...options, host, port: Number(port), servername: host })
  socket.write(`POST ${pathname} HTTP/1.1\r\nHost: ${host}\r\nContent-Length: 0\r\n\r\n`)
  let answer = ''
  for await (const chunk of socket) {
    answer += String(chunk)
    if (answer.length > 1024 * 1024) break
  }
  return answer
}
