import { X509Certificate } from 'node:crypto'
import { expect, test } from '@playwright/test'
import type { CertificateDescription } from '../scenario/certificate.ts'
import { certificateParts } from './der-reader.ts'
import { authority, endEntity, hours, newPki, path } from './test-support.ts'
import { spkiPin } from './thumbprint.ts'

test('writes validity to the second, and the right kind of time around 2050', async () => {
  const now = new Date('2026-09-24T10:00:00.750Z')
  const material = await newPki(now).issue({
    root: authority('Root', 'root', {
      notBefore: { kind: 'relative', ms: -1000 },
      notAfter: { kind: 'absolute', iso: '2049-12-31T23:59:59Z' },
    }),
    late: authority('Late', 'late', {
      notBefore: { kind: 'absolute', iso: '2050-01-01T00:00:00Z' },
      notAfter: { kind: 'absolute', iso: '9999-12-31T23:59:59Z' },
    }),
  })
  const root = material.get('root')
  expect(root.x509?.validFrom).toBe('Sep 24 09:59:59 2026 GMT')
  expect(root.x509?.validTo).toBe('Dec 31 23:59:59 2049 GMT')
  expect(root.der.includes(Buffer.from('\x17\x0d491231235959Z', 'latin1'))).toBe(true)
  const late = material.get('late')
  expect(late.x509?.validFrom).toBe('Jan  1 00:00:00 2050 GMT')
  expect(late.der.includes(Buffer.from('\x18\x0f20500101000000Z', 'latin1'))).toBe(true)
  expect(late.der.includes(Buffer.from('\x18\x0f99991231235959Z', 'latin1'))).toBe(true)
})

test('keeps every octet of raw names, raw extensions and serial numbers', async () => {
  const raw = (tag: number, hex: string): { raw: { tag: number; hex: string } } => ({
    raw: { tag, hex },
  })
  const material = await newPki().issue({
    root: authority('Root', 'root'),
    // What forge would shorten (an octet 00 before one below 80) or widen (tag 30).
    names: endEntity('root', {
      subjectAlternativeNames: [
        raw(2, '0061ff'),
        raw(30, '0102'),
        raw(0, '06022a03'),
        raw(0x99, '7a'),
      ],
    }),
    padded: endEntity('root', { serial: '000001' }),
    negative: endEntity('root', { serial: 'ffff80' }),
    empty: endEntity('root', { serial: '' }),
    extension: endEntity('root', {
      extensions: [{ oid: '1.2.3.4', criticality: 'non-critical', hex: '02020001' }],
    }),
  })
  const has = (name: string, hex: string): boolean =>
    material.get(name).der.includes(Buffer.from(hex, 'hex'))
  expect(has('names', '82030061ff' + '9e020102' + 'a00406022a03' + '99017a')).toBe(true)
  for (const [name, hex] of [
    ['padded', '000001'],
    ['negative', 'ffff80'],
    ['empty', ''],
  ] as const) {
    expect(certificateParts(material.get(name).der).serial.toString('hex')).toBe(hex)
  }
  expect(has('extension', '06032a0304' + '0404' + '02020001')).toBe(true)
})

test('leaves out what a description leaves out', async () => {
  const material = await newPki().issue({
    root: authority('Root', 'root'),
    one: endEntity('root', { version: 1, subject: [] }),
    bare: endEntity('root', {
      subjectAlternativeNames: 'none',
      extendedKeyUsage: 'none',
      keyUsage: 'none',
      basicConstraints: 'none',
      authorityKeyIdentifier: 'none',
      subjectKeyIdentifier: 'none',
    }),
    anonymous: authority('', 'anonymous', { subject: [] }),
    orphan: endEntity('anonymous'),
  })
  const extensions = Buffer.from('551d', 'hex')
  for (const name of ['one', 'bare']) {
    expect(material.get(name).der.includes(extensions)).toBe(false)
    expect(material.get(name).x509).not.toBeNull()
  }
  expect(
    material
      .get('one')
      .der.subarray(0, 12)
      .includes(Buffer.of(0xa0, 3, 2, 1)),
  ).toBe(false)
  expect(
    material
      .get('bare')
      .der.subarray(0, 12)
      .includes(Buffer.of(0xa0, 3, 2, 1, 2)),
  ).toBe(true)
  // Node reads an empty name as undefined, whatever its types say.
  expect(material.get('orphan').x509?.issuer ?? '').toBe('')
})

