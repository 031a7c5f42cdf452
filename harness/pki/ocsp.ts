import { createHash } from 'node:crypto'
import {
  bitString,
  contextConstructed,
  contextPrimitive,
  embed,
  encode,
  enumerated,
  integerOctets,
  nothing,
  objectIdentifier,
  octetString,
  sequence,
  type Asn1,
} from './der.ts'
import { certificateParts } from './der-reader.ts'
import { keyFacts } from './key-facts.ts'
import { ALGORITHM_OIDS, OCSP_OIDS } from './oids.ts'
import { signerFor } from './signature.ts'
import { generalizedTime } from './time.ts'
import type { IssuedCertificate } from './types.ts'

/** What a responder says about one certificate (RFC 6960 2.2). */
export type OcspCertificateStatus =
  | { readonly status: 'good' }
  | { readonly status: 'revoked'; readonly at: Date }
  | { readonly status: 'unknown' }

/** What a response says. */
export interface OcspContent {
  /** The certificate that it is about. */
  readonly of: Pick<IssuedCertificate, 'der'>
  /** The certification authority that issued that one, by which the CertID names it. */
  readonly issuer: Pick<IssuedCertificate, 'der' | 'privateKey'>
  /** Whose key signs. Its certificate is sent along unless it is the issuer itself. */
  readonly signer: Pick<IssuedCertificate, 'der' | 'privateKey'>
  readonly certificateStatus: OcspCertificateStatus
  readonly thisUpdate: Date
  readonly nextUpdate: Date
}

/** OCSPResponseStatus `successful` (RFC 6960 4.2.1). */
const SUCCESSFUL = 0
/** OCSPResponseStatus `tryLater`. */
const TRY_LATER = 3

/**
 * A definitive OCSP response in DER (RFC 6960 4.2.1) about one certificate. It names the certificate by
 * SHA-1, as every responder can, and is signed with SHA-256, or Ed25519. It was produced at `thisUpdate`.
 *
 * @throws HarnessError `ERR_PKI` for a date that cannot be written.
 */
export function createOcspResponse(content: OcspContent): Buffer {
  const { issuer, signer } = content
  const signing = signerFor(signer.privateKey, 'sha256')
  const toBeSigned = encode(responseData(content))
  const isDelegated = !signer.der.equals(issuer.der)
  return responseAround(
    encode(
      sequence(
        embed(toBeSigned),
        signing.algorithm,
        bitString(signing.sign(toBeSigned)),
        ...(isDelegated ? [contextConstructed(0, sequence(embed(signer.der)))] : []),
      ),
    ),
  )
}

/**
 * A response that says to be definitive and holds something else: its shell is in order, so that an
 * endpoint which only looks at that, as nginx does, staples it.
 */
export function unreadableResponse(): Buffer {
  return responseAround(Buffer.from('this is no basic OCSP response'))
}

function responseAround(basic: Buffer): Buffer {
  return encode(
    sequence(
      enumerated(SUCCESSFUL),
      contextConstructed(
        0,
        sequence(objectIdentifier(OCSP_OIDS.basicResponse), octetString(basic)),
      ),
    ),
  )
}

/** The answer of a responder that is busy: an error message, which nobody signs (RFC 6960 2.3). */
export function tryLaterResponse(): Buffer {
  return encode(sequence(enumerated(TRY_LATER)))
}

function responseData(content: OcspContent): Asn1 {
  const { signer, thisUpdate, nextUpdate } = content
  return sequence(
    // ResponderID byKey: SHA-1 of the responder's public key.
    contextConstructed(2, octetString(keyFacts(signer.privateKey).identifier)),
    generalizedTime(thisUpdate),
    sequence(
      sequence(
        certificateId(content),
        certificateStatus(content.certificateStatus),
        generalizedTime(thisUpdate),
        contextConstructed(0, generalizedTime(nextUpdate)),
      ),
    ),
  )
}

function certificateId({ of, issuer }: OcspContent): Asn1 {
  const name = createHash('sha1').update(certificateParts(issuer.der).subject).digest()
  return sequence(
    sequence(objectIdentifier(ALGORITHM_OIDS.sha1), nothing()),
    octetString(name),
    octetString(keyFacts(issuer.privateKey).identifier),
    integerOctets(certificateParts(of.der).serial),
  )
}

function certificateStatus(content: OcspCertificateStatus): Asn1 {
  switch (content.status) {
    case 'good':
      return contextPrimitive(0, Buffer.alloc(0))
    case 'revoked':
      return contextConstructed(1, generalizedTime(content.at))
    case 'unknown':
      return contextPrimitive(2, Buffer.alloc(0))
  }
}
