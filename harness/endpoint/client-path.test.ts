import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { connect, createServer, type TLSSocket } from 'node:tls'
import { expect, test } from '@playwright/test'
import { Pki } from '../pki/issue.ts'
import { KeyPool } from '../pki/key-pool.ts'
import { authority, endEntity, hours } from '../pki/test-support.ts'
import type { IssuedMaterial } from '../pki/types.ts'
import type { CertificateDescription } from '../scenario/certificate.ts'
import { PATH_CASES, rsa } from './client-path-cases.ts'
import { findPathFault } from './client-path.ts'
import { certificatesSentBy } from './presented.ts'

for (const {
  title,
  certificates = {},
  sends = ['dispatcher', 'intermediate'],
  anchors = ['root'],
  fault,
} of PATH_CASES) {
  test(`${title}: ${fault ?? 'valid'}, as OpenSSL says`, async () => {
    const material = await issue(certificates)
    const [sent, verdict] = await askOpenSsl(material, sends, anchors)
    const [first = Buffer.alloc(0), ...others] = sent
    const own = findPathFault({
      endEntity: first,
      others,
      anchors: anchors.map((name) => material.get(name).der),
      at: new Date(),
      weakSignatures: 'refused',
    })
    expect(own).toBe(fault)
    expect(verdict, 'OpenSSL').toBe(fault === null ? 'valid' : 'invalid')
  })
}

test('a weak signature passes where weak signatures are accepted', async () => {
  const material = await issue({ root: rsa, intermediate: rsa, dispatcher: { signature: 'sha1' } })
  const fault = findPathFault({
    endEntity: material.get('dispatcher').der,
    others: [material.get('intermediate').der],
    anchors: [material.get('root').der],
    at: new Date(),
    weakSignatures: 'accepted',
  })
  expect(fault).toBeNull()
})

test('name constraints are not evaluated, so they are refused', async () => {
  const material = await issue({
    intermediate: {
      nameConstraints: { permitted: [{ dns: 'localhost' }], excluded: [], criticality: 'critical' },
    },
  })
  const fault = findPathFault({
    endEntity: material.get('dispatcher').der,
    others: [material.get('intermediate').der],
    anchors: [material.get('root').der],
    at: new Date(),
    weakSignatures: 'refused',
  })
  expect(fault).toBe('untrusted')
})

test('a path through the living one of two cross-signed intermediates is found', async () => {
  const material = await issue({
    'old-root': authority('Old Root', 'old-root', { notBefore: hours(-9), notAfter: hours(-1) }),
    intermediate: { keyOf: 'twin' },
    twin: { ...authority('Intermediate', 'old-root') },
  })
  const fault = findPathFault({
    endEntity: material.get('dispatcher').der,
    others: [material.get('twin').der, material.get('intermediate').der],
    anchors: [material.get('old-root').der, material.get('root').der],
    at: new Date(),
    weakSignatures: 'refused',
  })
  expect(fault).toBeNull()
})

test('what is not a certificate is untrusted', () => {
  for (const endEntity of [
    Buffer.alloc(0),
    Buffer.from('3003020101', 'hex'),
    Buffer.alloc(300, 0x30),
  ]) {
    const question = { endEntity, others: [endEntity], anchors: [endEntity], at: new Date() }
    expect(findPathFault({ ...question, weakSignatures: 'refused' })).toBe('untrusted')
  }
})

const keys = new KeyPool()

function issue(
  patches: Readonly<Record<string, Partial<CertificateDescription>>>,
): Promise<IssuedMaterial> {
  const standard: Record<string, CertificateDescription> = {
    root: authority('Root', 'root'),
    intermediate: authority('Intermediate', 'root'),
    dispatcher: endEntity('intermediate', {
      subject: [['CN', 'dispatcher']],
      extendedKeyUsage: ['client-auth'],
    }),
    stranger: authority('Stranger', 'stranger'),
    server: endEntity('stranger'),
  }
  for (const [name, patch] of Object.entries(patches)) {
    standard[name] = { ...(standard[name] ?? authority(name, name)), ...patch }
  }
  return new Pki({ now: new Date(), keys }).issue(standard)
}

/** What node:tls makes of the same certificates, with the anchors as `ca`. */
async function askOpenSsl(
  material: IssuedMaterial,
  sends: readonly string[],
  anchors: readonly string[],
): Promise<[sent: readonly Buffer[], verdict: 'valid' | 'invalid']> {
  const server = createServer({
    cert: material.get('server').pem,
    key: material.get('server').keyPem,
    ca: anchors.map((name) => material.get(name).pem),
    requestCert: true,
    rejectUnauthorized: false,
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  // Security level 0: what is too weak is for the server to refuse.
  const client = connect({
    port: (server.address() as AddressInfo).port,
    host: '127.0.0.1',
    rejectUnauthorized: false,
    ciphers: 'DEFAULT@SECLEVEL=0',
    cert: sends.map((name) => material.get(name).pem).join('\n'),
    key: material.get('dispatcher').keyPem,
  })
  client.on('error', () => undefined)
  const [socket] = (await once(server, 'secureConnection')) as [TLSSocket]
  socket.on('error', () => undefined)
  const known = anchors.map((name) => material.get(name).der)
  const outcome = [certificatesSentBy(socket, known), socket.authorized ? 'valid' : 'invalid'] as [
    readonly Buffer[],
    'valid' | 'invalid',
  ]
  client.destroy()
  socket.destroy()
  server.close()
  return outcome
}
