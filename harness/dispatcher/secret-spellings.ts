import { createPrivateKey } from 'node:crypto'
import type { Secret } from '../scenario/vocabulary.ts'
import type { ClientCertificateConfig, TargetConfig } from './messages.ts'

/** One way in which a secret may come back. */
export interface Spelling {
  readonly text: string
  readonly secret: Secret
  /**
   * `proof`: nobody writes it who was not given the secret. `hint`: it is blotted out and proves nothing,
   * since it is short, or may be public, as the modulus in a private key is.
   */
  readonly weight: 'proof' | 'hint'
}

/** Shorter secrets are words that a message may have of itself, in bytes. */
const SHORTEST_PROOF_BYTES = 12

/** So many bytes of a private key in one line of its PEM are no coincidence. */
const PRIVATE_BYTES_A_LINE = 12

/** A keystore begins with what all of them have, and its salts: these many bytes prove nothing. */
const KEY_STORE_HEAD_BYTES = 96
const KEY_STORE_PART_BYTES = 48
const KEY_STORE_PARTS = 16

/** A JKS says this before each certificate, and from there on it is public. */
const JKS_CERTIFICATE = 'X.509'

/** The secrets of a configuration, in every spelling they are likely to come back in. */
export function spellingsOf(config: TargetConfig): readonly Spelling[] {
  return plainSpellingsOf(config).flatMap(written)
}

function plainSpellingsOf({
  signature,
  oauth2,
  client_certificate: certificate,
}: TargetConfig): readonly Spelling[] {
  return [
    ...certificateSpellings(certificate),
    ...certificateSpellings(oauth2?.client_certificate),
    ...[signature?.secret_b64, signature?.previous_secret_b64].flatMap((secret) =>
      secret === undefined ? [] : bytesSpellings(Buffer.from(secret, 'base64'), 'signature-secret'),
    ),
    ...(oauth2?.client_secret === undefined
      ? []
      : clientSecretSpellings(oauth2.client_id, oauth2.client_secret)),
  ]
}

function clientSecretSpellings(id: string, secret: string): readonly Spelling[] {
  const spellings = bytesSpellings(Buffer.from(secret), 'client-secret')
  const weight = weightOf(secret)
  // The credentials of HTTP Basic, whose halves are form-encoded before they are joined, or should be (RFC 6749 2.3.1).
  const encoded = [id, secret].map((half) => new URLSearchParams([['', half]]).toString().slice(1))
  const basic = [`${id}:${secret}`, encoded.join(':')].map((text) => ({
    text: Buffer.from(text).toString('base64'),
    secret: 'client-secret' as const,
    weight,
  }))
  return [...spellings, ...basic]
}

function certificateSpellings(
  certificate: ClientCertificateConfig | undefined,
): readonly Spelling[] {
  switch (certificate?.format) {
    case 'pem':
      return certificate.key_pem === undefined ? [] : keySpellings(certificate.key_pem)
    case 'pkcs12':
    case 'jks':
      return [
        ...bytesSpellings(Buffer.from(certificate.passphrase), 'passphrase'),
        ...keyStoreSpellings(certificate.data_b64),
      ]
    case 'enrolled':
    case undefined:
      return []
  }
}

/** Line by line, since a key is often printed so; the last line of a block may be short. */
function keySpellings(pem: string): readonly Spelling[] {
  const lines = pem
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('-----'))
  const part = privatePartOf(pem)
  let at = 0
  const spellings = lines.map((text): Spelling => {
    const begin = (at / 4) * 3
    at += text.length
    const end = (at / 4) * 3
    const bytes = part === null ? 0 : Math.min(end, part.to) - Math.max(begin, part.from)
    const weight = bytes >= PRIVATE_BYTES_A_LINE ? 'proof' : 'hint'
    return { text, secret: 'private-key', weight }
  })
  if (part === null) return spellings
  const aligned = alignments(part.bytes).map((text) => proof(text, 'private-key'))
  return [...spellings, ...bytesSpellings(part.bytes, 'private-key'), ...aligned]
}

function proof(text: string, secret: Secret): Spelling {
  return { text, secret, weight: 'proof' }
}

/** In base64 of what is around them, as of a key that was encoded anew, octets may stand in any of three places. */
function alignments(bytes: Buffer): readonly string[] {
  return [0, 1, 2].map((shift) => {
    const text = Buffer.concat([Buffer.alloc(shift), bytes])
      .toString('base64')
      .replace(/=+$/, '')
    // The first characters hold bits of what comes before, the last one of what comes after.
    return text.slice([0, 2, 3][shift], (shift + bytes.length) % 3 === 0 ? undefined : -1)
  })
}

/** A spelling, and how it looks in JSON of PHP's and in a form. */
function written(spelling: Spelling): readonly Spelling[] {
  const texts = [
    spelling.text,
    spelling.text.replaceAll('/', '\\/'),
    encodeURIComponent(spelling.text),
  ]
  return [...new Set(texts)].map((text) => ({ ...spelling, text }))
}

/** Where a PKCS#8 key says what is not in its public key too: for RSA, all from the private exponent on (RFC 8017 A.1.2). */
function privatePartOf(pem: string): { from: number; to: number; bytes: Buffer } | null {
  try {
    const key = createPrivateKey(pem)
    const { d } = key.export({ format: 'jwk' })
    if (d === undefined) return null
    const bytes = Buffer.from(d, 'base64url')
    const der = key.export({ type: 'pkcs8', format: 'der' })
    const from = der.indexOf(bytes)
    if (from < 0) return null
    return { from, to: key.asymmetricKeyType === 'rsa' ? der.length : from + bytes.length, bytes }
  } catch {
    return null
  }
}

function keyStoreSpellings(base64: string): readonly Spelling[] {
  const bytes = Buffer.from(base64, 'base64')
  const found = bytes.indexOf(JKS_CERTIFICATE)
  const end = found < 0 ? bytes.length : found
  const parts: Spelling[] = [{ text: base64, secret: 'key-store', weight: 'hint' }]
  for (let number = 0; number < KEY_STORE_PARTS; number++) {
    const from = KEY_STORE_HEAD_BYTES + number * KEY_STORE_PART_BYTES
    const to = from + KEY_STORE_PART_BYTES
    if (to > end) break
    parts.push(proof(bytes.subarray(from, to).toString('base64'), 'key-store'))
  }
  return parts
}

function bytesSpellings(bytes: Buffer, secret: Secret): readonly Spelling[] {
  if (bytes.length === 0) return []
  const text = bytes.toString()
  const hex = bytes.toString('hex')
  const texts = text.includes('\uFFFD') ? [] : [text, JSON.stringify(text).slice(1, -1)]
  const encoded = [
    hex,
    hex.toUpperCase(),
    bytes.toString('base64'),
    bytes.toString('base64').replace(/=+$/, ''),
    bytes.toString('base64url'),
  ]
  const weight = weightOf(bytes)
  return [...texts, ...encoded].map((text) => ({ text, secret, weight }))
}

function weightOf(secret: string | Buffer): Spelling['weight'] {
  return Buffer.byteLength(secret) >= SHORTEST_PROOF_BYTES ? 'proof' : 'hint'
}
