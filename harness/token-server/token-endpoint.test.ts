import { expect, test } from '@playwright/test'
import { createLocalJWKSet, decodeProtectedHeader, jwtVerify, type JSONWebKeySet } from 'jose'
import { once } from 'node:events'
import { connect } from 'node:net'
import { CLIENT_ID, REGISTERED, SECRET, send, setupWith, startTestServer } from './test-support.ts'

const GRANT = { grant_type: 'client_credentials', client_id: CLIENT_ID }
const AUTHENTICATED = { certificate: REGISTERED }

test('issues a signed token that is bound to the certificate', async () => {
  await using server = await startTestServer()
  const realm = server.register()
  const answer = await realm.requestToken()
  const body = answer.json()
  expect(answer.headers['cache-control']).toBe('no-store')
  expect(answer.headers['pragma']).toBe('no-cache')
  expect(Object.keys(body).sort()).toEqual(['access_token', 'expires_in', 'scope', 'token_type'])
  expect(body).toMatchObject({ token_type: 'Bearer', expires_in: 300 })
  expect(body['scope']).toBe('hooks.write hooks.read')

  const keys = (await send(`${realm.url}/jwks`)).json() as unknown as JSONWebKeySet
  expect(JSON.stringify(keys)).not.toContain('"d"')
  const token = String(body['access_token'])
  const { payload } = await jwtVerify(token, createLocalJWKSet(keys), {
    issuer: realm.url,
    audience: `${realm.url}/endpoint`,
    typ: 'at+jwt',
    algorithms: ['ES256'],
    requiredClaims: ['iat', 'exp', 'jti', 'sub', 'client_id', 'scope', 'cnf'],
  })
  expect(payload.sub).toBe(CLIENT_ID)
  expect(payload['client_id']).toBe(CLIENT_ID)
  expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(300)
  // RFC 8705 3.1: base64url of the 32 bytes, without padding.
  expect(payload['cnf']).toEqual({ 'x5t#S256': 'q6urq6urq6urq6urq6urq6urq6urq6urq6urq6urq6s' })
  expect(decodeProtectedHeader(token).kid).toBe(keys.keys[0]?.kid)
})

test('leaves a token for a client with a secret unbound', async () => {
  await using server = await startTestServer()
  const realm = server.register({ authMethod: 'client_secret_post' })
  const form = { ...GRANT, client_secret: SECRET }
  const body = (await realm.post('/token', form, AUTHENTICATED)).json()
  const payload = Buffer.from(String(body['access_token']).split('.')[1] ?? '', 'base64url')
  expect(payload.toString()).toContain('"scope"')
  expect(payload.toString()).not.toContain('cnf')
})

for (const [scope, granted] of [
  ['hooks.read', 'hooks.read'],
  ['hooks.read  hooks.write hooks.read', 'hooks.read hooks.write'],
  ['', 'hooks.write hooks.read'],
] as const) {
  test(`grants the scope ${JSON.stringify(scope)} as ${granted}`, async () => {
    await using server = await startTestServer()
    const realm = server.register()
    const answer = await realm.post('/token', { ...GRANT, scope }, AUTHENTICATED)
    expect(answer.json()['scope']).toBe(granted)
    expect(realm.seen[0]?.scope).toBe(scope === '' ? null : scope)
  })
}

const FORM = 'application/x-www-form-urlencoded'
const whole = new URLSearchParams(GRANT).toString()

for (const [title, body, contentType, status, error] of [
  ['no grant type', 'client_id=hooks+client%3A1', FORM, 400, 'invalid_request'],
  ['another grant', whole.replace('client_c', 'c'), FORM, 400, 'unsupported_grant_type'],
  ['a scope too many', `${whole}&scope=hooks.write+admin`, FORM, 400, 'invalid_scope'],
  ['a scope of spaces', `${whole}&scope=++`, FORM, 400, 'invalid_scope'],
  ['a repeated parameter', `${whole}&client_id=x`, FORM, 400, 'invalid_request'],
  ['a repeated unknown parameter', `${whole}&zone=1&zone=2`, FORM, 400, 'invalid_request'],
  ['JSON', JSON.stringify(GRANT), 'application/json', 400, 'invalid_request'],
  ['plain text', whole, 'text/plain', 400, 'invalid_request'],
  ['a body too long', `${whole}&x=${'a'.repeat(65_537)}`, FORM, 413, 'invalid_request'],
  ['an empty body', '', FORM, 400, 'invalid_request'],
] as const) {
  test(`refuses ${title} with ${error}`, async () => {
    await using server = await startTestServer()
    const realm = server.register()
    const headers = { 'content-type': contentType }
    const answer = await send(`${realm.url}/token`, { ...AUTHENTICATED, headers, body })
    expect(answer.status).toBe(status)
    expect(answer.json()['error']).toBe(error)
    expect(answer.headers['cache-control']).toBe('no-store')
    expect(answer.headers['content-type']).toMatch(/^application\/json/)
    expect(realm.seen).toHaveLength(1)
    expect(realm.seen[0]).toMatchObject({ answered: status, error, authMethod: 'tls_client_auth' })
  })
}

