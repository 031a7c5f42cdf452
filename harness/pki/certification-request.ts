/**
 * Reads certification requests (RFC 2986), which strangers send: everything is bounded, and what cannot
 * be read is a sentence, not an exception.
 */
import { constants, createPublicKey, verify, type KeyObject } from 'node:crypto'
import { publicExponent } from './key-words.ts'
import { elementsOf, readElement, type DerElement } from './der-reader.ts'
import { encode, objectIdentifier } from './der.ts'
import { ALGORITHM_OIDS, ATTRIBUTE_OIDS } from './oids.ts'

/** What the signature of a request proves: that its maker has the private key (RFC 2986 3). */
export type ProofOfPossession =
  | 'valid'
  /** The signature does not verify with the key in the request. */
  | 'invalid'
  /** It is made with a digest that nobody should take for a proof any more: MD5 or SHA-1. */
  | 'weak'
  /** It is made in a way that is not known here. */
  | 'unknown-algorithm'

/** A request, or why there is none. */
export type ReadRequest =
  | {
      readonly read: 'request'
      readonly publicKey: KeyObject
      /** `CN=a, O=b`, as far as it is text; empty for an empty Name. Not escaped. */
      readonly subject: string
      readonly proof: ProofOfPossession
    }
  | { readonly read: 'unreadable'; readonly because: string }

/** Longest DER of a request: one with an RSA-16384 key has a fourth of this. */
const MOST_OCTETS = 16_384

const PEM =
  /^\s*-----BEGIN (NEW )?CERTIFICATE REQUEST-----\s([A-Za-z0-9+/=\s]*)-----END \1?CERTIFICATE REQUEST-----\s*$/

const TAG = { integer: 0x02, bits: 0x03, oid: 0x06, sequence: 0x30, set: 0x31, attributes: 0xa0 }

/** Reads a request in PEM (RFC 7468 7). Never throws. */
export function readCertificationRequest(pem: string): ReadRequest {
  const base64 = PEM.exec(pem)?.[2]
  if (base64 === undefined) return unreadable('it is not one PEM block of a certificate request')
  const der = Buffer.from(base64, 'base64')
  if (der.length > MOST_OCTETS) return unreadable(`it has more than ${MOST_OCTETS} octets`)
  try {
    return readDer(der)
  } catch {
    return unreadable('it is not DER that is whole')
  }
}

function unreadable(because: string): ReadRequest {
  return { read: 'unreadable', because }
}

function readDer(der: Buffer): ReadRequest {
  const whole = readElement(der)
  if (whole.whole.length !== der.length) return unreadable('octets follow its end')
  const [info, algorithm, signature, ...more] = elementsOf(whole.content)
  const isRequest =
    whole.identifier === TAG.sequence &&
    info?.identifier === TAG.sequence &&
    algorithm?.identifier === TAG.sequence &&
    signature?.identifier === TAG.bits &&
    more.length === 0
  if (!isRequest) return unreadable('it is not a CertificationRequest (RFC 2986 4.2)')
  const [version, subject, spki, attributes] = elementsOf(info.content)
  const isInfo =
    version?.identifier === TAG.integer &&
    subject?.identifier === TAG.sequence &&
    spki?.identifier === TAG.sequence &&
    (attributes === undefined || attributes.identifier === TAG.attributes)
  if (!isInfo) return unreadable('it has no CertificationRequestInfo (RFC 2986 4.1)')
  if (!version.content.equals(Buffer.of(0))) return unreadable('its version is not 0')
  const publicKey = readKey(spki)
  if (publicKey === null) return unreadable('its public key cannot be read')
  return {
    read: 'request',
    publicKey,
    subject: nameWords(subject),
    proof: proofIn(publicKey, info.whole, algorithm, signature),
  }
}

function readKey(spki: DerElement): KeyObject | null {
  try {
    return createPublicKey({ key: spki.whole, format: 'der', type: 'spki' })
  } catch {
    return null
  }
}

/** Content octets of an object identifier's DER, in hexadecimal. */
function oidHex(dotted: string): string {
  return readElement(encode(objectIdentifier(dotted))).content.toString('hex')
}

type Way = 'weak' | 'ed25519' | 'pss' | { readonly digest: string; readonly key: 'rsa' | 'ec' }

