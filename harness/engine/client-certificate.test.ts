import { once } from 'node:events'
import { expect, test } from '@playwright/test'
import { credentials, material, seen, tlsConnection } from '../endpoint/test-support.ts'
import type { CaHints } from '../scenario/setup.ts'
import { stand } from './test-support.ts'

const VERSIONS = ['TLSv1.2', 'TLSv1.3'] as const
const HINTS: readonly CaHints[] = ['none', 'matching', 'foreign']

/** Certificate → why it is rejected, or null. */
const JUDGED = {
  dispatcher: null,
  none: 'none-presented',
  'rogue-dispatcher': 'untrusted',
  'self-signed': 'untrusted',
  'expired-dispatcher': 'expired',
  'early-dispatcher': 'not-yet-valid',
  'server-only': 'wrong-usage',
} as const

for (const version of VERSIONS) {
  for (const caHints of HINTS) {
    test(`${version}, CA hints ${caHints}: every certificate is written down and judged`, async () => {
      await using standing = await stand({ caHints, minVersion: version, maxVersion: version })
      for (const [name, because] of Object.entries(JUDGED)) {
        const answer = await standing.deliver(name)
        expect(answer, name).toMatchObject({ status: because === null ? 204 : 400 })
        expect(seen(standing.ledger, 'handshake').at(-1), name).toMatchObject({
          protocol: version,
          session: 'full',
          clientCertificate:
            name === 'none' ? { presented: 'none' } : { presented: 'certificate', name },
          judgement:
            because === null
              ? { decision: 'accepted' }
              : { decision: 'rejected', because, style: 'http-400' },
        })
      }
    })
  }
}

for (const caHints of HINTS) {
  test(`CA hints ${caHints}: what a CRL lists is revoked, and one that is not in force proves nothing`, async () => {
    for (const [state, revoked, because] of [
      ['current', [], null],
      ['current', ['next-endpoint'], null],
      ['current', ['dispatcher'], 'revoked'],
      ['current', ['intermediate'], 'revoked'],
      ['expired', [], 'untrusted'],
      ['not-yet-valid', [], 'untrusted'],
    ] as const) {
      await using standing = await stand({ caHints, crl: { state, revoked } })
      const answer = await standing.deliver('dispatcher')
      expect(answer).toMatchObject({ status: because === null ? 204 : 400 })
      expect(seen(standing.ledger, 'handshake')).toMatchObject([
        { judgement: because === null ? { decision: 'accepted' } : { because } },
      ])
    }
  })
}

test('the list that was sent is recorded by name, without the trust anchor', async () => {
  await using standing = await stand()
  const all = await material()
  const options = await credentials('dispatcher')
  const whole = [options.cert, all.get('root').pem].join('\n')
  await standing.deliver('dispatcher', { cert: whole })
  expect(seen(standing.ledger, 'handshake')).toMatchObject([
    { clientCertificate: { subject: 'CN=dispatcher', chain: ['dispatcher', 'intermediate'] } },
  ])
})

test('a path without its intermediate is untrusted whatever the hints', async () => {
  for (const caHints of HINTS) {
    await using standing = await stand({ caHints })
    const all = await material()
    const answer = await standing.deliver('dispatcher', { cert: all.get('dispatcher').pem })
    expect(answer).toMatchObject({ status: 400 })
    expect(seen(standing.ledger, 'handshake')).toMatchObject([
      { clientCertificate: { chain: ['dispatcher'] }, judgement: { because: 'untrusted' } },
    ])
  }
})

test('the anchors for clients do not complete the endpoint’s chain', async () => {
  const lengths: Record<string, number> = {}
  for (const caHints of HINTS) {
    await using standing = await stand({
      caHints,
      maxVersion: 'TLSv1.2',
      clientAnchors: ['root', 'intermediate'],
      chain: ['endpoint'],
    })
    const socket = await tlsConnection(standing.port, { rejectUnauthorized: false })
    const chain = socket.getPeerCertificate(true)
    lengths[caHints] = 'issuerCertificate' in chain ? 2 : 1
    socket.destroy()
  }
  expect(lengths).toEqual({ none: 1, matching: 1, foreign: 1 })
})