test('gives the same certificate again while nothing that makes it has changed', async () => {
  const pki = newPki()
  const first = await pki.issue(path())
  const [again, deviated] = await Promise.all([
    pki.issue(path()),
    pki.issue({
      ...path(),
      intermediate: authority('Intermediate', 'root', { notAfter: hours(-2) }),
    }),
  ])
  for (const name of ['root', 'intermediate', 'endpoint']) {
    expect(again.get(name)).toBe(first.get(name))
  }
  expect(deviated.get('root')).toBe(first.get('root'))
  // Issuer's name and key are the same, so the end entity is too; only the intermediate is another.
  expect(deviated.get('endpoint')).toBe(first.get('endpoint'))
  expect(deviated.get('intermediate').sha256).not.toBe(first.get('intermediate').sha256)
  expect(deviated.get('intermediate').spkiPin).toBe(first.get('intermediate').spkiPin)
  const renamed = await pki.issue({ ...path(), root: authority('Another', 'root') })
  expect(renamed.get('intermediate').sha256).not.toBe(first.get('intermediate').sha256)
  const sorted = Object.fromEntries(
    Object.entries(path().endpoint).sort(([a], [b]) => (a < b ? -1 : 1)),
  ) as unknown as ReturnType<typeof endEntity>
  expect((await pki.issue({ ...path(), endpoint: sorted })).get('endpoint')).toBe(
    first.get('endpoint'),
  )
})

test('finds certificates by name and thumbprint', async () => {
  const material = await newPki().issue(path())
  const endpoint = material.get('endpoint')
  expect(material.nameOf(endpoint.sha256)).toBe('endpoint')
  expect(material.nameOf('00'.repeat(32))).toBeNull()
  expect(material.issuersOf('endpoint').map(({ name }) => name)).toEqual(['intermediate'])
  expect(material.issuersOf('root')).toEqual([])
  expect(material.all.map(({ name }) => name)).toEqual(['root', 'intermediate', 'endpoint'])
  const read = new X509Certificate(endpoint.pem)
  expect(read.checkPrivateKey(endpoint.privateKey)).toBe(true)
  expect(read.fingerprint256.replaceAll(':', '').toLowerCase()).toBe(endpoint.sha256)
  expect(spkiPin(read)).toBe(endpoint.spkiPin)
  expect(endpoint.keyPem).toContain('BEGIN PRIVATE KEY')
})

for (const [field, patch] of [
  ['issuer', { issuer: 'nobody' }],
  ['subjectOf', { subjectOf: 'nobody' }],
  ['keyOf', { keyOf: 'nobody' }],
  ['signedBy', { signedBy: 'nobody' }],
  ['issuer', { issuer: 'constructor' }],
] as const) {
  test(`names the certificate whose ${field} is ${Object.values(patch).join()}`, async () => {
    const issued = newPki().issue(path(patch))
    await expect(issued).rejects.toMatchObject({ code: 'ERR_PKI' })
    await expect(issued).rejects.toThrow(`${field} of certificate "endpoint"`)
    await expect(issued).rejects.toHaveProperty(
      'hint',
      'Known certificates: root, intermediate, endpoint.',
    )
  })
}

test('refuses circles of subjects and keys, and what a key cannot do', async () => {
  const pki = newPki()
  const circle = {
    root: authority('Root', 'root', { keyOf: 'other' }),
    other: endEntity('root', { keyOf: 'root' }),
  }
  await expect(pki.issue(circle)).rejects.toThrow('goes in a circle: root, other, root')
  for (const [patch, reason] of [
    [{ signature: 'md5' }, 'An EC key cannot sign with md5.'],
    [{ serial: 'xyz' }, 'The serial number is not hexadecimal: "xyz".'],
    [{ subject: [['XX', 'y']] }, '"XX" is not an attribute of a distinguished name.'],
    [{ subjectAlternativeNames: [{ ip: '300.1.1.1' }] }, '"300.1.1.1" is not an IP address.'],
    [{ subjectAlternativeNames: [{ ip: 'fe80::1%eth0' }] }, '"fe80::1%eth0" is not an IP address.'],
    [
      { subjectAlternativeNames: [{ raw: { tag: 64, hex: '' } }] },
      '64 is not the tag of a GeneralName.',
    ],
    [{ extendedKeyUsage: ['1.x'] }, '"1.x" is not an object identifier.'],
    [{ notAfter: { kind: 'absolute', iso: 'soon' } }, 'is not a moment in time.'],
    [{ notAfter: { kind: 'absolute', iso: '+012026-01-01T00:00:00Z' } }, 'cannot say the year'],
    [{ key: 'rsa-1024', keyOf: 'missing' }, 'keyOf of certificate "endpoint" is "missing"'],
  ] as const satisfies readonly (readonly [Partial<CertificateDescription>, string])[]) {
    const issued = pki.issue(path(patch))
    await expect(issued).rejects.toThrow(reason)
    await expect(issued).rejects.toThrow('ertificate "endpoint"')
    await expect(issued).rejects.toHaveProperty('code', 'ERR_PKI')
  }
  expect((await pki.issue(path())).all).toHaveLength(3)
})

test('names what is known when an unknown certificate is asked for', async () => {
  const material = await newPki().issue(path())
  expect(() => material.get('dispatcher')).toThrow('No certificate is called "dispatcher"')
  expect(() => material.issuersOf('dispatcher')).toThrow('No certificate is called "dispatcher"')
})