const O = ALGORITHM_OIDS
const WAYS: ReadonlyMap<string, Way> = new Map(
  (
    [
      [O.md5WithRsa, 'weak'],
      [O.sha1WithRsa, 'weak'],
      [O.ecdsaWithSha1, 'weak'],
      [O.sha256WithRsa, { digest: 'sha256', key: 'rsa' }],
      [O.sha384WithRsa, { digest: 'sha384', key: 'rsa' }],
      [O.sha512WithRsa, { digest: 'sha512', key: 'rsa' }],
      [O.ecdsaWithSha256, { digest: 'sha256', key: 'ec' }],
      [O.ecdsaWithSha384, { digest: 'sha384', key: 'ec' }],
      [O.ecdsaWithSha512, { digest: 'sha512', key: 'ec' }],
      [O.rsassaPss, 'pss'],
      [O.ed25519, 'ed25519'],
    ] as const
  ).map(([oid, way]) => [oidHex(oid), way]),
)

/** Digests of RSASSA-PSS (RFC 4055 2.1): SHA-256, SHA-384 and SHA-512. Its default is SHA-1. */
const PSS_DIGESTS: ReadonlyMap<string, string> = new Map([
  [oidHex(O.sha256), 'sha256'],
  [oidHex('2.16.840.1.101.3.4.2.2'), 'sha384'],
  [oidHex('2.16.840.1.101.3.4.2.3'), 'sha512'],
])

function proofIn(
  key: KeyObject,
  signed: Buffer,
  algorithm: DerElement,
  { content }: DerElement,
): ProofOfPossession {
  const [oid, parameters] = elementsOf(algorithm.content)
  const way = WAYS.get(oid?.content.toString('hex') ?? '')
  if (way === undefined) return 'unknown-algorithm'
  if (way === 'weak') return 'weak'
  // The first octet counts unused bits; a signature is whole octets.
  if (content[0] !== 0 || !isMadeBy(way, key)) return 'invalid'
  const signature = content.subarray(1)
  try {
    if (way === 'ed25519') return verify(null, signed, key, signature) ? 'valid' : 'invalid'
    if (way !== 'pss') return verify(way.digest, signed, key, signature) ? 'valid' : 'invalid'
    const digest = pssDigest(parameters)
    if (digest === null) return 'weak'
    const padding = constants.RSA_PKCS1_PSS_PADDING
    const saltLength = constants.RSA_PSS_SALTLEN_AUTO
    return verify(digest, signed, { key, padding, saltLength }, signature) ? 'valid' : 'invalid'
  } catch {
    return 'invalid'
  }
}

/**
 * Whether a key is of the algorithm's kind, which `verify` does not ask, and one that only its owner can
 * sign with: with the exponent 1 everyone can.
 */
function isMadeBy(way: Exclude<Way, 'weak'>, key: KeyObject): boolean {
  const { asymmetricKeyType: type } = key
  if (publicExponent(key) === '1') return false
  if (way === 'ed25519') return type === 'ed25519'
  if (way === 'pss') return type === 'rsa' || type === 'rsa-pss'
  return type === way.key
}

function pssDigest(parameters: DerElement | undefined): string | null {
  if (parameters === undefined) return null
  const hash = elementsOf(parameters.content).find(({ identifier }) => identifier === 0xa0)
  if (hash === undefined) return null
  const [oid] = elementsOf(readElement(hash.content).content)
  return PSS_DIGESTS.get(oid?.content.toString('hex') ?? '') ?? null
}

const KEYWORDS: ReadonlyMap<string, string> = new Map(
  Object.entries(ATTRIBUTE_OIDS).map(([keyword, oid]) => [oidHex(oid), keyword]),
)

/** A Name for people (RFC 4514 keywords); text of whatever string type is taken for UTF-8. */
function nameWords(name: DerElement): string {
  return elementsOf(name.content)
    .flatMap((relative) => elementsOf(relative.content))
    .map((attribute) => {
      const [type, value] = elementsOf(attribute.content)
      const oid = type?.content.toString('hex') ?? ''
      return `${KEYWORDS.get(oid) ?? oid}=${value?.content.toString('utf8') ?? ''}`
    })
    .join(', ')
}
