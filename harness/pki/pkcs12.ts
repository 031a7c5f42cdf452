import { createHash, randomBytes, type KeyObject } from 'node:crypto'
import {
  bmpString,
  contextConstructed,
  contextPrimitive,
  encode,
  integer,
  nothing,
  objectIdentifier,
  octetString,
  sequence,
  setOf,
  type Asn1,
} from './der.ts'
import { ALGORITHM_OIDS } from './oids.ts'
import { aes256, ITERATIONS, rc2, tripleDes, type Encryption } from './pkcs12-encryption.ts'
import { macOver } from './pkcs12-kdf.ts'
import type { IssuedCertificate } from './types.ts'

const OID = {
  data: '1.2.840.113549.1.7.1',
  encryptedData: '1.2.840.113549.1.7.6',
  friendlyName: '1.2.840.113549.1.9.20',
  localKeyId: '1.2.840.113549.1.9.21',
  x509Certificate: '1.2.840.113549.1.9.22.1',
  shroudedKeyBag: '1.2.840.113549.1.12.10.1.2',
  certificateBag: '1.2.840.113549.1.12.10.1.3',
} as const

/**
 * `modern` is what today's tools write and what Node reads: AES-256 and SHA-256. `legacy` is what old
 * tools wrote and OpenSSL 3 turns away by default: RC2-40 for certificates, 3DES for the key, SHA-1.
 */
export type Pkcs12Flavour = 'modern' | 'legacy'

interface Suite {
  readonly certificates: Encryption
  readonly key: Encryption
  readonly mac: 'sha1' | 'sha256'
}

const SUITES: Readonly<Record<Pkcs12Flavour, Suite>> = {
  modern: { certificates: aes256, key: aes256, mac: 'sha256' },
  legacy: { certificates: rc2, key: tripleDes, mac: 'sha1' },
}

/** What goes into a PKCS#12 file. */
export interface Pkcs12Content {
  /** End entity first. */
  readonly chain: readonly Pick<IssuedCertificate, 'der'>[]
  /** RSA, EC or Ed25519; null leaves the key out. */
  readonly privateKey: KeyObject | null
  readonly passphrase: string
  readonly flavour: Pkcs12Flavour
  /** Shown for the end entity and its key; the alias in Java. */
  readonly friendlyName: string
}

function contentInfo(type: string, content: Asn1): Asn1 {
  return sequence(objectIdentifier(type), contextConstructed(0, content))
}

function attribute(type: string, value: Asn1): Asn1 {
  return sequence(objectIdentifier(type), setOf(value))
}

function certificateBag(der: Buffer, attributes: readonly Asn1[]): Asn1 {
  const certificate = contextConstructed(0, octetString(der))
  return sequence(
    objectIdentifier(OID.certificateBag),
    contextConstructed(0, sequence(objectIdentifier(OID.x509Certificate), certificate)),
    ...(attributes.length === 0 ? [] : [setOf(...attributes)]),
  )
}

function keyBag(
  key: KeyObject,
  passphrase: string,
  encryption: Encryption,
  attributes: readonly Asn1[],
): Asn1 {
  const plain = key.export({ type: 'pkcs8', format: 'der' })
  const { algorithm, octets } = encryption(plain, passphrase)
  return sequence(
    objectIdentifier(OID.shroudedKeyBag),
    contextConstructed(0, sequence(algorithm, octetString(octets))),
    setOf(...attributes),
  )
}

function encryptedSafe(bags: readonly Asn1[], passphrase: string, encryption: Encryption): Asn1 {
  const { algorithm, octets } = encryption(encode(sequence(...bags)), passphrase)
  const content = sequence(objectIdentifier(OID.data), algorithm, contextPrimitive(0, octets))
  return contentInfo(OID.encryptedData, sequence(integer(0), content))
}

function plainSafe(bags: readonly Asn1[]): Asn1 {
  return contentInfo(OID.data, octetString(encode(sequence(...bags))))
}

function macData(content: Buffer, passphrase: string, hash: 'sha1' | 'sha256'): Asn1 {
  const salt = randomBytes(16)
  const digest = macOver(content, { hash, passphrase, salt, iterations: ITERATIONS })
  const algorithm = sequence(objectIdentifier(ALGORITHM_OIDS[hash]), nothing())
  return sequence(sequence(algorithm, octetString(digest)), octetString(salt), integer(ITERATIONS))
}

/** A PKCS#12 file (RFC 7292): the certificates encrypted, the key in a shrouded bag, a MAC over all. */
export function toPkcs12(content: Pkcs12Content): Buffer {
  const { chain, privateKey, passphrase } = content
  const suite = SUITES[content.flavour]
  const endEntity = chain[0]?.der ?? Buffer.of()
  // Ties the key to its certificate (RFC 7292 4.2); readers compare it and nothing more.
  const localKeyId = octetString(createHash('sha1').update(endEntity).digest())
  const attributes = [
    attribute(OID.friendlyName, bmpString(content.friendlyName)),
    attribute(OID.localKeyId, localKeyId),
  ]
  const certificates = chain.map(({ der }, index) =>
    certificateBag(der, index === 0 ? attributes : []),
  )
  const safes = [encryptedSafe(certificates, passphrase, suite.certificates)]
  if (privateKey !== null) {
    safes.push(plainSafe([keyBag(privateKey, passphrase, suite.key, attributes)]))
  }
  const authenticated = encode(sequence(...safes))
  return encode(
    sequence(
      integer(3),
      contentInfo(OID.data, octetString(authenticated)),
      macData(authenticated, passphrase, suite.mac),
    ),
  )
}
