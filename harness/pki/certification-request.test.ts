import { createHash, createPublicKey, generateKeyPairSync, verify } from 'node:crypto'
import { expect, test } from '@playwright/test'
import {
  bits,
  commonName,
  element,
  integer,
  octets,
  oid,
  sequence,
  tagged,
} from '../../fixtures/dispatchers/reference/der-write.ts'
import { requestFor } from '../../fixtures/dispatchers/reference/enrollment.ts'
import { readCertificationRequest } from './certification-request.ts'
import { elementsOf, readElement } from './der-reader.ts'
import { keyWords, publicExponent } from './key-words.ts'
import { openssl, run, temporaryFolder, writeFiles } from './test-support.ts'

const key = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
const SUBJECT = 'acme <script>'
const DER = requestFor({ key, subject: SUBJECT, signingKey: key })

function inPem(der: Uint8Array, label = 'CERTIFICATE REQUEST'): string {
  const base64 = Buffer.from(der).toString('base64').replace(/.{64}/g, '$&\n')
  return `-----BEGIN ${label}-----\n${base64}\n-----END ${label}-----\n`
}

/** The request with one octet changed, from its end. */
function flipped(fromEnd: number): Buffer {
  const copy = Buffer.from(DER)
  copy[copy.length - fromEnd] = (copy.at(-fromEnd) ?? 0) ^ 0x01
  return copy
}

test('reads key, subject and proof of a request, under both of its labels', () => {
  for (const label of ['CERTIFICATE REQUEST', 'NEW CERTIFICATE REQUEST']) {
    const read = readCertificationRequest(inPem(DER, label))
    expect(read).toMatchObject({ read: 'request', subject: `CN=${SUBJECT}`, proof: 'valid' })
    if (read.read === 'request') expect(keyWords(read.publicKey)).toBe('ec-p256')
  }
})

test('a signature by another key, or over something else, proves nothing', () => {
  const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey
  for (const signingKey of [stranger, rsa]) {
    const der = requestFor({ key, subject: SUBJECT, signingKey })
    expect(readCertificationRequest(inPem(der))).toMatchObject({ proof: 'invalid' })
  }
  expect(readCertificationRequest(inPem(flipped(1)))).toMatchObject({ proof: 'invalid' })
})

test('an algorithm of another kind of key, or a key that everyone can sign with, proves nothing', () => {
  const [info, , signature] = elementsOf(readElement(DER).content)
  if (info === undefined || signature === undefined) throw new Error('no request')
  const claimed = sequence(info.whole, sequence(oid('1.2.840.113549.1.1.11')), signature.whole)
  expect(readCertificationRequest(inPem(claimed))).toMatchObject({ proof: 'invalid' })

  // With the exponent 1 a signature is the padded digest itself.
  const { n = '' } = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({
    format: 'jwk',
  })
  const anyones = createPublicKey({ key: { kty: 'RSA', n, e: 'AQ' }, format: 'jwk' })
  const spki = anyones.export({ type: 'spki', format: 'der' })
  const asked = sequence(integer(0), commonName(SUBJECT), spki, tagged(0))
  const digestInfo = sequence(
    sequence(oid('2.16.840.1.101.3.4.2.1'), element(0x05)),
    octets(createHash('sha256').update(asked).digest()),
  )
  const padding = Buffer.alloc(256 - 3 - digestInfo.length, 0xff)
  const padded = Buffer.concat([Buffer.of(0, 1), padding, Buffer.of(0), digestInfo])
  const forged = sequence(
    asked,
    sequence(oid('1.2.840.113549.1.1.11'), element(0x05)),
    bits(padded),
  )
  expect(verify('sha256', asked, anyones, padded)).toBe(true)
  expect(readCertificationRequest(inPem(forged))).toMatchObject({ proof: 'invalid' })
})

test('tells Ed25519 and RSA keys, their size and their exponent', () => {
  const ed25519 = generateKeyPairSync('ed25519').privateKey
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048, publicExponent: 3 }).privateKey
  const told = [ed25519, rsa].map((one) => {
    const read = readCertificationRequest(
      inPem(requestFor({ key: one, subject: '', signingKey: one })),
    )
    if (read.read !== 'request') return read.because
    return [keyWords(read.publicKey), publicExponent(read.publicKey), read.subject, read.proof]
  })
  expect(told).toEqual([
    ['ed25519', null, '', 'valid'],
    ['rsa-2048', '3', '', 'valid'],
  ])
})

const UNREADABLE: readonly (readonly [what: string, pem: string, because: RegExp])[] = [
  ['no PEM', 'nothing', /not one PEM block/],
  ['two blocks', inPem(DER).repeat(2), /not one PEM block/],
  ['a certificate', inPem(DER, 'CERTIFICATE'), /not one PEM block/],
  ['nothing inside', inPem(Buffer.of()), /not DER that is whole/],
  ['a request cut off', inPem(DER.subarray(0, -3)), /not DER that is whole/],
  ['octets after its end', inPem(Buffer.concat([DER, Buffer.of(0)])), /octets follow its end/],
  ['too much of it', inPem(Buffer.alloc(20_000, 0x30)), /more than 16384 octets/],
  ['another structure', inPem(Buffer.of(0x30, 0x03, 0x02, 0x01, 0x00)), /CertificationRequest \(/],
  ['an indefinite length', inPem(Buffer.of(0x30, 0x80, 0x00, 0x00)), /not DER that is whole/],
]

for (const [what, text, because] of UNREADABLE) {
  test(`${what}: says why, and throws nothing`, () => {
    const read = readCertificationRequest(text)
    expect(read.read === 'unreadable' ? read.because : read.proof).toMatch(because)
  })
}

test('no octet that is changed makes it throw', () => {
  for (let fromEnd = 1; fromEnd <= DER.length; fromEnd++) {
    expect(['request', 'unreadable']).toContain(
      readCertificationRequest(inPem(flipped(fromEnd))).read,
    )
  }
})

test('agrees with OpenSSL about a request that OpenSSL made, with SHA-1 and with PSS', async () => {
  test.skip(openssl === 'absent', 'no OpenSSL 3 here')
  await using folder = await temporaryFolder()
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey
  const keyPem = rsa.export({ type: 'pkcs8', format: 'pem' }).toString()
  const { key: file } = await writeFiles(folder.path, { key: keyPem })
  const make = async (...more: readonly string[]) => {
    const made = await run(
      'openssl',
      'req',
      '-new',
      '-key',
      file,
      '-subj',
      '/O=acme/CN=hooks',
      ...more,
    )
    expect(made.status, made.output).toBe(0)
    return readCertificationRequest(made.output)
  }
  expect(await make('-sha384')).toMatchObject({ subject: 'O=acme, CN=hooks', proof: 'valid' })
  expect(await make('-sha1')).toMatchObject({ proof: 'weak' })
  expect(await make('-sigopt', 'rsa_padding_mode:pss')).toMatchObject({ proof: 'valid' })
})
