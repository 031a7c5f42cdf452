import type { RawExtension } from '../scenario/certificate.ts'
import type { RevocationReason } from '../scenario/revocation-list.ts'
import {
  contextConstructed,
  embed,
  encode,
  enumerated,
  integer,
  integerOctets,
  sequence,
  type Asn1,
} from './der.ts'
import { certificateParts } from './der-reader.ts'
import { authorityKeyIdentifier, extension, rawExtension } from './extensions.ts'
import { keyFacts } from './key-facts.ts'
import { EXTENSION_OIDS } from './oids.ts'
import { pem } from './pem.ts'
import { octetsFromHex, pkiError } from './pki-error.ts'
import { signerFor } from './signature.ts'
import { signedDer } from './tbs.ts'
import { time } from './time.ts'
import type { IssuedCertificate } from './types.ts'

/** CRLReason (RFC 5280 5.3.1). */
const REASON_CODES: Readonly<Record<RevocationReason, number>> = {
  'key-compromise': 1,
  'ca-compromise': 2,
  'affiliation-changed': 3,
  superseded: 4,
  'cessation-of-operation': 5,
  'certificate-hold': 6,
  'privilege-withdrawn': 9,
}

/** One revoked certificate. */
export interface RevokedCertificate {
  /** Serial number in hexadecimal without a sign, as `X509Certificate.serialNumber` has it. */
  readonly serialHex: string
  readonly at: Date
  /** Default: no reason is stated, which means `unspecified`. */
  readonly reason?: RevocationReason
  /** Further extensions of the entry, as octets. */
  readonly extensions?: readonly RawExtension[]
}

/** What a CRL says. */
export interface CrlContent {
  readonly issuer: Pick<IssuedCertificate, 'der' | 'privateKey'>
  /** Whose key signs. Default: the issuer's, by which alone the signature verifies. */
  readonly signer?: Pick<IssuedCertificate, 'privateKey'>
  readonly revoked: readonly RevokedCertificate[]
  readonly thisUpdate: Date
  readonly nextUpdate: Date
  /** cRLNumber, from 0 (RFC 5280 5.2.3). */
  readonly number: number
  /** Further extensions, as octets. */
  readonly extensions?: readonly RawExtension[]
}

/** A CRL in both forms. */
export interface Crl {
  readonly der: Buffer
  readonly pem: string
}

/**
 * A version 2 CRL (RFC 5280 5.1), signed with SHA-256, or Ed25519.
 *
 * @throws HarnessError `ERR_PKI` for a serial number or date that cannot be written.
 */
export function createCrl(content: CrlContent): Crl {
  const { issuer, revoked } = content
  const signer = signerFor((content.signer ?? issuer).privateKey, 'sha256')
  const list = sequence(
    // Version 2 is written as 1.
    integer(1),
    signer.algorithm,
    embed(certificateParts(issuer.der).subject),
    time(content.thisUpdate),
    time(content.nextUpdate),
    // RFC 5280 5.1.2.6: an empty list must be absent.
    ...(revoked.length === 0 ? [] : [sequence(...revoked.map(revokedCertificate))]),
    contextConstructed(
      0,
      sequence(
        authorityKeyIdentifier(keyFacts(issuer.privateKey).identifier),
        extension(EXTENSION_OIDS.crlNumber, 'non-critical', encode(integer(content.number))),
        ...(content.extensions ?? []).map(rawExtension),
      ),
    ),
  )
  const der = signedDer(list, signer)
  return { der, pem: pem('X509 CRL', der) }
}

function revokedCertificate({ serialHex, at, reason, extensions }: RevokedCertificate): Asn1 {
  const stated = [
    ...(reason === undefined ? [] : [reasonCode(reason)]),
    ...(extensions ?? []).map(rawExtension),
  ]
  return sequence(
    integerOctets(serialOctets(serialHex)),
    time(at),
    ...(stated.length === 0 ? [] : [sequence(...stated)]),
  )
}

function reasonCode(reason: RevocationReason): Asn1 {
  const value = encode(enumerated(REASON_CODES[reason]))
  return extension(EXTENSION_OIDS.reasonCode, 'non-critical', value)
}

/** Content octets of a number that is not negative, as DER wants them. */
function serialOctets(hex: string): Buffer {
  const digits = hex.replace(/^(?:00)+(?=..)/, '')
  const octets = octetsFromHex(digits, 'serial number of a revoked certificate')
  const first = octets[0]
  if (first === undefined) {
    throw pkiError('A revoked certificate has no serial number.', 'Give it in hexadecimal.')
  }
  return first < 0x80 ? octets : Buffer.concat([Buffer.of(0), octets])
}
