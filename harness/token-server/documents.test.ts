import { expect, test } from '@playwright/test'
import {
  basic,
  CLIENT_ID,
  REGISTERED,
  SECRET,
  send,
  startTestServer,
  STRANGER,
} from './test-support.ts'

const WELL_KNOWN = '/.well-known/oauth-authorization-server'

test('shows its metadata at both places, the same', async () => {
  await using server = await startTestServer()
  const realm = server.register({ scope: 'a b' })
  const inserted = await send(`${server.origin}${WELL_KNOWN}${realm.realm.prefix}`)
  const appended = await send(`${realm.url}${WELL_KNOWN}`)
  expect(inserted.status).toBe(200)
  expect(inserted.headers['content-type']).toMatch(/^application\/json/)
  expect(appended.text).toBe(inserted.text)
  const endpoints = {
    token_endpoint: `${realm.url}/token`,
    introspection_endpoint: `${realm.url}/introspect`,
  }
  expect(inserted.json()).toEqual({
    issuer: realm.url,
    ...endpoints,
    jwks_uri: `${realm.url}/jwks`,
    grant_types_supported: ['client_credentials'],
    response_types_supported: [],
    scopes_supported: ['a', 'b'],
    token_endpoint_auth_methods_supported: ['tls_client_auth'],
    introspection_endpoint_auth_methods_supported: ['tls_client_auth'],
    tls_client_certificate_bound_access_tokens: true,
    mtls_endpoint_aliases: endpoints,
  })
  expect(realm.seen).toEqual([])
})

test('announces no bound tokens where the client has a secret', async () => {
  await using server = await startTestServer()
  const realm = server.register({ authMethod: 'client_secret_basic' })
  const metadata = (await send(`${realm.url}${WELL_KNOWN}`)).json()
  expect(metadata['tls_client_certificate_bound_access_tokens']).toBe(false)
  expect(metadata['token_endpoint_auth_methods_supported']).toEqual(['client_secret_basic'])
})

test('introspects a token with its binding, for the authenticated client only', async () => {
  await using server = await startTestServer()
  const realm = server.register()
  const token = String((await realm.requestToken()).json()['access_token'])
  const form = { client_id: CLIENT_ID, token, token_type_hint: 'access_token' }
  const known = await realm.post('/introspect', form, { certificate: REGISTERED })
  expect(known.json()).toMatchObject({
    active: true,
    client_id: CLIENT_ID,
    sub: CLIENT_ID,
    iss: realm.url,
    token_type: 'Bearer',
    scope: 'hooks.write hooks.read',
    cnf: { 'x5t#S256': Buffer.from(REGISTERED, 'hex').toString('base64url') },
  })
  expect(known.headers['cache-control']).toBe('no-store')

  const stranger = await realm.post('/introspect', form, { certificate: STRANGER })
  expect(stranger.status).toBe(401)
  expect(stranger.text).not.toContain(token)
  const garbage = { ...form, token: 'garbage' }
  const unknown = await realm.post('/introspect', garbage, { certificate: REGISTERED })
  expect(unknown.json()).toEqual({ active: false })
  const missing = await realm.post(
    '/introspect',
    { client_id: CLIENT_ID },
    { certificate: REGISTERED },
  )
  expect(missing.json()['error']).toBe('invalid_request')
  expect(realm.seen).toHaveLength(1)
})

test('introspects with client_secret_basic and refuses other media types', async () => {
  await using server = await startTestServer()
  const realm = server.register({ authMethod: 'client_secret_basic' })
  const headers = basic(CLIENT_ID, SECRET)
  const answer = await realm.post('/introspect', { token: 'x' }, { headers })
  expect(answer.json()).toEqual({ active: false })
  const json = { ...headers, 'content-type': 'application/json' }
  const refused = await send(`${realm.url}/introspect`, { headers: json, body: '{"token":"x"}' })
  expect(refused.status).toBe(400)
  expect(refused.json()['error']).toBe('invalid_request')
  expect((await send(`${realm.url}/introspect`)).status).toBe(405)
})
