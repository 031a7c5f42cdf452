import type { CertificateDescription } from './certificate.ts'
import type { DocumentPath, Report } from './problems.ts'
import type { Certificates } from './read-certificates.ts'
import type { Situation } from './read-setup.ts'
import type { ClientCertificateSetup, EndpointSetup } from './setup.ts'
import type { EnrollExpectation, Step } from './types.ts'

/** What {@link checkEnrollment} looks at. */
export interface EnrollmentCheck {
  readonly certificates: Certificates
  /** The situation in the beginning. */
  readonly situation: Situation
  readonly steps: readonly Step[]
  /** The situation beside each step. */
  readonly situations: readonly Situation[]
  readonly path: DocumentPath
  readonly report: Report
}

/** Steps with which a scenario begins while nothing stands yet: enrollments before any other step. */
export function leadingEnrollments(steps: readonly Step[]): number {
  const other = steps.findIndex((step) => step.do !== 'enroll')
  return other < 0 ? steps.length : other
}

/**
 * Checks that certificates whose key the dispatcher makes are enrolled before anyone needs them, once,
 * and used only where a certificate without its key is enough.
 */
export function checkEnrollment(check: EnrollmentCheck): void {
  const own = ownNames(check.certificates)
  checkDescriptions(check, own)
  checkOnce(check)
  const { steps, situations, situation, path, report } = check
  const leading = steps.slice(0, leadingEnrollments(steps)).flatMap(enrollmentOf)
  checkUses(situation, leading, path, check)
  let enrolled = leading
  for (const [index, step] of steps.entries()) {
    const place = [...path, 'steps', index]
    const at = situations[index]
    enrolled = [...enrolled, ...enrollmentOf(step)]
    if (at === undefined) continue
    // An endpoint is made ready before the first step, whenever it is rotated to.
    if (step.do === 'rotate') checkEndpoints(at, leading, place, check)
    if (step.do === 'reconfigure') checkClients(at, enrolled, place, check)
    if (step.do === 'inspect' && isOwn(step.expect.certificate, check)) {
      checkEnrolled(step.expect.certificate, enrolled, [...place, 'inspect'], report)
    }
  }
}

function ownNames(certificates: Certificates): ReadonlySet<string> {
  return new Set(
    Object.entries(certificates)
      .filter(([, { enrollment }]) => enrollment !== 'none')
      .map(([name]) => name),
  )
}

function isOwn(name: string, { certificates }: EnrollmentCheck): boolean {
  return Object.hasOwn(certificates, name) && certificates[name]?.enrollment !== 'none'
}

function enrollmentOf(step: Step): readonly EnrollExpectation[] {
  return step.do === 'enroll' ? [step.expect] : []
}

function checkDescriptions(
  { certificates, path, report }: EnrollmentCheck,
  own: ReadonlySet<string>,
): void {
  for (const [name, description] of Object.entries(certificates)) {
    const place = [...path, 'certificates', name]
    if (description.enrollment === 'self') {
      checkSelf(name, description, own, place, report)
      continue
    }
    for (const [key, referred] of Object.entries({
      issuer: description.issuer,
      'signed-by': description.signedBy,
      'key-of': description.keyOf,
    })) {
      const isItself = key === 'issuer' && referred === name && description.enrollment === 'none'
      if (referred === null || isItself || !own.has(referred)) continue
      report([...place, key], `the key of "${referred}" is the dispatcher's own`)
    }
    if (description.enrollment === 'csr' && description.keyOf !== null) {
      report([...place, 'key-of'], 'the dispatcher makes its key: say key')
    }
  }
}

function checkSelf(
  name: string,
  { issuer }: CertificateDescription,
  own: ReadonlySet<string>,
  place: DocumentPath,
  report: Report,
): void {
  if (issuer === name || own.has(issuer)) return
  report(
    [...place, 'issuer'],
    `the dispatcher's own authority issues it: describe that with enrollment: self too, and name it here`,
  )
}

function checkOnce({ steps, path, report }: EnrollmentCheck): void {
  const enrolled = new Set<string>()
  for (const [index, step] of steps.entries()) {
    if (step.do !== 'enroll') continue
    const { certificate, pair } = step.expect
    const place = [...path, 'steps', index, 'enroll']
    if (enrolled.has(certificate)) {
      report([...place, 'certificate'], `"${certificate}" is enrolled already; describe another`)
    }
    if (pair === 'new' && enrolled.size === 0) {
      report([...place, 'pair'], 'there is no enrollment before it whose key it could have')
    }
    enrolled.add(certificate)
  }
}

