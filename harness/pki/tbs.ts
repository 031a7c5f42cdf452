import {
  bitString,
  contextConstructed,
  embed,
  encode,
  integer,
  integerOctets,
  sequence,
  type Asn1,
} from './der.ts'
import type { Signer } from './signature.ts'
import { time } from './time.ts'

/** Everything that a TBSCertificate says (RFC 5280 4.1). */
export interface CertificateContent {
  readonly version: 1 | 3
  /** Content octets of the serialNumber. */
  readonly serial: Buffer
  readonly issuer: Asn1
  readonly subject: Asn1
  readonly notBefore: Date
  readonly notAfter: Date
  /** DER of the subjectPublicKeyInfo. */
  readonly spki: Buffer
  /** Left out of a version 1 certificate, which has no place for them. */
  readonly extensions: readonly Asn1[]
}

function tbsCertificate(content: CertificateContent, algorithm: Asn1): Asn1 {
  const { version, extensions } = content
  const members = [
    integerOctets(content.serial),
    algorithm,
    content.issuer,
    sequence(time(content.notBefore), time(content.notAfter)),
    content.subject,
    embed(content.spki),
  ]
  if (version === 1) return sequence(...members)
  // Version 3 is written as 2, and an empty list of extensions not at all.
  return sequence(
    contextConstructed(0, integer(2)),
    ...members,
    ...(extensions.length === 0 ? [] : [contextConstructed(3, sequence(...extensions))]),
  )
}

/** A whole certificate in DER. */
export function certificateDer(content: CertificateContent, signer: Signer): Buffer {
  return signedDer(tbsCertificate(content, signer.algorithm), signer)
}

/** What was to be signed, its algorithm and its signature: the outer form of certificate and CRL. */
export function signedDer(toBeSigned: Asn1, signer: Signer): Buffer {
  const octets = encode(toBeSigned)
  return encode(sequence(embed(octets), signer.algorithm, bitString(signer.sign(octets))))
}

/** The DER with the last bit flipped, which belongs to the signature's last number. */
export function flipSignatureBit(der: Uint8Array): Buffer {
  const flipped = Buffer.from(der)
  flipped[flipped.length - 1] = (flipped.at(-1) ?? 0) ^ 0x01
  return flipped
}
