import { once } from 'node:events'
import { Agent } from 'node:https'
import type { TLSSocket } from 'node:tls'
import { expect, test } from '@playwright/test'
import {
  credentials,
  material,
  post,
  seen,
  setup,
  tlsConnection,
} from '../endpoint/test-support.ts'
import { Ledger } from '../observation/ledger.ts'
import {
  authority,
  endEntity,
  newPki,
  openssl,
  run,
  temporaryFolder,
  writeFiles,
} from '../pki/test-support.ts'
import { startEmbeddedEngine } from './embedded.ts'
import { stand } from './test-support.ts'

const VERSIONS = ['TLSv1.2', 'TLSv1.3'] as const

/** Makes a request over a connection that offers an earlier session, and gives the next one back. */
async function visit(
  port: number,
  path: string,
  version: (typeof VERSIONS)[number],
  session: Buffer | undefined,
): Promise<Buffer | undefined> {
  const socket = await tlsConnection(port, {
    ...(await credentials('dispatcher')),
    servername: 'localhost',
    // Else an id of TLS 1.2 cannot be told from the compatibility id of TLS 1.3.
    maxVersion: version,
    ...(session === undefined ? {} : { session }),
  })
  let next: Buffer | undefined
  // In TLS 1.2 the ticket comes within the handshake, in TLS 1.3 behind it.
  if (socket.getProtocol() === 'TLSv1.2') next = socket.getSession()
  socket.on('session', (one) => (next = one))
  socket.write(`POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}`)
  socket.resume()
  await once(socket, 'close')
  return next
}

for (const version of VERSIONS) {
  for (const [resumption, sessions] of [
    ['off', ['full', 'full']],
    ['on', ['full', 'resumed']],
  ] as const) {
    test(`${version}, resumption ${resumption}: the second handshake is ${sessions[1]}`, async () => {
      await using standing = await stand({ resumption, minVersion: version, maxVersion: version })
      const path = new URL(standing.url).pathname
      const session = await visit(standing.port, path, version, undefined)
      expect(session).toBeDefined()
      await visit(standing.port, path, version, session)
      await standing.scenario.settle(5000)
      const { ledger } = standing
      expect(seen(ledger, 'handshake').map((one) => one.session)).toEqual(sessions)
      expect(seen(ledger, 'client-hello').map((one) => one.session)).toEqual(['none', 'offered'])
      expect(seen(ledger, 'handshake')[1]).toMatchObject({
        clientCertificate: { name: 'dispatcher' },
        judgement: { decision: 'accepted' },
      })
      expect(seen(ledger, 'request').map(({ answered }) => answered)).toEqual([204, 204])
    })
  }

  test(`${version}: with resumption on, a session outlives a rotation to another certificate`, async () => {
    const only = { minVersion: version, maxVersion: version } as const
    await using standing = await stand({ ...only, resumption: 'on', caHints: 'none' })
    const path = new URL(standing.url).pathname
    const session = await visit(standing.port, path, version, undefined)
    const next = setup({ ...only, resumption: 'on', caHints: 'none', certificate: 'next-endpoint' })
    await standing.scenario.rotate(next, null)
    await visit(standing.port, path, version, session)
    await standing.scenario.settle(5000)
    expect(seen(standing.ledger, 'handshake').map((one) => one.session)).toEqual([
      'full',
      'resumed',
    ])
    expect(seen(standing.ledger, 'handshake')[1]).toMatchObject({
      judgement: { decision: 'accepted' },
    })
  })
}

test('a rotation changes the certificate for new connections and goes on in the answers', async () => {
  const answers = [201, 202, 203].map(
    (status) => ({ kind: 'status', status, headers: {}, body: '', delayMs: 0 }) as const,
  )
  await using standing = await stand({ answers })
  const all = await material()
  const shown: string[] = []
  const checkServerIdentity = (_host: string, certificate: { fingerprint256: string }) => {
    const sha256 = certificate.fingerprint256.replaceAll(':', '').toLowerCase()
    shown.push(all.nameOf(sha256) ?? 'stranger')
    return undefined
  }
  const deliver = () => standing.deliver('dispatcher', { checkServerIdentity })
  expect(await deliver()).toMatchObject({ status: 201 })
  await standing.scenario.rotate(setup({ answers, certificate: 'next-endpoint' }), null)
  expect(await deliver()).toMatchObject({ status: 202 })
  const others = [answers[2], answers[0]].filter((answer) => answer !== undefined)
  await standing.scenario.rotate(setup({ certificate: 'next-endpoint', answers: others }), null)
  expect([await deliver(), await deliver(), await deliver()]).toMatchObject([
    { status: 203 },
    { status: 201 },
    { status: 201 },
  ])
  expect(shown).toEqual(['endpoint', ...Array<string>(4).fill('next-endpoint')])
  expect(seen(standing.ledger, 'connection-opened').map(({ slot }) => slot)).toEqual([
    'endpoint-1',
    'endpoint-2',
    'endpoint-3',
    'endpoint-3',
    'endpoint-3',
  ])
})

for (const [keepAlive, connections] of [
  ['on', 1],
  ['off', 2],
] as const) {
  test(`keep-alive ${keepAlive}: two requests take ${connections} connections`, async () => {
    await using standing = await stand({ keepAlive })
    const agent = new Agent({ keepAlive: true, maxSockets: 1, maxCachedSessions: 0 })
    const options = { ...(await credentials('dispatcher')), agent }
    for (let round = 0; round < 2; round++) {
      expect(await post(standing.url, options)).toMatchObject({ status: 204 })
    }
    agent.destroy()
    await standing.scenario.settle(5000)
    expect(seen(standing.ledger, 'connection-opened')).toHaveLength(connections)
    expect(seen(standing.ledger, 'request')).toHaveLength(2)
  })
}

