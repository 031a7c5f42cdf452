import { createPublicKey, generateKeyPairSync, randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { expect, test } from '@playwright/test'
import { toJks } from '../pki/jks.ts'
import { toPkcs12 } from '../pki/pkcs12.ts'
import { authority, endEntity, newPki } from '../pki/test-support.ts'
import type { Secret } from '../scenario/vocabulary.ts'
import type { TargetConfig } from './messages.ts'
import { Redactor } from './redactor.ts'
import { adapterSource, EVENT, start, temporaryFolder } from './test-support.ts'

const URL = 'https://localhost:4433/hooks/1'
const ISSUER = 'https://localhost:4434/r/1'
const base64url = (value: object): string =>
  Buffer.from(JSON.stringify(value)).toString('base64url')
const token = (iss: string, signature = randomBytes(64).toString('base64url')): string =>
  `${base64url({ alg: 'ES256' })}.${base64url({ iss })}.${signature}`

const KEYS = {
  'ec-p256': generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey,
  'ec-p521': generateKeyPairSync('ec', { namedCurve: 'P-521' }).privateKey,
  ed25519: generateKeyPairSync('ed25519').privateKey,
  'rsa-2048': generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey,
}
const pemOf = (name: keyof typeof KEYS): string =>
  KEYS[name].export({ type: 'pkcs8', format: 'pem' }) as string
const bodyOf = (pem: string): string => pem.replace(/-----[^-]+-----|\n/g, '')

const PASSPHRASE = 'a battery and "a staple"'
const CLIENT_SECRET = randomBytes(32).toString('base64url')
const SIGNING = randomBytes(32)
// Head and all, as a JKS is: a certificate begins where the public part does.
const KEY_STORE = Buffer.concat([randomBytes(400), Buffer.from('\x00\x05X.509'), randomBytes(600)])

function told(config: Partial<TargetConfig>, text: string): readonly Secret[] {
  const redactor = new Redactor()
  redactor.learn({ url: URL, ...config })
  return redactor.toldIn({ id: 1, message: text }).map(({ secret }) => secret)
}

const withKey = (key_pem: string): Partial<TargetConfig> => ({
  client_certificate: { format: 'pem', chain_pem: '', key_pem },
})
const KEYSTORE_CONFIG: Partial<TargetConfig> = {
  client_certificate: {
    format: 'jks',
    data_b64: KEY_STORE.toString('base64'),
    passphrase: PASSPHRASE,
  },
}
const OAUTH2_CONFIG: Partial<TargetConfig> = {
  oauth2: {
    token_url: `${ISSUER}/token`,
    client_id: 'hooks:eu 1',
    auth_method: 'client_secret_basic',
    client_secret: CLIENT_SECRET,
  },
}
const SIGNATURE_CONFIG: Partial<TargetConfig> = {
  signature: { scheme: 'standard-webhooks', secret_b64: SIGNING.toString('base64') },
}

for (const name of ['ec-p256', 'ec-p521', 'ed25519', 'rsa-2048'] as const) {
  test(`a private key (${name}) is told in whatever lines, and as numbers`, () => {
    const pem = pemOf(name)
    const { d = '' } = KEYS[name].export({ format: 'jwk' })
    for (const text of [
      `cannot use ${pem}`,
      `cannot use ${JSON.stringify(pem)}`,
      bodyOf(pem),
      bodyOf(pem)
        .match(/.{1,76}/g)
        ?.join('\r\n') ?? '',
      JSON.stringify({ d }),
      Buffer.from(d, 'base64url').toString('hex'),
    ]) {
      expect(told(withKey(pem), text)).toEqual(['private-key'])
    }
  })

  test(`the public half of a key (${name}) is no secret, nor are words about keys`, () => {
    const publicKey = createPublicKey(KEYS[name])
    const spki = publicKey.export({ type: 'spki', format: 'der' })
    const pkcs8 = KEYS[name].export({ type: 'pkcs8', format: 'der' })
    // What is public in the very lines of the private key: the modulus of RSA, the point behind an EC key.
    const publicLines =
      bodyOf(pemOf(name))
        .match(/.{1,64}/g)
        ?.filter((line) => {
          const bytes = Buffer.from(line, 'base64')
          return spki.includes(bytes) || (pkcs8.indexOf(bytes) === 0 && name === 'rsa-2048')
        }) ?? []
    for (const text of [
      publicKey.export({ type: 'spki', format: 'pem' }) as string,
      JSON.stringify(publicKey.export({ format: 'jwk' })),
      'expected -----BEGIN PRIVATE KEY-----, and -----END PRIVATE KEY-----',
      pemOf(name === 'ed25519' ? 'ec-p256' : 'ed25519'),
      ...publicLines,
    ]) {
      expect(told(withKey(pemOf(name)), text)).toEqual([])
    }
  })
}

test('a keystore is told by its encrypted part, not by its certificates nor by its head', () => {
  const base64 = KEY_STORE.toString('base64')
  expect(told(KEYSTORE_CONFIG, base64.slice(0, 500))).toEqual(['key-store'])
  expect(told(KEYSTORE_CONFIG, base64.slice(0, 128))).toEqual([])
  expect(told(KEYSTORE_CONFIG, base64.slice(600))).toEqual([])
})

test('of a real keystore the key is told, and no certificate in it', async () => {
  const material = await newPki().issue({ root: authority('Root', 'root'), own: endEntity('root') })
  const own = material.get('own')
  const parts = { chain: [own, material.get('root')], privateKey: own.privateKey, passphrase: '' }
  const stores = {
    jks: toJks({ ...parts, passphrase: PASSPHRASE, alias: 'own', now: new Date() }),
    modern: toPkcs12({ ...parts, friendlyName: 'own', flavour: 'modern' }),
    legacy: toPkcs12({ ...parts, friendlyName: 'own', flavour: 'legacy' }),
  }
  for (const [format, bytes] of Object.entries(stores)) {
    const data_b64 = bytes.toString('base64')
    const config: Partial<TargetConfig> = {
      client_certificate: {
        format: format === 'jks' ? 'jks' : 'pkcs12',
        data_b64,
        passphrase: '',
      },
    }
    expect(told(config, `cannot read ${data_b64.slice(0, 400)}`)).toEqual(['key-store'])
    for (const { der } of parts.chain) {
      // In base64 an octet may stand in any of three places.
      for (const shift of [0, 1, 2]) {
        expect(told(config, Buffer.concat([Buffer.alloc(shift), der]).toString('base64'))).toEqual(
          [],
        )
      }
    }
  }
})

test('a passphrase and the secrets of client and signature are told in every usual spelling', () => {
  const bytes = Buffer.from(PASSPHRASE)
  for (const spelling of [
    PASSPHRASE,
    JSON.stringify(PASSPHRASE),
    encodeURIComponent(PASSPHRASE),
    bytes.toString('hex').toUpperCase(),
    bytes.toString('base64'),
  ]) {
    expect(told(KEYSTORE_CONFIG, `with "${spelling}"`)).toEqual(['passphrase'])
  }
  expect(told(SIGNATURE_CONFIG, `whsec_${SIGNING.toString('base64')}`)).toEqual([
    'signature-secret',
  ])
  for (const credentials of ['hooks:eu 1', 'hooks%3Aeu+1']) {
    const basic = Buffer.from(`${credentials}:${CLIENT_SECRET}`).toString('base64')
    expect(told(OAUTH2_CONFIG, `Basic ${basic}`)).toEqual(['client-secret'])
  }
  expect(told(OAUTH2_CONFIG, `client_id=hooks&client_secret=${CLIENT_SECRET}`)).toEqual([
    'client-secret',
  ])
})

test('a token of the token server is told, and no other, nor one without its signature', () => {
  expect(told(OAUTH2_CONFIG, `Authorization: Bearer ${token(ISSUER)} was refused`)).toEqual([
    'access-token',
  ])
  for (const text of [
    token('https://elsewhere.example'),
    token(ISSUER, ''),
    token(ISSUER, 'cut-off'),
    // What stands behind a signature that was cut off does not make it whole again.
    `${token(ISSUER, '')} says that the audience of this token is not its own, and that it was not accepted by the endpoint`,
    `${token(ISSUER, randomBytes(49).toString('base64url'))}... and so on`,
    `${ISSUER}/token`,
    'eyJhbGciOiJFUzI1NiJ9.bm8ganNvbg.'.padEnd(150, 'x'),
  ]) {
    expect(told(OAUTH2_CONFIG, text)).toEqual([])
  }
})

for (const [name, type] of [
  ['ec-p256', 'sec1'],
  ['ec-p521', 'sec1'],
  ['rsa-2048', 'pkcs1'],
] as const) {
  test(`a private key (${name}) is told that was encoded anew (${type})`, () => {
    const pem = KEYS[name].export({ type, format: 'pem' }) as string
    expect(told(withKey(pemOf(name)), pem)).toEqual(['private-key'])
    expect(told(withKey(pemOf(name)), bodyOf(pem))).toEqual(['private-key'])
  })
}

test('a secret is told and blotted out as PHP and forms write it', () => {
  const octets = Buffer.from('//////////////////8BAQ==', 'base64')
  const base64 = octets.toString('base64')
  const redactor = new Redactor()
  redactor.learn({
    url: URL,
    signature: { scheme: 'standard-webhooks', secret_b64: base64 },
  })
  for (const written of [base64.replaceAll('/', '\\/'), encodeURIComponent(base64)]) {
    expect(redactor.toldIn({ message: written })).toEqual([
      { secret: 'signature-secret', field: 'message' },
    ])
    expect(redactor.clean(`with ${written}`)).toBe('with [redacted]')
  }
})

test('a text that begins a token again and again takes no time', () => {
  const began = performance.now()
  for (const text of ['eyJ'.repeat(60_000), '-eyJ'.repeat(60_000), 'eyJaaaaaaaa.'.repeat(20_000)]) {
    expect(told(OAUTH2_CONFIG, text)).toEqual([])
    new Redactor().clean(text)
  }
  // Seconds, and minutes, where each beginning is followed to the end.
  expect(performance.now() - began).toBeLessThan(4000)
})

test('what an ordinary message may say is no secret, however short a passphrase is', () => {
  for (const passphrase of ['', 'no', 'open', 'changeit', 'the keystor']) {
    const config: Partial<TargetConfig> = {
      client_certificate: { format: 'pkcs12', data_b64: '', passphrase },
    }
    const text = `no changeit: the keystore cannot be open, ${passphrase} ${Buffer.from(passphrase).toString('base64')}`
    expect(told(config, text)).toEqual([])
  }
})

test('tells each kind once a field, in whatever depth, and names it', () => {
  const redactor = new Redactor()
  redactor.learn({ url: URL, ...KEYSTORE_CONFIG })
  const native = `with ${PASSPHRASE}`
  const attempts = [{ native }, { native: 'fine' }, { native, stage: 'config' }]
  expect(redactor.toldIn({ id: 1, attempts, errored: native })).toEqual([
    { secret: 'passphrase', field: 'attempts.native' },
    { secret: 'passphrase', field: 'errored' },
  ])
  expect(redactor.toldIn(null)).toEqual([])
})

test('what a reply tells comes with its outcome, not what standard error says', async () => {
  using folder = temporaryFolder()
  const secret = SIGNING.toString('base64')
  const source = adapterSource({
    deliver: `process.stderr.write('${secret}\\n'); return { disposition: 'failed', attempts: [{ stage: 'request', native: 'signed with ${secret}' }] }`,
    reset: `process.stderr.write('${secret}\\n'); return { dropped: [] }`,
    inspect: `return { errored: '${secret}' }`,
  })
  await using adapter = await start(folder.path, source)
  await adapter.configure('t-1', { url: URL, ...SIGNATURE_CONFIG })
  expect(await adapter.deliver('t-1', EVENT, 1_000)).toMatchObject({
    outcome: 'ok',
    reply: { attempts: [{ native: 'signed with [redacted]' }] },
    told: [{ secret: 'signature-secret', field: 'attempts.native' }],
  })
  expect(await adapter.reset()).toMatchObject({ outcome: 'ok', told: [] })
  expect(await adapter.inspect('t-1')).toMatchObject({
    outcome: 'fault',
    told: [{ secret: 'signature-secret', field: 'errored' }],
  })
})

test('what is told when targets are configured again, after a restart, comes with the next outcome', async () => {
  using folder = temporaryFolder()
  const started = JSON.stringify(join(folder.path, 'started'))
  const source = adapterSource({
    hello: `require('node:fs').appendFileSync(${started}, '.'); return honest.hello()`,
    configure: `const again = require('node:fs').readFileSync(${started}, 'utf8') !== '.'
      return { ok: false, reason: 'unspecified', message: again ? request.config.signature.secret_b64 : 'no' }`,
    deliver: 'process.exit(1)',
  })
  await using adapter = await start(folder.path, source)
  await adapter.configure('t-1', { url: URL, ...SIGNATURE_CONFIG })
  expect(await adapter.deliver('t-1', EVENT, 1_000)).toMatchObject({ fault: 'gone', told: [] })
  const told = [{ secret: 'signature-secret', field: 'message' }]
  expect(await adapter.reset()).toMatchObject({ outcome: 'ok', told })
  expect(await adapter.reset()).toMatchObject({ outcome: 'ok', told: [] })
})
