import { expect, test } from '@playwright/test'
import { createServer } from 'node:http'
import type { TokenAnswer } from '../scenario/setup.ts'
import { startTokenService } from './service.ts'
import {
  basic,
  CLIENT_ID,
  REGISTERED,
  SECRET,
  send,
  startTestServer,
  STRANGER,
} from './test-support.ts'

const answersOnly = (...answers: TokenAnswer[]): { answers: TokenAnswer[] } => ({ answers })

function claimsOf(token: unknown): Readonly<Record<string, unknown>> {
  const payload = Buffer.from(String(token).split('.')[1] ?? '', 'base64url').toString()
  return JSON.parse(payload) as Readonly<Record<string, unknown>>
}

for (const [answer, status, error] of [
  ['invalid-client', 401, 'invalid_client'],
  ['invalid-scope', 400, 'invalid_scope'],
  ['invalid-request', 400, 'invalid_request'],
  ['unauthorized-client', 400, 'unauthorized_client'],
  ['unsupported-grant-type', 400, 'unsupported_grant_type'],
  ['server-error', 500, 'server_error'],
  ['unavailable', 503, 'temporarily_unavailable'],
  ['rate-limited', 429, 'temporarily_unavailable'],
] as const) {
  test(`${answer} answers ${status} ${error} to a right request`, async () => {
    await using server = await startTestServer()
    const realm = server.register(answersOnly(answer))
    const got = await realm.requestToken()
    expect(got.status).toBe(status)
    expect(got.json()['error']).toBe(error)
    expect(got.headers['cache-control']).toBe('no-store')
    expect(got.headers['retry-after'] ?? 'none').toBe(
      status === 503 || status === 429 ? '1' : 'none',
    )
    expect(realm.seen).toMatchObject([{ answered: status, error, clientId: CLIENT_ID }])
  })
}

test('invalid-client challenges a client that used the Authorization header', async () => {
  await using server = await startTestServer()
  const realm = server.register({
    authMethod: 'client_secret_basic',
    ...answersOnly('invalid-client'),
  })
  const grant = { grant_type: 'client_credentials' }
  const got = await realm.post('/token', grant, { headers: basic(CLIENT_ID, SECRET) })
  expect(got.headers['www-authenticate']).toMatch(/^Basic /)
})

test('a right token can come with less, with more, or not at all', async () => {
  await using server = await startTestServer()
  const realm = server.register(
    answersOnly('lower-case-token-type', 'issue-with-more', 'no-access-token', 'empty'),
  )
  expect((await realm.requestToken()).json()).toMatchObject({ token_type: 'bearer' })
  const more = (await realm.requestToken()).json()
  expect(more).toMatchObject({ token_type: 'Bearer', refresh_token: 'not-for-this-grant' })
  expect(claimsOf(more['access_token'])['client_id']).toBe(CLIENT_ID)
  expect((await realm.requestToken()).json()).toEqual({ token_type: 'Bearer', expires_in: 3600 })
  const nothing = await realm.requestToken()
  expect([nothing.status, nothing.text]).toEqual([200, ''])
})

test('issue-unbound leaves the binding out', async () => {
  await using server = await startTestServer()
  const realm = server.register(answersOnly('issue-unbound'))
  const { access_token: token } = (await realm.requestToken()).json()
  expect(claimsOf(token)['cnf']).toBeUndefined()
})

test('issue-wrong-binding binds to the foreign certificate', async () => {
  await using server = await startTestServer()
  const realm = server.register(answersOnly('issue-wrong-binding'))
  const { access_token: token } = (await realm.requestToken()).json()
  const thumbprint = Buffer.from(STRANGER, 'hex').toString('base64url')
  expect(claimsOf(token)['cnf']).toEqual({ 'x5t#S256': thumbprint })
})

test('wrong-token-type gives out a token that works, called mac', async () => {
  await using server = await startTestServer()
  const realm = server.register(answersOnly('wrong-token-type'))
  const { access_token: token, token_type: type } = (await realm.requestToken()).json()
  expect(type).toBe('mac')
  const finding = await realm.realm.bearers.check(`Bearer ${String(token)}`, REGISTERED)
  expect(finding).toBe('valid-bound')
})

test('no-expiry leaves expires_in out', async () => {
  await using server = await startTestServer()
  const realm = server.register(answersOnly('no-expiry'))
  const body = (await realm.requestToken()).json()
  expect(Object.keys(body).sort()).toEqual(['access_token', 'scope', 'token_type'])
})

test('malformed answers 200 with JSON that is cut off', async () => {
  await using server = await startTestServer()
  const realm = server.register(answersOnly('malformed'))
  const got = await realm.requestToken()
  expect(got.status).toBe(200)
  expect(got.headers['content-type']).toMatch(/^application\/json/)
  expect(got.text).toContain('"access_token"')
  expect(() => got.json()).toThrow(SyntaxError)
  expect(realm.seen).toMatchObject([{ answered: 200, error: null }])
})