function checkUses(
  situation: Situation,
  enrolled: readonly EnrollExpectation[],
  path: DocumentPath,
  check: EnrollmentCheck,
): void {
  checkEndpoints(situation, enrolled, path, check)
  checkClients(situation, enrolled, path, check)
}

function checkEndpoints(
  { endpoint, elsewhere, tokenServer }: Situation,
  enrolled: readonly EnrollExpectation[],
  path: DocumentPath,
  check: EnrollmentCheck,
): void {
  checkEndpoint(endpoint, enrolled, [...path, 'endpoint'], check)
  if (elsewhere !== null) checkEndpoint(elsewhere, enrolled, [...path, 'elsewhere'], check)
  if (tokenServer === null) return
  const place = [...path, 'token-server']
  checkEndpoint(tokenServer.endpoint, enrolled, [...place, 'endpoint'], check)
  const registered = tokenServer.registeredCertificate
  if (isOwn(registered, check)) {
    checkEnrolled(registered, enrolled, [...place, 'registered-certificate'], check.report)
  }
}

function checkEndpoint(
  endpoint: EndpointSetup,
  enrolled: readonly EnrollExpectation[],
  path: DocumentPath,
  check: EnrollmentCheck,
): void {
  const { report } = check
  const shown = [endpoint.certificate, ...(endpoint.chain === 'issuers' ? [] : endpoint.chain)]
  for (const name of shown.filter((one) => isOwn(one, check))) {
    report([...path, 'certificate'], `the key of "${name}" is the dispatcher's own`)
  }
  const allowed = endpoint.allowedClientCertificates
  for (const name of allowed === 'any-under-anchors' ? [] : allowed) {
    const place = [...path, 'allowed-client-certificates']
    if (isOwn(name, check)) checkEnrolled(name, enrolled, place, report)
  }
  for (const name of endpoint.clientAnchors.filter((one) => isOwn(one, check))) {
    const comes = enrolled.some(
      ({ certificate, path: demanded }) =>
        check.certificates[certificate]?.issuer === name && demanded === 'valid',
    )
    if (comes) continue
    report(
      [...path, 'client-anchors'],
      `"${name}" comes with a certificate that it issued: before every other step, enroll one with path: valid`,
    )
  }
}

function checkClients(
  { dispatcher, otherDispatcher }: Situation,
  enrolled: readonly EnrollExpectation[],
  path: DocumentPath,
  check: EnrollmentCheck,
): void {
  for (const { clientCertificate, oauth2, trustAnchors, pins } of [
    dispatcher,
    ...(otherDispatcher === null ? [] : [otherDispatcher]),
  ]) {
    const place = [...path, 'dispatcher']
    checkClient(clientCertificate, enrolled, [...place, 'client-certificate'], check)
    if (oauth2 !== 'none' && oauth2.clientCertificate !== 'same') {
      const at = [...place, 'oauth2', 'client-certificate']
      checkClient(oauth2.clientCertificate, enrolled, at, check)
    }
    for (const name of [trustAnchors, pins].flatMap((names) =>
      typeof names === 'string' ? [] : names,
    )) {
      if (isOwn(name, check)) check.report(place, `no endpoint has the key of "${name}"`)
    }
  }
}

function checkClient(
  client: ClientCertificateSetup | 'none',
  enrolled: readonly EnrollExpectation[],
  path: DocumentPath,
  check: EnrollmentCheck,
): void {
  if (client === 'none') return
  const { report } = check
  const keyed = typeof client.key === 'object' ? client.key.of : client.certificate
  if (client.format !== 'enrolled') {
    if ([keyed, client.certificate].some((name) => isOwn(name, check))) {
      report([...path, 'format'], 'the key is the dispatcher’s own: say format: enrolled')
    }
    return
  }
  if (client.key === 'missing') {
    if (enrolled.length === 0) report([...path, 'key'], 'nothing is enrolled before it')
  } else if (!isOwn(keyed, check)) {
    report([...path, 'key'], `the harness makes the key of "${keyed}", and an enrollment is told`)
  } else checkEnrolled(keyed, enrolled, path, report)
  if (isOwn(client.certificate, check)) checkEnrolled(client.certificate, enrolled, path, report)
}

function checkEnrolled(
  name: string,
  enrolled: readonly EnrollExpectation[],
  path: DocumentPath,
  report: Report,
): void {
  if (enrolled.some(({ certificate }) => certificate === name)) return
  report(
    path,
    `"${name}" is not enrolled by then; an endpoint takes an enroll before any other step`,
  )
}
