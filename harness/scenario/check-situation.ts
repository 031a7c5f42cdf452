import { checkCrls } from './check-crls.ts'
import { checkStaple } from './check-staple.ts'
import { unknownName } from './read-certificates.ts'
import { leavesTlsAlone } from './passing.ts'
import { knows, type Layers } from './layers.ts'
import type { DocumentPath, Report } from './problems.ts'
import type { Situation } from './read-setup.ts'
import type { ClientCertificateSetup, DispatcherSetup, EndpointSetup } from './setup.ts'
import type { EngineName } from './vocabulary.ts'

/** What {@link checkSituation} looks at. */
export interface SituationCheck {
  readonly situation: Situation
  readonly layers: Layers
  readonly engines: readonly EngineName[]
  /** Where the control, the scenario or the step stands. */
  readonly path: DocumentPath
  readonly report: Report
}

/** Checks that a situation is one that can be stood up: every name known, every part reachable. */
export function checkSituation(check: SituationCheck): void {
  const { situation, path, report } = check
  const { endpoint, tokenServer, elsewhere, dispatcher } = situation
  checkEndpoint(endpoint, [...path, 'endpoint'], check)
  if (elsewhere !== null) checkEndpoint(elsewhere, [...path, 'elsewhere'], check)
  checkDispatcher(dispatcher, [...path, 'dispatcher'], check)
  if (situation.otherDispatcher !== null) {
    checkDispatcher(situation.otherDispatcher, [...path, 'other-dispatcher'], check)
  }
  checkRejectStyle(check)
  checkTokens(check)
  const leadsElsewhere = endpoint.answers.some(
    (answer) => answer.kind === 'redirect' && answer.location === 'elsewhere',
  )
  if (leadsElsewhere && elsewhere === null) {
    report(
      [...path, 'endpoint', 'answers'],
      'a redirect leads elsewhere, but there is no elsewhere',
    )
  }
  if (tokenServer === null && endpoint.policy.bearer !== 'none') {
    report([...path, 'endpoint', 'policy'], 'no token can be right without a token-server')
  }
}

function checkDispatcher(
  { clientCertificate, trustAnchors, pins, crls }: DispatcherSetup,
  path: DocumentPath,
  check: SituationCheck,
): void {
  checkClient(clientCertificate, [...path, 'client-certificate'], check)
  checkNames(trustAnchors, [...path, 'trust-anchors'], check)
  checkNames(pins, [...path, 'pins'], check)
  checkCrls(crls, [...path, 'crls'], check)
}

function checkTokens(check: SituationCheck): void {
  const { situation, layers, path, report } = check
  const { tokenServer, dispatcher } = situation
  if (tokenServer === null) {
    if (dispatcher.oauth2 !== 'none') {
      report([...path, 'dispatcher', 'oauth2'], 'there is no token-server to get a token from')
    }
    return
  }
  if (dispatcher.oauth2 === 'none') {
    report([...path, 'token-server'], 'the dispatcher is not told of it; add oauth2: {}')
    return
  }
  checkEndpoint(tokenServer.endpoint, [...path, 'token-server', 'endpoint'], check)
  const registered = tokenServer.registeredCertificate
  if (registered !== 'none' && knows(layers, registered) === 'unknown') {
    unknownName(registered, layers, [...path, 'token-server', 'registered-certificate'], report)
  }
  if (!/^\d+(s|m|h|d|y)$/.test(layers.tokenServer?.['expires-in'] ?? '1h')) {
    report([...path, 'token-server', 'expires-in'], 'tokens live for whole seconds')
  }
  const { clientCertificate, trustAnchors } = dispatcher.oauth2
  const place = [...path, 'dispatcher', 'oauth2']
  if (clientCertificate !== 'same') {
    checkClient(clientCertificate, [...place, 'client-certificate'], check)
  }
  checkNames(trustAnchors, [...place, 'trust-anchors'], check)
}

/** Names of a list; a word in its place names nothing. */
function checkNames(
  names: readonly string[] | string,
  path: DocumentPath,
  { layers, report }: SituationCheck,
): void {
  if (typeof names === 'string') return
  for (const [index, name] of names.entries()) {
    if (knows(layers, name) === 'unknown') {
      unknownName(name, layers, [...path, index], report)
    }
  }
}

function checkEndpoint(endpoint: EndpointSetup, path: DocumentPath, check: SituationCheck): void {
  if (knows(check.layers, endpoint.certificate) === 'unknown') {
    unknownName(endpoint.certificate, check.layers, [...path, 'certificate'], check.report)
  }
  checkNames(endpoint.chain, [...path, 'chain'], check)
  checkStaple(endpoint, [...path, 'staple'], check)
  checkNames(endpoint.clientAnchors, [...path, 'client-anchors'], check)
  checkNames(endpoint.allowedClientCertificates, [...path, 'allowed-client-certificates'], check)
  checkCrl(endpoint, [...path, 'crl'], check)
  const { loadBalancer, rejectStyle, clientCertificate } = endpoint
  if (!leavesTlsAlone(loadBalancer)) return
  if (rejectStyle === 'alert' && clientCertificate !== 'not-requested') {
    check.report(
      [...path, 'load-balancer'],
      'the endpoint behind it is nginx, which sends no alert',
    )
  }
  if (endpoint.scheme === 'http') {
    check.report([...path, 'load-balancer'], 'there is no TLS to pass through')
  }
}

/** A thumbprint overrides the path, and with it whatever a CRL says. */
function checkCrl(endpoint: EndpointSetup, path: DocumentPath, check: SituationCheck): void {
  if (endpoint.crl === 'none') return
  checkNames(endpoint.crl.revoked, [...path, 'revoked'], check)
  if (endpoint.clientCertificate === 'not-requested') {
    check.report(path, 'the endpoint asks for no certificate that could be revoked')
  }
  if (endpoint.allowedClientCertificates !== 'any-under-anchors') {
    check.report(path, 'certificates that are allowed by thumbprint are not looked up in a CRL')
  }
}

function checkClient(
  client: ClientCertificateSetup | 'none',
  path: DocumentPath,
  check: SituationCheck,
): void {
  if (client === 'none') return
  const { layers, report } = check
  if (knows(layers, client.certificate) === 'unknown') {
    unknownName(client.certificate, layers, [...path, 'certificate'], report)
  }
  checkNames(client.chain, [...path, 'chain'], check)
  if (typeof client.key === 'object' && knows(layers, client.key.of) === 'unknown') {
    unknownName(client.key.of, layers, [...path, 'key', 'of'], report)
  }
}

/** node:tls sends an alert only where no certificate came; for any other fault it just closes. */
function checkRejectStyle({ situation, engines, path, report }: SituationCheck): void {
  const { endpoint, dispatcher } = situation
  const client = dispatcher.clientCertificate
  const comesWithNone = client === 'none' || client.key === 'missing'
  if (endpoint.rejectStyle === 'alert' && engines.includes('embedded') && !comesWithNone) {
    report(
      [...path, 'endpoint', 'reject-style'],
      'the embedded engine can send an alert only for a missing certificate; say engines: [containers]',
    )
  }
}
