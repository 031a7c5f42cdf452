import type { EndpointSetup, StapledResponse } from '../scenario/setup.ts'
import {
  createOcspResponse,
  tryLaterResponse,
  unreadableResponse,
  type OcspCertificateStatus,
} from './ocsp.ts'
import type { IssuedMaterial } from './types.ts'

/** A certificate is revoked this long before the response that says so, in milliseconds. */
const REVOKED_BEFORE_MS = 60_000

/**
 * The octets that an endpoint staples to its certificate (RFC 6066 8), or null where it staples none.
 *
 * @throws HarnessError `ERR_PKI` for a name that no certificate has.
 */
export function stapleOf(
  { staple, certificate }: Pick<EndpointSetup, 'staple' | 'certificate'>,
  material: IssuedMaterial,
): Buffer | null {
  switch (staple) {
    case 'none':
      return null
    case 'garbage':
      return unreadableResponse()
    case 'try-later':
      return tryLaterResponse()
    default:
      return responseOf(staple, certificate, material)
  }
}

function responseOf(
  { status, thisUpdateMs, nextUpdateMs, signedBy, certificate }: StapledResponse,
  shown: string,
  material: IssuedMaterial,
): Buffer {
  const of = material.get(certificate === 'own' ? shown : certificate)
  const issuer = material.get(of.issuer)
  const fromNow = (ms: number) => new Date(material.now.getTime() + ms)
  return createOcspResponse({
    of,
    issuer,
    signer: signedBy === 'issuer' ? issuer : material.get(signedBy),
    certificateStatus: statusOf(status, fromNow(thisUpdateMs - REVOKED_BEFORE_MS)),
    thisUpdate: fromNow(thisUpdateMs),
    nextUpdate: fromNow(nextUpdateMs),
  })
}

function statusOf(status: StapledResponse['status'], at: Date): OcspCertificateStatus {
  return status === 'revoked' ? { status, at } : { status }
}
