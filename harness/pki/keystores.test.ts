import { createPrivateKey, X509Certificate } from 'node:crypto'
import { createSecureContext } from 'node:tls'
import { expect, test } from '@playwright/test'
import { toJks } from './jks.ts'
import { deriveOctets } from './pkcs12-kdf.ts'
import { toPkcs12 } from './pkcs12.ts'
import { newPki, openssl, path, reader, run, temporaryFolder, writeFiles } from './test-support.ts'
import type { IssuedCertificate } from './types.ts'

// Here and not beside `openssl`: asking takes as long as a Java machine needs to start.
const keytool = reader('keytool', '-help', 'keytool')

const KEYS = ['ec-p256', 'rsa-2048', 'ed25519'] as const
const passphrase = 'correct höрse'

async function chainWith(
  key: (typeof KEYS)[number],
): Promise<readonly [IssuedCertificate, IssuedCertificate]> {
  const material = await newPki().issue(path({ key }))
  return [material.get('endpoint'), material.get('intermediate')]
}

/** The blocks of a kind in what openssl or keytool printed. */
function blocks(output: string, label: string): readonly string[] {
  return output.match(new RegExp(`-----BEGIN ${label}-----[^-]+-----END ${label}-----`, 'g')) ?? []
}

/** Whether a program read exactly these certificates in order, and this key. */
function expectSame(output: string, chain: readonly IssuedCertificate[]): void {
  const read = blocks(output, 'CERTIFICATE').map((pem) => new X509Certificate(pem).raw)
  expect(read).toEqual(chain.map(({ der }) => der))
  const [key = ''] = blocks(output, 'PRIVATE KEY')
  expect(chain[0]?.privateKey.equals(createPrivateKey(key))).toBe(true)
}

test('derives as the published vectors say', () => {
  // From the PKCS#12 tests of other implementations: SHA-1, passphrase "smeg" and "queeg".
  const salt = Buffer.from('0A58CF64530D823F', 'hex')
  const smeg = { hash: 'sha1', passphrase: 'smeg', salt, iterations: 1 } as const
  expect(deriveOctets(smeg, 'key', 24).toString('hex')).toBe(
    '8aaae6297b6cb04642ab5b077851284eb7128f1a2a7fbca3',
  )
  expect(deriveOctets(smeg, 'iv', 8).toString('hex')).toBe('79993dfe048d3b76')
  const queeg = {
    ...smeg,
    passphrase: 'queeg',
    salt: Buffer.from('05DEC959ACFF72F7', 'hex'),
    iterations: 1000,
  }
  expect(deriveOctets(queeg, 'key', 24).toString('hex')).toBe(
    'ed2034e36328830ff09df1e1a07dd357185dac0d4f9eb3d4',
  )
})

