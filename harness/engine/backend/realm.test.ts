import { expect, test } from '@playwright/test'
import { material } from '../../endpoint/test-support.ts'
import type { TokenAnswer } from '../../scenario/setup.ts'
import {
  originSetup,
  realm,
  seen,
  send,
  site,
  startTestBackend,
  word,
  type Answer,
} from './test-support.ts'

const FORM = { 'Content-Type': 'application/x-www-form-urlencoded' }
const BODY = 'grant_type=client_credentials&client_id=hooks&scope=hooks.write'

async function identity() {
  const known = await material()
  return { own: known.get('dispatcher'), other: known.get('rogue-dispatcher') }
}

function tokenIn(answer: Answer): string {
  const parsed: unknown = 'body' in answer ? JSON.parse(answer.body) : null
  if (typeof parsed !== 'object' || parsed === null || !('access_token' in parsed)) return ''
  return String(parsed.access_token)
}

test('a realm issues bound tokens that the linked site accepts from their owner only', async () => {
  await using up = await startTestBackend()
  const { trafficPort } = up.backend
  const { own, other } = await identity()
  await using tokens = await up.client.startRealm(realm(own.sha256))
  await using hooks = await up.client.startSite(
    site({
      realm: tokens,
      setup: originSetup({ policy: { identity: 'any', bearer: 'bound' } }),
    }),
  )
  const headers = { ...word(20002, 4, own.pem), ...FORM }
  const answer = await send(trafficPort, `${tokens.prefix}/token`, { headers, body: BODY })
  expect(answer).toMatchObject({ status: 200 })
  const authorization = `Bearer ${tokenIn(answer)}`

  const deliveries = [
    { ...word(20001, 5, own.pem), authorization },
    { ...word(20001, 6, other.pem), authorization },
    { ...word(20001, 7, own.pem), authorization: 'Bearer made.up.token' },
    word(20001, 8, own.pem),
  ]
  const statuses: unknown[] = []
  for (const each of deliveries)
    statuses.push(await send(trafficPort, hooks.path, { headers: each }))
  expect(statuses).toMatchObject([204, 401, 401, 401].map((code) => ({ status: code })))
  const requests = await hooks.records()
  expect(seen(requests, 'request').map(({ bearer }) => bearer)).toEqual([
    'valid-bound',
    'wrong-binding',
    'unknown',
    'none',
  ])
  expect(JSON.stringify(requests)).not.toContain(tokenIn(answer))

  expect(seen(await tokens.records(), 'token-request')).toEqual([
    {
      kind: 'token-request',
      listener: 'token-server',
      connection: 4,
      grantType: 'client_credentials',
      clientId: 'hooks',
      scope: 'hooks.write',
      authMethod: 'tls_client_auth',
      clientCertificate: {
        presented: 'certificate',
        name: null,
        sha256: own.sha256,
        subject: 'CN=dispatcher',
        chain: [own.sha256],
      },
      answered: 200,
      error: null,
    },
  ])
})

test('a realm misbehaves in sequence', async () => {
  await using up = await startTestBackend({ slowMs: 60 })
  const { own } = await identity()
  const misbehaviours: readonly TokenAnswer[] = [
    'invalid-client',
    'server-error',
    'malformed',
    'html',
    'slow',
    'close',
    'redirect',
  ]
  await using tokens = await up.client.startRealm(realm(own.sha256, misbehaviours))
  const headers = { ...word(20002, 1, own.pem), ...FORM }
  const answers: Answer[] = []
  while (answers.length < misbehaviours.length) {
    answers.push(
      await send(up.backend.trafficPort, `${tokens.prefix}/token`, { headers, body: BODY }),
    )
  }
  expect(answers).toMatchObject([
    { status: 401 },
    { status: 500 },
    { status: 200 },
    { status: 200, headers: { 'content-type': 'text/html; charset=utf-8' } },
    { status: 200 },
    { error: 'ECONNRESET' },
    { status: 307 },
  ])
  const answered = seen(await tokens.records(), 'token-request').map((one) => one.answered)
  expect(answered).toEqual([401, 500, 200, 200, 0, 0, 307])
})

test('the issuer may come later, and an update changes behaviour and registration', async () => {
  await using up = await startTestBackend()
  const { own, other } = await identity()
  const { setup, ...rest } = realm(own.sha256)
  await using tokens = await up.client.startRealm({ ...rest, setup, issuer: null })
  await tokens.update({ issuer: 'https://localhost:41999' })
  const { trafficPort } = up.backend
  const metadata = await send(
    trafficPort,
    `/.well-known/oauth-authorization-server${tokens.prefix}`,
    { method: 'GET', headers: word(20002, 1), body: '' },
  )
  expect(metadata).toMatchObject({ status: 200 })
  expect('body' in metadata && JSON.parse(metadata.body)).toMatchObject({
    issuer: `https://localhost:41999${tokens.prefix}`,
    token_endpoint: `https://localhost:41999${tokens.prefix}/token`,
  })
  const ask = (pem: string) =>
    send(trafficPort, `${tokens.prefix}/token`, {
      headers: { ...word(20002, 1, pem), ...FORM },
      body: BODY,
    })
  expect(await ask(other.pem)).toMatchObject({ status: 401 })
  await tokens.update({ registered: { sha256: other.sha256, subject: 'CN=dispatcher' } })
  expect(await ask(other.pem)).toMatchObject({ status: 200 })
  await tokens.update({ setup: { ...setup, answers: ['unavailable'] } })
  expect(await ask(other.pem)).toMatchObject({ status: 503 })
})

test('a token request over a slot of another realm is not recorded as its own', async () => {
  await using up = await startTestBackend()
  const { own } = await identity()
  await using one = await up.client.startRealm(realm(own.sha256))
  const slots = [{ slot: 20003, loadBalancer: 'none' }] as const
  await using other = await up.client.startRealm({ ...realm(own.sha256), slots })
  await send(up.backend.trafficPort, `${one.prefix}/token`, {
    headers: { ...word(20003, 1, own.pem), ...FORM },
    body: BODY,
  })
  expect((await one.records()).records).toEqual([])
  expect((await other.records()).records).toEqual([])
})

test('a deleted realm forgets its tokens', async () => {
  await using up = await startTestBackend()
  const { own } = await identity()
  const { trafficPort } = up.backend
  const tokens = await up.client.startRealm(realm(own.sha256))
  await using hooks = await up.client.startSite(site({ realm: tokens }))
  const answer = await send(trafficPort, `${tokens.prefix}/token`, {
    headers: { ...word(20002, 4, own.pem), ...FORM },
    body: BODY,
  })
  await tokens[Symbol.asyncDispose]()
  const headers = { ...word(20001, 5, own.pem), authorization: `Bearer ${tokenIn(answer)}` }
  await send(trafficPort, hooks.path, { headers })
  expect(seen(await hooks.records(), 'request')).toMatchObject([{ bearer: 'unknown' }])
})