test('html answers 200 with a page', async () => {
  await using server = await startTestServer()
  const realm = server.register(answersOnly('html'))
  const got = await realm.requestToken()
  expect(got.status).toBe(200)
  expect(got.headers['content-type']).toMatch(/^text\/html/)
  expect(got.text).toMatch(/^<!doctype html>/)
})

test('redirect leads to a path that issues, and records whoever follows', async () => {
  await using server = await startTestServer()
  const realm = server.register(answersOnly('redirect'))
  const got = await realm.requestToken()
  expect(got.status).toBe(307)
  const location = String(got.headers['location'])
  expect(new URL(location).origin).toBe(server.origin)
  const form = { grant_type: 'client_credentials', client_id: CLIENT_ID }
  const body = new URLSearchParams(form).toString()
  const followed = await send(location, { body, certificate: REGISTERED })
  expect(followed.json()['token_type']).toBe('Bearer')
  expect(realm.seen.map(({ answered }) => answered)).toEqual([307, 200])
})

test('close ends the connection without an answer', async () => {
  await using server = await startTestServer()
  const realm = server.register(answersOnly('close'))
  await expect(realm.requestToken()).rejects.toThrow(/socket hang up|ECONNRESET/)
  expect(realm.seen).toMatchObject([{ answered: 0, error: null, authMethod: 'tls_client_auth' }])
})

test('slow answers late, and is recorded at once', async () => {
  await using server = await startTestServer({ slowMs: 300 })
  const realm = server.register(answersOnly('slow'))
  const began = performance.now()
  const pending = realm.requestToken()
  await expect.poll(() => realm.seen.length).toBe(1)
  expect(performance.now() - began).toBeLessThan(300)
  expect((await pending).json()['token_type']).toBe('Bearer')
  expect(performance.now() - began).toBeGreaterThan(290)
  expect(realm.seen).toMatchObject([{ answered: 0, error: null }])
})

test('slow does not hold up disposal of its realm or of the service', async () => {
  const server = await startTestServer()
  const first = server.register(answersOnly('slow'))
  const second = server.register(answersOnly('slow'))
  const ends = [first, second].map((realm) =>
    realm.requestToken().then(
      () => 'answered',
      () => 'cut off',
    ),
  )
  await expect.poll(() => first.seen.length + second.seen.length).toBe(2)
  let began = performance.now()
  first.realm[Symbol.dispose]()
  expect(await ends[0]).toBe('cut off')
  expect(performance.now() - began).toBeLessThan(50)
  began = performance.now()
  await server[Symbol.asyncDispose]()
  expect(await ends[1]).toBe('cut off')
  expect(performance.now() - began).toBeLessThan(50)
})

test('slow does no harm when the client goes first', async () => {
  await using server = await startTestServer({ slowMs: 100 })
  const realm = server.register(answersOnly('slow', 'issue'))
  const impatient = new AbortController()
  const pending = realm.requestToken({ signal: impatient.signal })
  await expect.poll(() => realm.seen.length).toBe(1)
  impatient.abort()
  await expect(pending).rejects.toThrow()
  expect((await realm.requestToken()).status).toBe(200)
})

test('answers are used in order, and the last one repeats', async () => {
  await using server = await startTestServer()
  const realm = server.register(answersOnly('unavailable', 'invalid-scope', 'issue'))
  const statuses: number[] = []
  for (let count = 0; count < 5; count++) statuses.push((await realm.requestToken()).status)
  expect(statuses).toEqual([503, 400, 200, 200, 200])
})

test('a request that cannot be read uses up an answer too', async () => {
  await using server = await startTestServer()
  const realm = server.register(answersOnly('unavailable', 'issue'))
  const headers = { 'content-type': 'application/json' }
  expect((await realm.requestToken({ headers })).status).toBe(503)
  expect((await realm.requestToken({ headers })).status).toBe(400)
  expect(realm.seen.map(({ answered }) => answered)).toEqual([503, 400])
})

for (const answer of ['issue', 'issue-unbound', 'wrong-token-type', 'no-expiry', 'slow'] as const) {
  test(`${answer} gives nothing to a client that is not authenticated`, async () => {
    await using server = await startTestServer()
    const realm = server.register(answersOnly(answer))
    const got = await realm.requestToken({ certificate: STRANGER })
    expect(got.status).toBe(401)
    expect(got.json()['error']).toBe('invalid_client')
    expect(realm.seen).toMatchObject([{ answered: 401, error: 'invalid_client' }])
  })
}

test('a service that was disposed of answers nothing', async () => {
  const service = await startTokenService({ now: () => new Date() })
  const server = createServer((request, response) => {
    service.handle(request, response, { presented: 'none' })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  await service[Symbol.asyncDispose]()
  await expect(send(`http://127.0.0.1:${address.port}/r/x/token`)).rejects.toThrow()
  await new Promise((resolve) => server.close(resolve))
})

test('an observer that throws leaves the client with a 500, not hanging', async () => {
  await using server = await startTestServer()
  const realm = server.register()
  realm.seen.push = () => {
    throw new Error(`ledger broke over ${SECRET}`)
  }
  const got = await realm.requestToken()
  expect(got.status).toBe(500)
  expect(got.text).not.toContain('ledger')
})
