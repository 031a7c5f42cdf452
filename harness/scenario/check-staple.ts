import type { SituationCheck } from './check-situation.ts'
import { knows } from './layers.ts'
import type { DocumentPath } from './problems.ts'
import { leavesTlsAlone, mistakeOf } from './passing.ts'
import { unknownName } from './read-certificates.ts'
import type { EndpointSetup } from './setup.ts'

/** Checks that a staple can be made, and that a dispatcher could see it. */
export function checkStaple(
  endpoint: EndpointSetup,
  path: DocumentPath,
  { layers, engines, report }: SituationCheck,
): void {
  const { staple } = endpoint
  if (staple === 'none') return
  if (endpoint.scheme === 'http') report(path, 'the endpoint does not speak TLS')
  if (endpoint.fault !== 'none' || mistakeOf(endpoint.loadBalancer) !== 'none') {
    report(path, 'the fault leaves no handshake to staple it to')
  }
  if (endpoint.resumption === 'on') {
    report(path, 'a resumed session brings no certificate that it could be stapled to')
  }
  if (engines.includes('containers')) {
    const why = unservable(endpoint)
    if (why !== null) report(path, `${why}; say engines: [embedded]`)
  }
  if (typeof staple === 'string') return
  const named = [
    ['signed-by', staple.signedBy, 'issuer'],
    ['for', staple.certificate, 'own'],
  ] as const
  for (const [key, name, word] of named) {
    if (name !== word && knows(layers, name) === 'unknown') {
      unknownName(name, layers, [...path, key], report)
    }
  }
  if (staple.nextUpdateMs <= staple.thisUpdateMs) {
    report([...path, 'next-update'], 'newer information would be there before this one')
  }
}

/** Why the containers cannot staple it, or null. */
function unservable({ rejectStyle, loadBalancer }: EndpointSetup): string | null {
  if (rejectStyle === 'alert' || (loadBalancer !== 'none' && !leavesTlsAlone(loadBalancer))) {
    return 'where HAProxy ends TLS nothing is stapled'
  }
  return null
}