for (const [title, body] of [
  ['a charset', whole],
  ['an unknown parameter', `${whole}&audience=x`],
  ['several resources (RFC 8707)', `${whole}&resource=urn:a&resource=urn:b`],
  ['a name from the prototype', `${whole}&__proto__=x&constructor=y`],
] as const) {
  test(`accepts ${title}`, async () => {
    await using server = await startTestServer()
    const realm = server.register()
    const headers = { 'content-type': `${FORM}; charset=UTF-8` }
    const answer = await send(`${realm.url}/token`, { ...AUTHENTICATED, headers, body })
    expect(answer.status).toBe(200)
  })
}

test('refuses any method but POST, and credentials in the URI', async () => {
  await using server = await startTestServer()
  const realm = server.register()
  const got = await send(`${realm.url}/token?${whole}`, AUTHENTICATED)
  expect(got.status).toBe(405)
  expect(got.headers['allow']).toBe('POST')
  const inUri = `/token?client_secret=${encodeURIComponent(SECRET)}`
  const posted = await realm.post(inUri, GRANT, AUTHENTICATED)
  expect(posted.status).toBe(400)
  expect(posted.text).not.toContain('%100')
  expect(realm.seen.map((seen) => seen.answered)).toEqual([405, 400])
})

test('bounds what a request can put into the ledger', async () => {
  await using server = await startTestServer()
  const realm = server.register()
  await realm.post('/token', { grant_type: 'g'.repeat(60_000), client_id: 'c'.repeat(300) })
  expect(realm.seen[0]?.grantType).toHaveLength(201)
  expect(realm.seen[0]?.clientId).toHaveLength(201)
})

test('answers 404 in JSON outside of the realms, without repeating the request', async () => {
  await using server = await startTestServer()
  const realm = server.register()
  realm.realm[Symbol.dispose]()
  for (const path of ['/token', '/jwks', '/introspect', '/moved/token', '/secret-path']) {
    const answer = await realm.post(path, GRANT, AUTHENTICATED)
    expect(answer.status, path).toBe(404)
    expect(answer.json()).toEqual({ error: 'not_found' })
  }
  expect((await send(`${server.origin}/%zz`)).text).toBe('{"error":"not_found"}')
  expect(realm.seen).toEqual([])
})

test('records a request that was cut off in its body, and spends no answer on it', async () => {
  await using server = await startTestServer()
  const realm = server.register({ answers: ['invalid-scope', 'issue'] })
  const { port } = new URL(server.origin)
  const socket = connect(Number(port), '127.0.0.1')
  await once(socket, 'connect')
  const head = `POST ${realm.realm.prefix}/token HTTP/1.1\r\nhost: x\r\ncontent-type: ${FORM}\r\n`
  socket.write(`${head}content-length: 100\r\n\r\ngrant_type=`)
  socket.resetAndDestroy()
  await expect.poll(() => realm.seen.length).toBe(1)
  expect(realm.seen[0]).toMatchObject({ answered: 0, error: null, grantType: null })
  expect((await realm.requestToken()).json()['error']).toBe('invalid_scope')
})

test('serves many clients of several realms at once, each with its own token', async () => {
  await using server = await startTestServer()
  const realms = Array.from({ length: 5 }, () => server.register())
  const answers = await Promise.all(
    Array.from({ length: 100 }, async (_, index) => {
      const realm = realms[index % realms.length]
      if (realm === undefined) throw new Error('no realm')
      const token = String((await realm.requestToken()).json()['access_token'])
      return { token, finding: await realm.realm.bearers.check(`Bearer ${token}`, REGISTERED) }
    }),
  )
  expect(new Set(answers.map(({ token }) => token)).size).toBe(100)
  expect(new Set(answers.map(({ finding }) => finding))).toEqual(new Set(['valid-bound']))
  expect(realms.map(({ seen }) => seen.length)).toEqual([20, 20, 20, 20, 20])
})

test('behaves as it was told last', async () => {
  await using server = await startTestServer()
  const realm = server.register({ answers: ['issue', 'invalid-client'] })
  await realm.requestToken()
  await realm.requestToken()
  realm.realm.update(setupWith({ answers: ['unavailable', 'issue'] }))
  await realm.requestToken()
  const renewed = { sha256: 'EF'.repeat(32), subject: 'CN=renewed' }
  realm.realm.update(setupWith(), renewed)
  await realm.requestToken()
  await realm.requestToken({ certificate: 'ef'.repeat(32) })
  expect(realm.seen.map(({ answered }) => answered)).toEqual([200, 401, 503, 401, 200])
})