test('a requested certificate may be absent, but a bad one is rejected', async () => {
  await using standing = await stand({ clientCertificate: 'requested' })
  expect(await standing.deliver('none')).toMatchObject({ status: 204 })
  expect(await standing.deliver('dispatcher')).toMatchObject({ status: 204 })
  expect(await standing.deliver('expired-dispatcher')).toMatchObject({ status: 400 })
  expect(seen(standing.ledger, 'handshake').map(({ judgement }) => judgement.decision)).toEqual([
    'accepted',
    'accepted',
    'rejected',
  ])
})

test('an endpoint that does not ask sees no certificate', async () => {
  await using standing = await stand({ clientCertificate: 'not-requested' })
  expect(await standing.deliver('dispatcher')).toMatchObject({ status: 204 })
  expect(seen(standing.ledger, 'handshake')).toMatchObject([
    { clientCertificate: { presented: 'none' }, judgement: { decision: 'not-asked' } },
  ])
})

test('a list of allowed certificates overrides the path', async () => {
  await using standing = await stand({ allowedClientCertificates: ['self-signed'] })
  expect(await standing.deliver('self-signed')).toMatchObject({ status: 204 })
  expect(await standing.deliver('dispatcher')).toMatchObject({ status: 400 })
  expect(seen(standing.ledger, 'handshake').at(-1)).toMatchObject({
    judgement: { decision: 'rejected', because: 'not-allowed' },
  })
})

for (const [version, error] of [
  // What https.request makes of alert 40, handshake_failure, while it is writing.
  ['TLSv1.2', 'EPROTO'],
  ['TLSv1.3', 'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED'],
] as const) {
  test(`${version}: a missing certificate is answered by a real alert where the style is alert`, async () => {
    await using standing = await stand({
      rejectStyle: 'alert',
      minVersion: version,
      maxVersion: version,
    })
    expect(await standing.deliver('none')).toEqual({ error })
    expect(seen(standing.ledger, 'handshake')).toEqual([])
    expect(seen(standing.ledger, 'handshake-failed')).toMatchObject([
      {
        error: 'ERR_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE',
        clientCertificate: { presented: 'none' },
      },
    ])
    expect(await standing.deliver('dispatcher')).toMatchObject({ status: 204 })
  })
}

test('an alert that Node cannot send is a fault of the harness, not a verdict', async () => {
  await using standing = await stand({ rejectStyle: 'alert' })
  expect(await standing.deliver('expired-dispatcher')).toHaveProperty('error')
  const [fault] = seen(standing.ledger, 'harness-fault')
  expect(fault?.detail).toContain('CERT_HAS_EXPIRED')
  await expect(
    stand({ rejectStyle: 'alert', allowedClientCertificates: ['self-signed'] }),
  ).rejects.toMatchObject({ code: 'ERR_ENGINE_FAULT' })
})

for (const version of VERSIONS) {
  test(`${version}: a dispatcher that turns the endpoint away sends not one byte of a request`, async () => {
    await using standing = await stand({ minVersion: version, maxVersion: version })
    const all = await material()
    const answer = await standing.deliver('dispatcher', { ca: all.get('rogue-ca').pem })
    expect(answer).toHaveProperty('error')
    expect(seen(standing.ledger, 'request')).toEqual([])
    expect(seen(standing.ledger, 'connection-closed')).toMatchObject([
      { by: 'dispatcher', decryptedBytes: 0 },
    ])
  })

  test(`${version}: half a request line counts, byte by byte, though no request arrived`, async () => {
    await using standing = await stand({ minVersion: version, maxVersion: version })
    for (const end of ['fin', 'reset'] as const) {
      const socket = await tlsConnection(standing.port, await credentials('dispatcher'))
      await new Promise((resolve) => socket.write('POST /hoo', resolve))
      if (end === 'fin') socket.end()
      else socket.destroy()
      await once(socket, 'close')
      await standing.scenario.settle(5000)
    }
    expect(seen(standing.ledger, 'request')).toEqual([])
    expect(seen(standing.ledger, 'connection-closed')).toMatchObject([
      { decryptedBytes: 9 },
      { decryptedBytes: 9 },
    ])
  })
}
