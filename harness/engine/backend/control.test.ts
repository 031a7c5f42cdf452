import { createServer, request as httpRequest } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { expect, test } from '@playwright/test'
import { connectBackend } from './client.ts'
import { SECRET, seen, send, site, startTestBackend, word } from './test-support.ts'

test('everything but health wants the secret', async () => {
  await using up = await startTestBackend()
  const asking = [undefined, 'Bearer', 'Bearer wrong', `Basic ${SECRET}`, `bearer ${SECRET}x`]
  for (const authorization of asking) {
    const headers = authorization === undefined ? {} : { authorization }
    for (const path of ['/v1/versions', '/v1/records?target=strays', '/v1/sites/00', '/v1/sites']) {
      const method = path === '/v1/sites' ? 'POST' : path.startsWith('/v1/sites') ? 'DELETE' : 'GET'
      const { status } = await fetch(up.control + path, { method, headers })
      expect(status, `${method} ${path} ${authorization}`).toBe(401)
    }
  }
  expect((await fetch(`${up.control}/health`)).status).toBe(204)
  const wrong = connectBackend({ url: up.control, secret: 'a wrong secret, never shown' })
  await expect(wrong).rejects.toMatchObject({
    code: 'ERR_ENGINE_FAULT',
    message: expect.not.stringContaining('never shown'),
  })
})

test('what is no proper body is refused with its path, and nothing is started', async () => {
  await using up = await startTestBackend()
  const post = async (body: string, type = 'application/json') => {
    const headers = { authorization: `Bearer ${SECRET}`, 'content-type': type }
    const answer = await fetch(`${up.control}/v1/sites`, { method: 'POST', headers, body })
    return { status: answer.status, text: await answer.text() }
  }
  const whole = {
    listener: 'endpoint',
    setup: { policy: { identity: 'any', bearer: 'none' }, answers: [{ kind: 'close' }] },
    secrets: [],
    slots: [{ slot: 20001, loadBalancer: 'none' }],
    realm: null,
    base: null,
    elsewhere: null,
  }
  const cases: readonly (readonly [unknown, RegExp])[] = [
    [null, /body must be an object/],
    [[], /body must be an object/],
    [{}, /must be there/],
    [{ ...whole, more: 1 }, /body\.more must be left out/],
    [{ ...whole, listener: 'token-server' }, /body\.listener must be one of endpoint, elsewhere/],
    [{ ...whole, slots: [{ slot: 0, loadBalancer: 'none' }] }, /body\.slots\[0\]\.slot must be/],
    [{ ...whole, slots: Array(101).fill(whole.slots[0]) }, /body\.slots must be a list of at most/],
    [{ ...whole, setup: { ...whole.setup, answers: [{ kind: 'explode' }] } }, /answers\[0\]\.kind/],
    [
      { ...whole, setup: { ...whole.setup, answers: [{ kind: 'close', status: 1 }] } },
      /answers\[0\]\.status must be left out/,
    ],
    [{ ...whole, realm: '../strays' }, /body\.realm must be an identifier/],
  ]
  for (const [body, message] of cases) {
    const { status, text } = await post(JSON.stringify(body))
    expect(status, text).toBe(400)
    expect(text).toMatch(message)
  }
  expect(await post('{"a":')).toMatchObject({ status: 400 })
  expect(await post('{"__proto__":{}}')).toMatchObject({ status: 400 })
  expect(await post('a=b', 'application/x-www-form-urlencoded')).toMatchObject({ status: 415 })
  const long = await post(JSON.stringify('x'.repeat(9 * 1024 * 1024)))
  expect(long.status).toBe(413)
  expect(await post(JSON.stringify({ ...whole, realm: 'ab'.repeat(16) }))).toMatchObject({
    status: 404,
  })
  expect(await post(JSON.stringify(whole))).toMatchObject({ status: 201 })
  expect(await post(JSON.stringify(whole))).toMatchObject({ status: 409 })
})

test('records are bounded, paged and counted where they are lost', async () => {
  test.slow()
  await using up = await startTestBackend()
  await using hooks = await up.client.startSite(site())
  // Each of these is about 25 kB in the ledger, so that 8 MiB are full before 400.
  const value = '\u00ff'.repeat(396)
  const many = Object.fromEntries(Array.from({ length: 15 }, (_, n) => [`X-${n}`, value]))
  const headers = { ...word(20001, 1), ...many }
  for (let n = 0; n < 400; n++) await send(up.backend.trafficPort, hooks.path, { headers })
  const { records, lost } = await hooks.records()
  expect(records.length + lost).toBe(400)
  expect(lost).toBeGreaterThan(0)
  expect(records.length).toBeGreaterThan(100)
  expect(await hooks.records()).toEqual({ records: [], lost: 0 })
})

