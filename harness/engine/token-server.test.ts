import { Agent, request as httpsRequest } from 'node:https'
import { expect, test } from '@playwright/test'
import { credentials, seen, setup } from '../endpoint/test-support.ts'
import type { TokenServerSetup } from '../scenario/setup.ts'
import { stand, type Standing } from './test-support.ts'

function tokenServer(patch: Partial<TokenServerSetup> = {}): TokenServerSetup {
  return {
    endpoint: setup({ clientCertificate: 'requested' }),
    authMethod: 'tls_client_auth',
    registeredCertificate: 'dispatcher',
    clientId: 'webhook-dispatcher',
    scope: 'hooks.write',
    expiresIn: 3600,
    answers: ['issue'],
    ...patch,
  }
}

/** Asks for a token; null when none was issued. */
async function askToken(
  { scenario }: Standing,
  certificate: string,
  form: Readonly<Record<string, string>> = {},
): Promise<string | null> {
  const options = await credentials(certificate)
  const agent = new Agent({ keepAlive: false, maxCachedSessions: 0 })
  const fields = { grant_type: 'client_credentials', client_id: 'webhook-dispatcher', ...form }
  const text = await new Promise<string>((resolve, reject) => {
    const request = httpsRequest(
      scenario.urls['token-server'] ?? '',
      {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        agent,
        ...options,
      },
      (response) => {
        let body = ''
        response.setEncoding('utf8')
        response.on('data', (chunk: string) => (body += chunk))
        response.on('end', () => {
          resolve(body)
        })
      },
    )
    request.on('error', reject)
    request.end(new URLSearchParams(fields).toString())
  })
  const answer: unknown = JSON.parse(text)
  const isToken = typeof answer === 'object' && answer !== null && 'access_token' in answer
  return isToken ? String(answer.access_token) : null
}

const bearer = (token: string | null) => ({ headers: { authorization: `Bearer ${token ?? ''}` } })
const bound = { policy: { identity: 'any', bearer: 'bound' } } as const

test('a bound token is taken from the dispatcher it was issued to, and from no other', async () => {
  await using standing = await stand(
    { ...bound, allowedClientCertificates: ['dispatcher', 'self-signed'] },
    { tokenServer: tokenServer() },
  )
  const token = await askToken(standing, 'dispatcher')
  expect(await standing.deliver('dispatcher', bearer(token))).toMatchObject({ status: 204 })
  expect(await standing.deliver('self-signed', bearer(token))).toMatchObject({
    status: 401,
    headers: { 'www-authenticate': 'Bearer error="invalid_token"' },
  })
  expect(await standing.deliver('dispatcher')).toMatchObject({
    status: 401,
    headers: { 'www-authenticate': 'Bearer' },
  })
  const { ledger } = standing
  expect(seen(ledger, 'request').map((one) => one.bearer)).toEqual([
    'valid-bound',
    'wrong-binding',
    'none',
  ])
  expect(seen(ledger, 'token-request')).toMatchObject([
    {
      listener: 'token-server',
      connection: 1,
      grantType: 'client_credentials',
      clientId: 'webhook-dispatcher',
      authMethod: 'tls_client_auth',
      clientCertificate: { name: 'dispatcher' },
      answered: 200,
      error: null,
    },
  ])
  expect(JSON.stringify(ledger.observations())).not.toContain(token)
})

test('a bound token holds behind a load balancer that forwards the certificate, not behind one that strips', async () => {
  for (const [loadBalancer, status] of [
    ['forwards-client-cert', 204],
    ['strips', 401],
  ] as const) {
    await using standing = await stand({ ...bound, loadBalancer }, { tokenServer: tokenServer() })
    const token = await askToken(standing, 'dispatcher')
    expect(await standing.deliver('dispatcher', bearer(token))).toMatchObject({ status })
  }
})

test('where a token is required an unbound one will do, where a bound one is it will not', async () => {
  for (const [policy, status] of [
    ['required', 204],
    ['bound', 401],
  ] as const) {
    await using standing = await stand(
      { policy: { identity: 'any', bearer: policy } },
      { tokenServer: tokenServer({ answers: ['issue-unbound'] }) },
    )
    const token = await askToken(standing, 'dispatcher')
    expect(await standing.deliver('dispatcher', bearer(token))).toMatchObject({ status })
    expect(seen(standing.ledger, 'request')).toMatchObject([{ bearer: 'unbound' }])
  }
})

test('a secret authenticates where no certificate is registered', async () => {
  await using standing = await stand(
    { policy: { identity: 'any', bearer: 'required' } },
    {
      tokenServer: tokenServer({
        authMethod: 'client_secret_post',
        registeredCertificate: 'none',
      }),
    },
  )
  const { clientSecret } = standing.scenario
  expect(await askToken(standing, 'none', { client_secret: 'wrong' })).toBeNull()
  const token = await askToken(standing, 'none', { client_secret: clientSecret })
  expect(token).not.toBeNull()
  expect(await standing.deliver('dispatcher', bearer(token))).toMatchObject({ status: 204 })
  expect(JSON.stringify(standing.ledger.observations())).not.toContain(clientSecret)
})

test('a rotation changes the registered certificate and what the token endpoint shows', async () => {
  await using standing = await stand({}, { tokenServer: tokenServer() })
  expect(await askToken(standing, 'dispatcher')).not.toBeNull()
  const next = tokenServer({
    endpoint: setup({
      clientCertificate: 'requested',
      certificate: 'next-endpoint',
      allowedClientCertificates: ['self-signed', 'dispatcher'],
    }),
    registeredCertificate: 'self-signed',
    authMethod: 'self_signed_tls_client_auth',
  })
  await standing.scenario.rotate(setup(), next)
  expect(await askToken(standing, 'dispatcher')).toBeNull()
  expect(await askToken(standing, 'self-signed')).not.toBeNull()
  expect(seen(standing.ledger, 'connection-opened').map(({ slot }) => slot)).toEqual([
    'token-server-1',
    'token-server-2',
    'token-server-2',
  ])
})

test('a token endpoint may turn a certificate away in TLS too', async () => {
  const endpoint = setup({ clientCertificate: 'required', rejectStyle: 'close' })
  await using standing = await stand({}, { tokenServer: tokenServer({ endpoint }) })
  await expect(askToken(standing, 'none')).rejects.toThrow('socket hang up')
  await standing.scenario.settle(5000)
  expect(seen(standing.ledger, 'handshake')).toMatchObject([
    { listener: 'token-server', judgement: { because: 'none-presented', style: 'close' } },
  ])
})

test('a scenario that began without a token server cannot be given one', async () => {
  await using standing = await stand()
  await expect(standing.scenario.rotate(setup(), tokenServer())).rejects.toMatchObject({
    code: 'ERR_ENGINE_FAULT',
  })
})
