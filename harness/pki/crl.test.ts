import { expect, test } from '@playwright/test'
import { crlsPem } from './crl-bundle.ts'
import { createCrl } from './crl.ts'
import {
  endEntity,
  newPki,
  openssl,
  path,
  run,
  temporaryFolder,
  writeFiles,
} from './test-support.ts'

const HOUR = 3_600_000

for (const key of ['ec-p256', 'ec-p384', 'rsa-2048', 'ed25519'] as const) {
  test(`revokes under an ${key} authority`, async () => {
    test.skip(openssl === 'absent', 'needs openssl')
    const material = await newPki().issue({
      ...path({}, { key }),
      other: endEntity('intermediate', { serial: '00ff01' }),
      kept: endEntity('intermediate'),
    })
    const now = Date.now()
    const endpoint = material.get('endpoint')
    const crl = createCrl({
      issuer: material.get('intermediate'),
      revoked: [
        {
          serialHex: endpoint.x509?.serialNumber ?? '',
          at: new Date(now - HOUR),
          reason: 'key-compromise',
        },
        { serialHex: material.get('other').x509?.serialNumber ?? '', at: new Date(now - HOUR) },
      ],
      thisUpdate: new Date(now - HOUR),
      nextUpdate: new Date(now + HOUR),
      number: 300,
    })
    await using folder = await temporaryFolder()
    const files = await writeFiles(folder.path, {
      crl: crl.pem,
      der: crl.der,
      root: material.get('root').pem,
      intermediate: material.get('intermediate').pem,
      endpoint: endpoint.pem,
      other: material.get('other').pem,
      kept: material.get('kept').pem,
    })
    const read = ['-noout', '-text', '-CAfile', files.intermediate]
    const text = await run('openssl', 'crl', '-in', files.crl, ...read)
    expect(text.output).toContain('verify OK')
    expect(text.output).toContain('Key Compromise')
    expect(text.output).toMatch(/X509v3 CRL Number:\s+(?:300|0x012C|012C)/)
    const der = await run('openssl', 'crl', '-inform', 'DER', '-in', files.der, ...read)
    expect(der.output).toContain('verify OK')

    const check = (target: string): Promise<{ output: string }> =>
      run(
        'openssl',
        ...['verify', '-crl_check', '-CAfile', files.root, '-untrusted', files.intermediate],
        ...['-CRLfile', files.crl, target],
      )
    expect((await check(files.endpoint)).output).toContain('certificate revoked')
    expect((await check(files.other)).output).toContain('certificate revoked')
    expect((await check(files.kept)).output).toContain('OK')
  })
}

test('says nothing of an empty list, and refuses what is no serial number', async () => {
  const material = await newPki().issue(path())
  const content = {
    issuer: material.get('intermediate'),
    revoked: [],
    thisUpdate: new Date(0),
    nextUpdate: new Date('2051-01-01T00:00:00Z'),
    number: 0,
  }
  expect(createCrl(content).der.includes(Buffer.from('\x18\x0f20510101000000Z'))).toBe(true)
  for (const serialHex of ['', '-01', 'xyz']) {
    const revoked = [{ serialHex, at: new Date(0) }]
    expect(() => createCrl({ ...content, revoked })).toThrow('serial number')
  }
  test.skip(openssl === 'absent', 'needs openssl')
  await using folder = await temporaryFolder()
  const files = await writeFiles(folder.path, { crl: createCrl(content).pem })
  const { output } = await run('openssl', 'crl', '-in', files.crl, '-noout', '-text')
  expect(output).toContain('No Revoked Certificates')
})

test('carries what a description adds, and the signature of another key', async () => {
  const material = await newPki().issue({ ...path(), other: endEntity('intermediate') })
  const described = {
    issuer: 'intermediate',
    signedBy: null,
    revoked: ['endpoint'],
    reason: 'certificate-hold',
    thisUpdateMs: -HOUR,
    nextUpdateMs: HOUR,
    number: 7,
    extensions: [{ oid: '2.5.29.28', criticality: 'critical', hex: '30038101ff' }],
    entryExtensions: [{ oid: '1.2.3.4', criticality: 'non-critical', hex: '0500' }],
  } as const
  const bundle = crlsPem([described, { ...described, signedBy: 'root' }], material)
  const [right, wrong] = bundle.match(/-----BEGIN[^]*?END X509 CRL-----\n/g) ?? []
  expect(`${right ?? ''}${wrong ?? ''}`).toBe(bundle)
  expect(() => crlsPem([{ ...described, revoked: ['nobody'] }], material)).toThrow('nobody')
  test.skip(openssl === 'absent', 'needs openssl')
  await using folder = await temporaryFolder()
  const files = await writeFiles(folder.path, {
    right: right ?? '',
    wrong: wrong ?? '',
    intermediate: material.get('intermediate').pem,
  })
  const read = ['-noout', '-text', '-CAfile', files.intermediate]
  const { output } = await run('openssl', 'crl', '-in', files.right, ...read)
  expect(output).toContain('verify OK')
  expect(output).toContain('Certificate Hold')
  expect(output).toContain('Only User Certificates')
  expect(output).toContain('1.2.3.4')
  const other = await run('openssl', 'crl', '-in', files.wrong, ...read)
  expect(other.output).toMatch(/verify failure/)
})
