import { expect, test } from '@playwright/test'
import { generateKeyPair, SignJWT } from 'jose'
import type { BearerFinding } from '../observation/types.ts'
import type { TokenServerSetup } from '../scenario/setup.ts'
import {
  CLIENT_ID,
  REGISTERED,
  SECRET,
  setupWith,
  startTestServer,
  STRANGER,
  type TestRealm,
} from './test-support.ts'

async function tokenOf(realm: TestRealm): Promise<string> {
  const form = { grant_type: 'client_credentials', client_id: CLIENT_ID }
  const answer = await realm.post('/token', form, { certificate: REGISTERED })
  return String(answer.json()['access_token'])
}

for (const [title, setup, presented, finding] of [
  ['its own certificate', {}, REGISTERED, 'valid-bound'],
  ['its own certificate in capitals', {}, REGISTERED.toUpperCase(), 'valid-bound'],
  ['another certificate', {}, STRANGER, 'wrong-binding'],
  ['no certificate', {}, null, 'wrong-binding'],
  [
    'the client certificate, but bound to another',
    { answers: ['issue-wrong-binding'] },
    REGISTERED,
    'wrong-binding',
  ],
  ['an unbound token', { answers: ['issue-unbound'] }, REGISTERED, 'unbound'],
  ['a token that is over', { expiresIn: 0 }, REGISTERED, 'expired'],
] satisfies [string, Partial<TokenServerSetup>, string | null, BearerFinding][]) {
  test(`finds ${finding}: ${title}`, async () => {
    await using server = await startTestServer()
    const realm = server.register(setup)
    const token = await tokenOf(realm)
    expect(await realm.realm.bearers.check(`Bearer ${token}`, presented)).toBe(finding)
    expect(await realm.realm.bearers.check(`bearer ${token}`, presented)).toBe(finding)
  })
}

test('finds an unbound token valid where the client has a secret', async () => {
  await using server = await startTestServer()
  const realm = server.register({ authMethod: 'client_secret_post' })
  const form = { grant_type: 'client_credentials', client_id: CLIENT_ID, client_secret: SECRET }
  const token = String((await realm.post('/token', form)).json()['access_token'])
  expect(await realm.realm.bearers.check(`Bearer ${token}`, null)).toBe('valid')
  expect(await realm.realm.bearers.check(`Bearer ${token}`, STRANGER)).toBe('valid')
})

test('finds none without a bearer token', async () => {
  await using server = await startTestServer()
  const { bearers } = server.register().realm
  for (const header of [null, '', 'Basic eDp5', 'Bearerish x', 'MAC x']) {
    expect(await bearers.check(header, REGISTERED), String(header)).toBe('none')
  }
})

test('does not know forged, damaged or foreign tokens', async () => {
  await using server = await startTestServer()
  const realm = server.register()
  const token = await tokenOf(realm)
  const [head = '', payload = '', signature = ''] = token.split('.')
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Record<string, unknown>
  const { privateKey } = await generateKeyPair('ES256')
  const forged = await new SignJWT(claims).setProtectedHeader({ alg: 'ES256' }).sign(privateKey)
  const none = Buffer.from('{"alg":"none"}').toString('base64url')
  const flipped = (signature.startsWith('A') ? 'B' : 'A') + signature.slice(1)
  for (const [title, bearer] of [
    ['nothing', ''],
    ['not a JWT', 'abc'],
    ['two tokens', `${token} ${token}`],
    ['signed by a stranger', forged],
    ['unsigned', `${none}.${payload}.`],
    ['signature damaged', `${head}.${payload}.${flipped}`],
    ['of another realm', await tokenOf(server.register())],
  ] as const) {
    expect(await realm.realm.bearers.check(`Bearer ${bearer}`, REGISTERED), title).toBe('unknown')
  }
  expect(await realm.realm.bearers.check(`Bearer ${token}`, REGISTERED)).toBe('valid-bound')
})

test('honours the lifetime to the millisecond of the clock it was given', async () => {
  let now = Date.parse('2030-01-01T00:00:00.900Z')
  await using server = await startTestServer({ now: () => new Date(now) })
  const realm = server.register({ expiresIn: 2 })
  const header = `Bearer ${await tokenOf(realm)}`
  now += 1_999
  expect(await realm.realm.bearers.check(header, REGISTERED)).toBe('valid-bound')
  now += 1
  expect(await realm.realm.bearers.check(header, REGISTERED)).toBe('expired')
  const introspected = await realm.post(
    '/introspect',
    { client_id: CLIENT_ID, token: header.slice(7) },
    { certificate: REGISTERED },
  )
  expect(introspected.json()).toEqual({ active: false })
})

test('keeps tokens over an update and forgets them with the realm', async () => {
  await using server = await startTestServer()
  const realm = server.register()
  const header = `Bearer ${await tokenOf(realm)}`
  realm.realm.update(setupWith({ answers: ['server-error'] }))
  expect(await realm.realm.bearers.check(header, REGISTERED)).toBe('valid-bound')
  realm.realm[Symbol.dispose]()
  expect(await realm.realm.bearers.check(header, REGISTERED)).toBe('unknown')
})
