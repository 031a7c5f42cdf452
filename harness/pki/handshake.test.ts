import { createHash, X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { connect, createServer, type TLSSocket } from 'node:tls'
import { expect, test } from '@playwright/test'
import type { KeyAlgorithm } from '../scenario/certificate.ts'
import { toPkcs12 } from './pkcs12.ts'
import { endEntity, newPki, path } from './test-support.ts'
import { spkiPin } from './thumbprint.ts'
import type { IssuedMaterial } from './types.ts'

function chainPem(material: IssuedMaterial, name: string): string {
  return [material.get(name), ...material.issuersOf(name)].map(({ pem }) => pem).join('')
}

/** One mutual-TLS handshake over loopback; each side says whom it met. */
async function handshake(material: IssuedMaterial): Promise<{
  readonly presented: X509Certificate | undefined
  readonly authorised: boolean
  readonly shown: { readonly raw: Buffer; readonly pubkey?: Buffer }
}> {
  const endpoint = material.get('endpoint')
  const dispatcher = material.get('dispatcher')
  const { pem: root } = material.get('root')
  await using server = createServer({
    cert: chainPem(material, 'endpoint'),
    key: endpoint.keyPem,
    ca: root,
    requestCert: true,
  }) as ReturnType<typeof createServer> & AsyncDisposable
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const arrived = once(server, 'secureConnection') as Promise<[TLSSocket]>
  const pfx = toPkcs12({
    chain: [dispatcher, ...material.issuersOf('dispatcher')],
    privateKey: dispatcher.privateKey,
    passphrase: 'changeit',
    flavour: 'modern',
    friendlyName: 'dispatcher',
  })
  const { port } = server.address() as AddressInfo
  const client = connect({ host: '127.0.0.1', port, ca: root, pfx, passphrase: 'changeit' })
  try {
    await once(client, 'secureConnect')
    const [socket] = await arrived
    const presented = socket.getPeerX509Certificate()
    const { authorized: authorised } = socket
    socket.end('hello')
    const [text] = (await once(client, 'data')) as [Buffer]
    expect(text.toString()).toBe('hello')
    return { presented, authorised, shown: client.getPeerCertificate() }
  } finally {
    client.destroy()
  }
}

for (const key of ['ec-p256', 'ec-p384', 'rsa-2048', 'ed25519'] satisfies KeyAlgorithm[]) {
  test(`shakes hands with ${key} chains on both sides`, async () => {
    const material = await newPki().issue({
      ...path({}, { key }),
      dispatcher: endEntity('intermediate', { key, subject: [['CN', 'dispatcher']] }),
    })
    const { presented, authorised, shown } = await handshake(material)
    expect(authorised).toBe(true)
    expect(presented?.raw).toEqual(material.get('dispatcher').der)
    expect(material.nameOf(createHash('sha256').update(shown.raw).digest('hex'))).toBe('endpoint')
    const { spkiPin: pin } = material.get('endpoint')
    expect(spkiPin(new X509Certificate(shown.raw))).toBe(pin)
    if (key.startsWith('ec')) {
      // The trap that spkiPin's documentation warns of: this is the bare point.
      const wrong = createHash('sha256')
        .update(shown.pubkey ?? '')
        .digest('base64')
      expect(wrong).not.toBe(pin)
    }
  })
}

test('makes a chain that a client refuses for its one fault', async () => {
  const material = await newPki().issue({
    ...path({ notAfter: { kind: 'relative', ms: -1000 } }),
    dispatcher: endEntity('intermediate', { subject: [['CN', 'dispatcher']] }),
  })
  await expect(handshake(material)).rejects.toMatchObject({ code: 'CERT_HAS_EXPIRED' })
})
