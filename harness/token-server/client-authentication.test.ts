import { expect, test } from '@playwright/test'
import {
  basic,
  CLIENT_ID,
  REGISTERED,
  SECRET,
  startTestServer,
  STRANGER,
  type Answer,
  type Sending,
} from './test-support.ts'
import type { TokenAuthMethod } from '../scenario/setup.ts'

const GRANT = { grant_type: 'client_credentials' }

interface Case {
  readonly title: string
  readonly method: TokenAuthMethod
  readonly form: Record<string, string>
  readonly sending?: Sending
  /** Error code, or `issued`. */
  readonly becomes: string
  readonly shown: string
}

const CASES: readonly Case[] = [
  ...(['tls_client_auth', 'self_signed_tls_client_auth'] as const).flatMap((method): Case[] => [
    {
      title: 'the registered certificate',
      method,
      form: { ...GRANT, client_id: CLIENT_ID },
      sending: { certificate: REGISTERED },
      becomes: 'issued',
      shown: method,
    },
    {
      title: 'no certificate',
      method,
      form: { ...GRANT, client_id: CLIENT_ID },
      becomes: 'invalid_client',
      shown: 'none',
    },
    {
      title: 'a certificate that is not registered',
      method,
      form: { ...GRANT, client_id: CLIENT_ID },
      sending: { certificate: STRANGER },
      becomes: 'invalid_client',
      shown: method,
    },
    {
      title: 'no client_id',
      method,
      form: GRANT,
      sending: { certificate: REGISTERED },
      becomes: 'invalid_request',
      shown: method,
    },
    {
      title: 'the client_id of another client',
      method,
      form: { ...GRANT, client_id: 'someone-else' },
      sending: { certificate: REGISTERED },
      becomes: 'invalid_client',
      shown: method,
    },
    {
      title: 'a secret in the body as well',
      method,
      form: { ...GRANT, client_id: CLIENT_ID, client_secret: SECRET },
      sending: { certificate: REGISTERED },
      becomes: 'invalid_request',
      shown: `${method}+client_secret_post`,
    },
    {
      title: 'a secret in the header as well',
      method,
      form: { ...GRANT, client_id: CLIENT_ID },
      sending: { certificate: REGISTERED, headers: basic(CLIENT_ID, SECRET) },
      becomes: 'invalid_request',
      shown: `${method}+client_secret_basic`,
    },
    {
      title: 'a right secret instead of a certificate',
      method,
      form: { ...GRANT, client_id: CLIENT_ID, client_secret: SECRET },
      becomes: 'invalid_client',
      shown: 'client_secret_post',
    },
  ]),
  {
    title: 'the right secret, form-urlencoded',
    method: 'client_secret_basic',
    form: GRANT,
    sending: { headers: basic(CLIENT_ID, SECRET) },
    becomes: 'issued',
    shown: 'client_secret_basic',
  },
  {
    title: 'the same client_id in the body too',
    method: 'client_secret_basic',
    form: { ...GRANT, client_id: CLIENT_ID },
    sending: { headers: basic(CLIENT_ID, SECRET) },
    becomes: 'issued',
    shown: 'client_secret_basic',
  },
  {
    title: 'a certificate beside the secret',
    method: 'client_secret_basic',
    form: GRANT,
    sending: { headers: basic(CLIENT_ID, SECRET), certificate: REGISTERED },
    becomes: 'issued',
    shown: 'client_secret_basic',
  },
  {
    title: 'a secret that was not form-urlencoded',
    method: 'client_secret_basic',
    form: GRANT,
    sending: {
      headers: {
        authorization: `Basic ${Buffer.from(`hooks+client%3A1:${SECRET}`).toString('base64')}`,
      },
    },
    becomes: 'invalid_client',
    shown: 'client_secret_basic',
  },
  {
    title: 'a wrong secret',
    method: 'client_secret_basic',
    form: GRANT,
    sending: { headers: basic(CLIENT_ID, 'guess') },
    becomes: 'invalid_client',
    shown: 'client_secret_basic',
  },
  {
    title: 'Basic that is not Base64',
    method: 'client_secret_basic',
    form: GRANT,
    sending: { headers: { authorization: 'Basic !!!' } },
    becomes: 'invalid_client',
    shown: 'client_secret_basic',
  },
  {
    title: 'another client_id in the body',
    method: 'client_secret_basic',
    form: { ...GRANT, client_id: 'someone-else' },
    sending: { headers: basic(CLIENT_ID, SECRET) },
    becomes: 'invalid_request',
    shown: 'client_secret_basic',
  },
  {
    title: 'both ways to send the secret',
    method: 'client_secret_basic',
    form: { ...GRANT, client_id: CLIENT_ID, client_secret: SECRET },
    sending: { headers: basic(CLIENT_ID, SECRET) },
    becomes: 'invalid_request',
    shown: 'client_secret_basic+client_secret_post',
  },
  {
    title: 'two Authorization headers',
    method: 'client_secret_basic',
    form: GRANT,
    sending: {
      headers: {
        authorization: [
          basic(CLIENT_ID, SECRET).authorization,
          basic(CLIENT_ID, SECRET).authorization,
        ],
      },
    },
    becomes: 'invalid_request',
    shown: 'client_secret_basic',
  },
  {
    title: 'the secret in the body instead',
    method: 'client_secret_basic',
    form: { ...GRANT, client_id: CLIENT_ID, client_secret: SECRET },
    becomes: 'invalid_client',
    shown: 'client_secret_post',
  },
  {
    title: 'a scheme that is not Basic',
    method: 'client_secret_basic',
    form: GRANT,
    sending: { headers: { authorization: `Bearer ${SECRET.slice(0, 10)}` } },
    becomes: 'invalid_client',
    shown: 'other-scheme',
  },
  {
    title: 'the right secret',
    method: 'client_secret_post',
    form: { ...GRANT, client_id: CLIENT_ID, client_secret: SECRET },
    becomes: 'issued',
    shown: 'client_secret_post',
  },
  {
    title: 'a wrong secret',
    method: 'client_secret_post',
    form: { ...GRANT, client_id: CLIENT_ID, client_secret: 'guess' },
    becomes: 'invalid_client',
    shown: 'client_secret_post',
  },
  {
    title: 'no client_id',
    method: 'client_secret_post',
    form: { ...GRANT, client_secret: SECRET },
    becomes: 'invalid_request',
    shown: 'client_secret_post',
  },
  {
    title: 'a certificate instead of the secret',
    method: 'client_secret_post',
    form: { ...GRANT, client_id: CLIENT_ID },
    sending: { certificate: REGISTERED },
    becomes: 'invalid_client',
    shown: 'tls_client_auth',
  },
  {
    title: 'an assertion',
    method: 'client_secret_post',
    form: { ...GRANT, client_id: CLIENT_ID, client_assertion: 'x.y.z' },
    becomes: 'invalid_client',
    shown: 'client_assertion',
  },
]

