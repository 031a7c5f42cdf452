import { expect, test } from '@playwright/test'
import {
  authority,
  endEntity,
  hours,
  newPki,
  openssl,
  path,
  run,
  temporaryFolder,
  writeFiles,
} from './test-support.ts'
import type { IssuedMaterial } from './types.ts'

/** `openssl verify` of a certificate under the root, through these intermediates. */
async function verify(
  material: IssuedMaterial,
  name: string,
  options: { root?: string; through?: readonly string[]; flags?: readonly string[] } = {},
): Promise<string> {
  await using folder = await temporaryFolder()
  const issuers = options.through?.map((issuer) => material.get(issuer)) ?? material.issuersOf(name)
  const files = await writeFiles(folder.path, {
    root: material.get(options.root ?? 'root').pem,
    untrusted: issuers.map(({ pem }) => pem).join(''),
    target: material.get(name).pem,
  })
  const untrusted = issuers.length === 0 ? [] : ['-untrusted', files.untrusted]
  const { status, output } = await run(
    'openssl',
    ...['verify', '-CAfile', files.root, ...untrusted, ...(options.flags ?? []), files.target],
  )
  return status === 0 ? 'OK' : output
}

test.describe('read by openssl', () => {
  test.skip(openssl === 'absent', 'needs openssl')

  for (const key of ['ec-p256', 'ec-p384', 'ec-p521', 'ed25519', 'rsa-2048', 'rsa-1024'] as const) {
    test(`verifies a path of ${key} keys`, async () => {
      const material = await newPki().issue(path({}, { key }))
      const level = key === 'rsa-1024' ? ['-auth_level', '0'] : ['-x509_strict']
      expect(await verify(material, 'endpoint', { flags: level })).toBe('OK')
    })
  }

  for (const signature of ['sha384', 'sha512', 'sha1', 'md5', 'pss-sha256'] as const) {
    test(`verifies RSA signatures with ${signature}`, async () => {
      const material = await newPki().issue(path({}, { key: 'rsa-1024', signature }))
      expect(await verify(material, 'endpoint', { flags: ['-auth_level', '0'] })).toBe('OK')
    })
  }

  for (const signature of ['sha384', 'sha512', 'sha1'] as const) {
    test(`verifies ECDSA signatures with ${signature}`, async () => {
      const material = await newPki().issue(path({}, { signature }))
      expect(await verify(material, 'endpoint', { flags: ['-auth_level', '0'] })).toBe('OK')
    })
  }

  test('verifies under each of two authorities that share subject and key', async () => {
    const material = await newPki().issue({
      root: authority('Root', 'root'),
      other: authority('Other', 'other'),
      intermediate: authority('Intermediate', 'root'),
      crossed: authority('unused', 'other', { subjectOf: 'intermediate', keyOf: 'intermediate' }),
      endpoint: endEntity('intermediate'),
    })
    expect(await verify(material, 'endpoint')).toBe('OK')
    expect(await verify(material, 'endpoint', { root: 'other', through: ['crossed'] })).toBe('OK')
    expect(await verify(material, 'endpoint', { root: 'other' })).toContain('unable to get')
    expect(material.get('crossed').spkiPin).toBe(material.get('intermediate').spkiPin)
    expect(material.get('crossed').sha256).not.toBe(material.get('intermediate').sha256)
  })

  test('issues authorities that signed each other', async () => {
    const material = await newPki().issue({
      a: authority('A', 'b'),
      b: authority('B', 'a'),
      endpoint: endEntity('a'),
    })
    expect(material.issuersOf('endpoint').map(({ name }) => name)).toEqual(['a', 'b'])
    const { x509: a } = material.get('a')
    const { x509: b } = material.get('b')
    if (a === null || b === null) throw new Error('Node cannot read them')
    expect(a.verify(b.publicKey)).toBe(true)
    expect(b.verify(a.publicKey)).toBe(true)
    const flags = ['-partial_chain']
    expect(await verify(material, 'endpoint', { root: 'b', through: ['a'], flags })).toBe('OK')
  })

  test('shows a flipped bit and a foreign signature as bad signatures, and nothing else', async () => {
    const material = await newPki().issue({
      ...path({ tamper: 'flip-signature-bit' }),
      rogue: authority('Rogue', 'rogue'),
      forged: endEntity('intermediate', { signedBy: 'rogue' }),
      sound: endEntity('intermediate'),
    })
    expect(await verify(material, 'endpoint')).toContain('certificate signature failure')
    expect(await verify(material, 'forged')).toContain('certificate signature failure')
    expect(await verify(material, 'sound')).toBe('OK')
  })

  test('refuses what the constraints forbid', async () => {
    const material = await newPki().issue({
      root: authority('Root', 'root'),
      short: authority('Short', 'root', {
        basicConstraints: { authority: 'ca', pathLength: 0 },
      }),
      below: authority('Below', 'short'),
      deep: endEntity('below'),
      narrow: authority('Narrow', 'root', {
        nameConstraints: {
          permitted: [{ dns: 'example.org' }],
          excluded: [{ ip: '10.0.0.0/8' }, { directory: { O: 'Nobody' } }],
          criticality: 'critical',
        },
      }),
      outside: endEntity('narrow'),
      inside: endEntity('narrow', {
        subject: [],
        subjectAlternativeNames: [{ dns: 'a.example.org' }],
      }),
      excluded: endEntity('narrow', {
        subject: [],
        subjectAlternativeNames: [{ ip: '10.1.2.3' }],
      }),
      odd: endEntity('root', {
        extensions: [{ oid: '1.3.6.1.4.1.99999.1', criticality: 'critical', hex: '0500' }],
      }),
      'server-only': endEntity('root', { extendedKeyUsage: ['server-auth'] }),
      expired: endEntity('root', { notAfter: { kind: 'relative', ms: -1000 } }),
      future: endEntity('root', { notBefore: hours(1) }),
    })
    expect(await verify(material, 'deep')).toContain('path length constraint exceeded')
    expect(await verify(material, 'outside')).toContain('permitted subtree violation')
    expect(await verify(material, 'inside')).toBe('OK')
    expect(await verify(material, 'excluded')).toContain('excluded subtree violation')
    expect(await verify(material, 'odd')).toContain('unhandled critical extension')
    const client = ['-purpose', 'sslclient']
    expect(await verify(material, 'server-only', { flags: client })).toMatch(
      /unsupported certificate purpose|unsuitable certificate purpose/,
    )
    expect(await verify(material, 'expired')).toContain('certificate has expired')
    expect(await verify(material, 'future')).toContain('certificate is not yet valid')
  })

  test('reads every extension as it was described', async () => {
    const material = await newPki().issue({
      root: authority('Root', 'root'),
      endpoint: endEntity('root', {
        subject: [],
        keyUsage: ['digital-signature', 'key-agreement', 'non-repudiation'],
        extendedKeyUsage: ['server-auth', 'any', '1.3.6.1.4.1.311.10.3.4'],
        authorityKeyIdentifier: 'deadbeef',
        subjectKeyIdentifier: '0102',
        subjectAlternativeNames: [
          { dns: '*.example.org' },
          { ip: '::1' },
          { ip: '::ffff:192.0.2.1' },
          { email: 'a@example.org' },
          { uri: 'https://example.org/x' },
          { directory: { C: 'DE', CN: 'Dirk' } },
        ],
      }),
    })
    await using folder = await temporaryFolder()
    const { endpoint } = await writeFiles(folder.path, { endpoint: material.get('endpoint').pem })
    const { output } = await run('openssl', 'x509', '-in', endpoint, '-noout', '-text')
    expect(output).toContain('X509v3 Subject Alternative Name: critical')
    expect(output).toContain('DNS:*.example.org')
    expect(output).toContain('IP Address:0:0:0:0:0:0:0:1')
    expect(output).toContain('IP Address:0:0:0:0:0:FFFF:C000:201')
    expect(output).toContain('email:a@example.org')
    expect(output).toContain('URI:https://example.org/x')
    // The separators differ between versions of OpenSSL.
    expect(output).toMatch(/DirName:\/?C ?= ?DE[/,] ?CN ?= ?Dirk/)
    expect(output).toContain('Digital Signature, Non Repudiation, Key Agreement')
    expect(output).toContain('Any Extended Key Usage')
    expect(output).toContain('Microsoft Encrypted File System')
    expect(output).toContain('DE:AD:BE:EF')
    expect(output).toMatch(/Subject Key Identifier:\s+01:02/)
    expect(output).toContain('CA:FALSE')
  })
})