test('requests that no proxy of ours sent are strays', async () => {
  const trafficSecret = 'between nginx and the origin'
  await using up = await startTestBackend({ trafficSecret })
  const { trafficPort } = up.backend
  await using hooks = await up.client.startSite(site())
  const forged = { ...word(20001, 1), 'Hookproof-Secret': 'guessed' }
  const true_ = { ...word(20001, 1), 'Hookproof-Secret': trafficSecret }
  const without = { 'Hookproof-Secret': trafficSecret }
  expect(await send(trafficPort, hooks.path, { headers: forged })).toMatchObject({ status: 404 })
  expect(await send(trafficPort, hooks.path)).toMatchObject({ status: 404 })
  expect(await send(trafficPort, hooks.path, { headers: without })).toMatchObject({ status: 404 })
  expect(await send(trafficPort, hooks.path, { headers: true_ })).toMatchObject({ status: 204 })
  const records = await hooks.records()
  expect(seen(records, 'request')).toHaveLength(1)
  expect(JSON.stringify(records)).not.toContain(trafficSecret)
  const strays = seen(await up.client.strays(), 'harness-fault')
  expect(strays).toHaveLength(3)
  expect(strays[0]?.detail).toMatch(/^the traffic port got a request without the secret/)
})

test('a backend that is gone, silent or another is a fault of the engine', async () => {
  const up = await startTestBackend()
  const hooks = await up.client.startSite(site())
  await up.backend[Symbol.asyncDispose]()
  await expect(hooks.records()).rejects.toMatchObject({
    code: 'ERR_ENGINE_FAULT',
    message: expect.stringContaining('did not answer GET /v1/records'),
  })
  const other = createServer((_request, response) => response.end('{"protocol":1,"versions":7}'))
  other.listen(0, '127.0.0.1')
  await once(other, 'listening')
  const url = `http://127.0.0.1:${(other.address() as AddressInfo).port}`
  await expect(connectBackend({ url, secret: SECRET })).rejects.toThrow(
    /something else than it should: answer\.versions must be an object/,
  )
  other.closeAllConnections()
  other.close()
})

test('a round trip takes about a millisecond', async () => {
  await using up = await startTestBackend()
  await using hooks = await up.client.startSite(site())
  const times: number[] = []
  for (let n = 0; n < 200; n++) {
    const began = performance.now()
    await hooks.records()
    times.push(performance.now() - began)
  }
  times.sort((one, other) => one - other)
  test.info().annotations.push({ type: 'median ms', description: String(times[100]) })
  // Here 0.4; a connection for each request, or Nagle's algorithm, would cost many times that.
  expect(times[100]).toBeLessThan(15)
})

test('half a request and an endless header do not harm the others', async () => {
  await using up = await startTestBackend()
  await using hooks = await up.client.startSite(site())
  const { trafficPort } = up.backend
  const half = httpRequest({
    port: trafficPort,
    host: '127.0.0.1',
    method: 'POST',
    path: hooks.path,
  })
  half.on('error', () => undefined)
  for (const [name, value] of Object.entries(word(20001, 2))) half.setHeader(name, value)
  half.setHeader('Content-Length', 100)
  await new Promise((resolve) => half.write('half of it', resolve))
  half.destroy()
  const endless = { ...word(20001, 1), 'X-Long': 'x'.repeat(100 * 1024) }
  expect(await send(trafficPort, hooks.path, { headers: endless })).toMatchObject({ status: 431 })
  const fine = { ...word(20001, 1), 'X-Long': 'x'.repeat(30 * 1024) }
  expect(await send(trafficPort, hooks.path, { headers: fine })).toMatchObject({ status: 204 })
  const found: unknown[] = []
  await expect
    .poll(async () => {
      found.push(...seen(await hooks.records(), 'request'))
      return found.length
    })
    .toBe(2)
  expect(found).toContainEqual(
    expect.objectContaining({ connection: 2, bodyBytes: 10, answered: 0 }),
  )
})