for (const { title, method, form, sending, becomes, shown } of CASES) {
  test(`${method}: ${title} becomes ${becomes}`, async () => {
    await using server = await startTestServer()
    const realm = server.register({ authMethod: method })
    const answer = await realm.post('/token', form, sending)
    const usedHeader = sending?.headers !== undefined
    expectAnswer(answer, becomes, usedHeader ? 'header' : 'body')
    expect(realm.seen).toHaveLength(1)
    expect(realm.seen[0]).toMatchObject({
      grantType: 'client_credentials',
      scope: null,
      authMethod: shown,
      answered: answer.status,
      error: becomes === 'issued' ? null : becomes,
    })
  })
}

test('records the client id from wherever the client put it', async () => {
  await using server = await startTestServer()
  const realm = server.register({ authMethod: 'client_secret_basic' })
  await realm.post('/token', GRANT, { headers: basic(CLIENT_ID, SECRET) })
  await realm.post('/token', { ...GRANT, client_id: 'from the body' })
  await realm.post('/token', GRANT)
  expect(realm.seen.map((seen) => seen.clientId)).toEqual([CLIENT_ID, 'from the body', null])
})

function expectAnswer(answer: Answer, becomes: string, where: 'header' | 'body'): void {
  expect(answer.headers['cache-control']).toBe('no-store')
  expect(answer.headers['content-type']).toMatch(/^application\/json/)
  if (becomes === 'issued') {
    expect(answer.status).toBe(200)
    expect(answer.json()['token_type']).toBe('Bearer')
    return
  }
  expect(answer.json()['error']).toBe(becomes)
  expect(answer.status).toBe(becomes === 'invalid_client' ? 401 : 400)
  const challenged = becomes === 'invalid_client' && where === 'header'
  expect(answer.headers['www-authenticate'] ?? 'none').toMatch(challenged ? /^Basic / : /^none$/)
  for (const secret of [SECRET, 'top+secret', 'guess', 'someone-else', CLIENT_ID]) {
    expect(answer.text).not.toContain(secret)
  }
}