test('ALPN offers what the setup lists; no overlap is an alert; h2 is refused at the start', async () => {
  await using standing = await stand({ alpn: ['http/1.1'] })
  const options = await credentials('dispatcher')
  const agreed = await tlsConnection(standing.port, {
    ...options,
    ALPNProtocols: ['h2', 'http/1.1'],
  })
  expect(agreed.alpnProtocol).toBe('http/1.1')
  agreed.resume().end()
  await once(agreed, 'close')
  await expect(
    tlsConnection(standing.port, { ...options, ALPNProtocols: ['spdy/3'] }),
  ).rejects.toMatchObject({ code: 'ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL' })
  await standing.scenario.settle(5000)
  expect(seen(standing.ledger, 'handshake')).toMatchObject([{ alpn: 'http/1.1' }])
  expect(seen(standing.ledger, 'alert')).toMatchObject([
    { from: 'endpoint', number: 120, description: 'no_application_protocol' },
  ])
  await expect(stand({ alpn: ['h2'] })).rejects.toMatchObject({ code: 'ERR_ENGINE_FAULT' })
})

test('versions and ciphers are those of the setup, also old ones', async () => {
  const options = { ...(await credentials('dispatcher')), ciphers: 'DEFAULT@SECLEVEL=0' }
  for (const version of ['TLSv1', 'TLSv1.1'] as const) {
    await using old = await stand({ minVersion: version, maxVersion: version })
    const socket = await tlsConnection(old.port, { ...options, minVersion: 'TLSv1' })
    expect(socket.getProtocol()).toBe(version)
    socket.destroy()
  }
  const ciphers = 'ECDHE-ECDSA-AES256-GCM-SHA384'
  await using chosen = await stand({ ciphers })
  for (const [maxVersion, name] of [
    ['TLSv1.2', ciphers],
    ['TLSv1.3', 'TLS_AES_256_GCM_SHA384'],
  ] as const) {
    const socket = await tlsConnection(chosen.port, { ...options, maxVersion })
    expect(socket.getCipher().name).toBe(name)
    socket.destroy()
  }
})

test('groups are those of the setup', async () => {
  await using standing = await stand({ groups: 'P-384' })
  const connect = async (ecdhCurve: string) => {
    const options = { ...(await credentials('dispatcher')), servername: 'localhost', ecdhCurve }
    return await tlsConnection(standing.port, options)
  }
  const socket = await connect('X25519:P-384')
  expect(socket.getEphemeralKeyInfo()).toMatchObject({ name: 'secp384r1' })
  socket.destroy()
  await expect(connect('X25519:P-256')).rejects.toThrow(/handshake failure/)
})

test('weak certificates are served, unusable ones are a fault of the engine that names them', async () => {
  const rsa = { key: 'rsa-2048' } as const
  const weak = await newPki().issue({
    root: authority('Root', 'root', rsa),
    sha1: endEntity('root', { ...rsa, signature: 'sha1' }),
    small: endEntity('root', { key: 'rsa-1024' }),
    flipped: endEntity('root', { tamper: 'flip-signature-bit' }),
  })
  await using engine = await startEmbeddedEngine()
  const start = (certificate: string, chain: readonly string[] | 'issuers' = 'issuers') =>
    engine.startScenario({
      endpoint: setup({ certificate, chain, clientCertificate: 'not-requested' }),
      tokenServer: null,
      elsewhere: null,
      material: weak,
      ledger: new Ledger(),
      event: { secrets: [] },
    })
  for (const name of ['sha1', 'small', 'flipped']) {
    await using scenario = await start(name)
    const socket: TLSSocket = await tlsConnection(
      Number(new URL(scenario.urls.endpoint ?? '').port),
      {
        rejectUnauthorized: false,
        ciphers: 'DEFAULT@SECLEVEL=0',
      },
    )
    expect(socket.getPeerCertificate().raw.equals(weak.get(name).der), name).toBe(true)
    socket.destroy()
  }
  await expect(start('sha1', ['small', 'root'])).rejects.toMatchObject({
    code: 'ERR_ENGINE_FAULT',
    message: expect.stringContaining('"sha1"'),
  })
})

for (const version of VERSIONS) {
  test(`${version}: the alert of a dispatcher that distrusts the endpoint is on record, once`, async () => {
    test.skip(openssl === 'absent', 'needs openssl')
    await using folder = await temporaryFolder()
    const all = await material()
    const { rogue } = await writeFiles(folder.path, { rogue: all.get('rogue-ca').pem })
    await using standing = await stand({
      minVersion: version,
      maxVersion: version,
      clientCertificate: 'not-requested',
    })
    const target = `127.0.0.1:${standing.port}`
    await run('openssl', 's_client', '-connect', target, '-CAfile', rogue, '-verify_return_error')
    await standing.scenario.settle(5000)
    expect(seen(standing.ledger, 'alert')).toMatchObject([
      { from: 'dispatcher', number: 48, description: 'unknown_ca' },
    ])
    expect(seen(standing.ledger, 'handshake-failed')).toMatchObject([
      { error: 'ERR_SSL_TLSV1_ALERT_UNKNOWN_CA', clientCertificate: null },
    ])
    expect(seen(standing.ledger, 'connection-closed')).toMatchObject([{ decryptedBytes: 0 }])
  })
}
