import type { TLSSocket } from 'node:tls'
import type { ClientJudgement } from '../observation/types.ts'
import { sha256Hex } from '../pki/thumbprint.ts'
import type { IssuedMaterial } from '../pki/types.ts'
import type { EndpointSetup } from '../scenario/setup.ts'
import { findPathFault, type PathFault } from './client-path.ts'
import type { TlsSide } from './tls-side.ts'

/** Why a client certificate was rejected. */
export type RejectReason = 'none-presented' | 'not-allowed' | 'revoked' | PathFault

/** What the judge looks at. */
export interface ClientQuestion {
  readonly setup: EndpointSetup
  readonly material: IssuedMaterial
  /** DER of what the dispatcher sent, end entity first. */
  readonly sent: readonly Buffer[]
  readonly socket: Pick<TLSSocket, 'authorized' | 'authorizationError'>
  readonly tls: Pick<TlsSide, 'weakSignatures' | 'validation'>
  readonly at: Date
}

/**
 * Decides about a client certificate once the handshake is over. A list of allowed certificates
 * overrides the path: then nothing but the thumbprint counts (self-signed registration, RFC 8705 2.2).
 *
 * With matching CA hints OpenSSL has validated the path against the same anchors and its word counts;
 * otherwise Node's `ca` is not the anchors but other hints, and {@link findPathFault} decides.
 */
export function judgeClient(question: ClientQuestion): ClientJudgement {
  const { setup } = question
  if (setup.clientCertificate === 'not-requested') return { decision: 'not-asked' }
  const because = reasonToReject(question)
  if (because === null) return { decision: 'accepted' }
  return { decision: 'rejected', because, style: setup.rejectStyle }
}

function reasonToReject(question: ClientQuestion): RejectReason | null {
  const { setup, material, sent, socket } = question
  const [endEntity, ...others] = sent
  if (endEntity === undefined) {
    return setup.clientCertificate === 'required' ? 'none-presented' : null
  }
  const allowed = setup.allowedClientCertificates
  if (allowed !== 'any-under-anchors') {
    const sha256 = sha256Hex(endEntity)
    return allowed.some((name) => material.known(name).sha256 === sha256) ? null : 'not-allowed'
  }
  if (question.tls.validation === 'openssl') {
    return socket.authorized ? null : faultFromOpenSsl(socket.authorizationError)
  }
  return (
    findPathFault({
      endEntity,
      others,
      anchors: setup.clientAnchors.map((name) => material.known(name).der),
      at: question.at,
      weakSignatures: question.tls.weakSignatures,
    }) ?? faultFromCrl(setup.crl, sent, material)
  )
}

/** What the CRLs would say of a path that is sound otherwise. One that is not in force says nothing, which is no yes. */
function faultFromCrl(
  crl: EndpointSetup['crl'],
  sent: readonly Buffer[],
  material: IssuedMaterial,
): RejectReason | null {
  if (crl === 'none') return null
  if (crl.state !== 'current') return 'untrusted'
  const revoked = new Set(crl.revoked.map((name) => material.known(name).sha256))
  return sent.some((der) => revoked.has(sha256Hex(der))) ? 'revoked' : null
}

/** Verification codes as Node spells them (scenario catalogue, D4). It is typed as an Error, but is a string. */
function faultFromOpenSsl(error: unknown): RejectReason {
  switch (String(error instanceof Error && 'code' in error ? error.code : error)) {
    case 'CERT_HAS_EXPIRED':
      return 'expired'
    case 'CERT_NOT_YET_VALID':
      return 'not-yet-valid'
    case 'CERT_REVOKED':
      return 'revoked'
    case 'INVALID_PURPOSE':
      return 'wrong-usage'
    default:
      return 'untrusted'
  }
}
