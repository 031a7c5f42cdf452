import type { Disposition, Reason, Stage } from '../scenario/vocabulary.ts'

/** How far an attempt came that ended for this reason, where nobody says. */
export function stageOf(reason: Reason): Stage {
  switch (reason) {
    case 'client-certificate.missing':
    case 'client-certificate.unreadable':
    case 'client-certificate.key-mismatch':
    case 'client-certificate.expired':
    case 'client-certificate.not-yet-valid':
    case 'policy.blocked':
    case 'plaintext.refused':
    case 'circuit.open':
      return 'config'
    case 'net.dns':
      return 'dns'
    case 'net.refused':
    case 'net.reset':
    case 'net.timeout':
      return 'tcp'
    case 'server-certificate.expired':
    case 'server-certificate.not-yet-valid':
    case 'server-certificate.untrusted':
    case 'server-certificate.name-mismatch':
    case 'server-certificate.revoked':
    case 'server-certificate.wrong-usage':
    case 'server-certificate.weak':
    case 'server-certificate.malformed':
    case 'pin.mismatch':
    case 'tls.version':
    case 'tls.cipher':
    case 'tls.alert':
    case 'tls.other':
    case 'client-certificate.rejected':
      return 'tls'
    case 'token.unreachable':
    case 'token.client-rejected':
    case 'token.invalid-response':
    case 'token.expired':
    case 'token.binding-mismatch':
      return 'token'
    case 'redirect.refused':
    case 'http.status':
      return 'response'
    case 'unspecified':
      return 'request'
  }
}

/** The reasons with which a dispatcher itself decides not to send. */
const OWN_DECISION: ReadonlySet<Reason> = new Set([
  'server-certificate.expired',
  'server-certificate.not-yet-valid',
  'server-certificate.untrusted',
  'server-certificate.name-mismatch',
  'server-certificate.revoked',
  'server-certificate.wrong-usage',
  'server-certificate.weak',
  'server-certificate.malformed',
  'pin.mismatch',
  'plaintext.refused',
  'redirect.refused',
  'policy.blocked',
  'client-certificate.missing',
  'client-certificate.unreadable',
  'client-certificate.key-mismatch',
  'client-certificate.expired',
  'client-certificate.not-yet-valid',
])

/** Whether a reason is the dispatcher's own decision, or what peer or network said. */
export function dispositionOf(reason: Reason): Exclude<Disposition, 'delivered'> {
  return OWN_DECISION.has(reason) ? 'refused' : 'failed'
}