for (const key of KEYS) {
  test(`writes PKCS#12 with an ${key} key that Node loads with the right passphrase`, async () => {
    const chain = await chainWith(key)
    const { privateKey } = chain[0]
    const content = { chain, privateKey, passphrase, friendlyName: 'Dirk' }
    const modern = toPkcs12({ ...content, flavour: 'modern' })
    createSecureContext({ pfx: modern, passphrase })
    expect(() => createSecureContext({ pfx: modern, passphrase: 'wrong' })).toThrow('mac verify')
    expect(() => createSecureContext({ pfx: modern.subarray(0, -9), passphrase })).toThrow()
    const legacy = toPkcs12({ ...content, flavour: 'legacy' })
    expect(() => createSecureContext({ pfx: legacy, passphrase })).toThrow(/unsupported/i)
    const empty = toPkcs12({ ...content, passphrase: '', flavour: 'modern' })
    createSecureContext({ pfx: empty, passphrase: '' })
  })

  for (const flavour of ['modern', 'legacy'] as const) {
    test(`writes ${flavour} PKCS#12 with an ${key} key that openssl reads`, async () => {
      test.skip(openssl === 'absent', 'needs openssl')
      const chain = await chainWith(key)
      const { privateKey } = chain[0]
      await using folder = await temporaryFolder()
      const content = { chain, privateKey, passphrase, friendlyName: 'Dirk', flavour }
      const { p12 } = await writeFiles(folder.path, { p12: toPkcs12(content) })
      const provider = flavour === 'legacy' ? ['-legacy'] : []
      const read = ['pkcs12', '-in', p12, '-passin', `pass:${passphrase}`, '-nodes', '-info']
      const { status, output } = await run('openssl', ...read, ...provider)
      expect(status, output).toBe(0)
      expectSame(output, chain)
      expect(output).toContain('friendlyName: Dirk')
      expect(output).toContain(
        flavour === 'modern'
          ? 'PBES2, PBKDF2, AES-256-CBC, Iteration 2048, PRF hmacWithSHA256'
          : 'pbeWithSHA1And40BitRC2-CBC, Iteration 2048',
      )
      expect(output).toContain(flavour === 'modern' ? 'MAC: sha256' : 'MAC: sha1')
    })

    test(`writes ${flavour} PKCS#12 with an ${key} key that keytool reads`, async () => {
      test.skip(keytool === 'absent', 'needs keytool')
      const chain = await chainWith(key)
      const { privateKey } = chain[0]
      await using folder = await temporaryFolder()
      const content = { chain, privateKey, passphrase: 'changeit', friendlyName: 'Dirk', flavour }
      const { p12 } = await writeFiles(folder.path, { p12: toPkcs12(content) })
      const store = ['-keystore', p12, '-storepass', 'changeit', '-storetype', 'PKCS12']
      const { status, output } = await run('keytool', '-list', '-rfc', ...store)
      expect(status, output).toBe(0)
      expect(output).toContain('PrivateKeyEntry')
      expect(output).toContain('Alias name: dirk')
      const read = blocks(output, 'CERTIFICATE').map((pem) => new X509Certificate(pem).raw)
      expect(read).toEqual(chain.map(({ der }) => der))
    })
  }

  test(`writes a JKS with an ${key} key that keytool lists and decrypts`, async () => {
    test.skip(keytool === 'absent', 'needs keytool')
    const chain = await chainWith(key)
    const { privateKey } = chain[0]
    await using folder = await temporaryFolder()
    const now = new Date('2026-09-24T10:00:00Z')
    const content = { alias: 'Dirk', chain, privateKey, passphrase: 'changeit', now }
    const { jks } = await writeFiles(folder.path, { jks: toJks(content) })
    const store = ['-storetype', 'JKS', '-keystore', jks, '-storepass', 'changeit']
    const locale = ['-J-Duser.language=en', '-J-Duser.timezone=UTC']
    const listed = await run('keytool', ...locale, '-list', '-v', ...store)
    expect(listed.status, listed.output).toBe(0)
    expect(listed.output).toContain('PrivateKeyEntry')
    expect(listed.output).toContain('Alias name: dirk')
    expect(listed.output).toContain('Certificate chain length: 2')
    expect(listed.output).toContain('Sep 24, 2026')

    const p12 = `${folder.path}/out.p12`
    const imported = await run(
      'keytool',
      ...['-importkeystore', '-noprompt', '-srckeystore', jks, '-srcstoretype', 'JKS'],
      ...['-srcstorepass', 'changeit', '-destkeystore', p12, '-deststoretype', 'PKCS12'],
      ...['-deststorepass', 'changeit'],
    )
    expect(imported.status, imported.output).toBe(0)
    test.skip(openssl === 'absent', 'the decrypted key is compared by openssl')
    const { output } = await run(
      'openssl',
      'pkcs12',
      '-in',
      p12,
      '-passin',
      'pass:changeit',
      '-nodes',
    )
    expectSame(output, chain)
  })
}

test('writes keystores without a key', async () => {
  const [endpoint] = await chainWith('ec-p256')
  const without = { chain: [endpoint], privateKey: null, passphrase: 'changeit' }
  const p12 = toPkcs12({ ...without, friendlyName: 'dirk', flavour: 'modern' })
  const jks = toJks({ ...without, alias: 'dirk', now: new Date() })
  expect(jks.readUInt32BE(0)).toBe(0xfeedfeed)
  expect(() => toJks({ ...without, chain: [], alias: 'dirk', now: new Date() })).toThrow(
    'has no certificate',
  )
  test.skip(openssl === 'absent' || keytool === 'absent', 'needs openssl and keytool')
  await using folder = await temporaryFolder()
  const files = await writeFiles(folder.path, { p12, jks })
  const read = await run(
    'openssl',
    'pkcs12',
    '-in',
    files.p12,
    '-passin',
    'pass:changeit',
    '-nodes',
  )
  expect(read.status, read.output).toBe(0)
  expect(blocks(read.output, 'CERTIFICATE')).toHaveLength(1)
  expect(blocks(read.output, 'PRIVATE KEY')).toHaveLength(0)
  const store = ['-keystore', files.jks, '-storetype', 'JKS', '-storepass', 'changeit']
  expect((await run('keytool', '-list', ...store)).output).toContain('trustedCertEntry')
})

test('writes a JKS that keytool refuses under another passphrase', async () => {
  test.skip(keytool === 'absent', 'needs keytool')
  const chain = await chainWith('ec-p256')
  const { privateKey } = chain[0]
  await using folder = await temporaryFolder()
  const content = { alias: 'dirk', chain, privateKey, passphrase: 'changeit', now: new Date() }
  const { jks } = await writeFiles(folder.path, { jks: toJks(content) })
  const store = ['-keystore', jks, '-storetype', 'JKS', '-storepass', 'another']
  const { status, output } = await run('keytool', '-list', ...store)
  expect(status).not.toBe(0)
  expect(output).toContain('password was incorrect')
})
