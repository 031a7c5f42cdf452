import type { DocumentPath, Report } from './problems.ts'
import type { RawEnroll } from './raw.ts'
import type { Certificates } from './read-certificates.ts'
import type { EnrollExpectation } from './types.ts'

/**
 * Completes what is required of an enrollment. Nothing is, where the file says nothing: a harness that
 * issues what it is asked for lets a fault be found by the scenario that is about it.
 */
export function readEnroll(
  raw: RawEnroll,
  certificates: Certificates,
  path: DocumentPath,
  report: Report,
): EnrollExpectation {
  const { certificate, ...demands } = raw
  const description = Object.hasOwn(certificates, certificate)
    ? certificates[certificate]
    : undefined
  if (description === undefined) {
    report([...path, 'certificate'], `no certificate is called "${certificate}"`)
  } else if (description.enrollment === 'none') {
    report(
      [...path, 'certificate'],
      `the harness makes the key of "${certificate}"; describe one with enrollment: csr or self`,
    )
  }
  const enrollment = description?.enrollment ?? 'none'
  const expect: EnrollExpectation = {
    certificate,
    by: enrollment === 'none' ? 'csr' : enrollment,
    algorithm: description?.key ?? 'ec-p256',
    key: 'any',
    pair: 'any',
    exponent: 'any',
    subject: 'any',
    proof: 'any',
    path: 'any',
    use: 'any',
    ...demands,
  }
  checkDemands(expect, path, report)
  return expect
}

/** Demands that nobody could see met or unmet. */
function checkDemands(expect: EnrollExpectation, path: DocumentPath, report: Report): void {
  const { by, algorithm } = expect
  if (expect.exponent !== 'any' && !algorithm.startsWith('rsa-')) {
    report([...path, 'exponent'], `only RSA keys have one, and it asks for ${algorithm}`)
  }
  if (by === 'self' && expect.proof !== 'any') {
    report([...path, 'proof'], 'only a certification request is signed with its own key')
  }
  for (const key of ['path', 'use'] as const) {
    if (by === 'csr' && expect[key] !== 'any') {
      report([...path, key], 'the harness issues this certificate itself')
    }
  }
}
