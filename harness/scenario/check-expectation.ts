import { knows, type Layers } from './layers.ts'
import type { DocumentPath, Report } from './problems.ts'
import type { RawExpectation } from './raw.ts'
import { unknownName } from './read-certificates.ts'
import { asksForCertificate } from './read-expectation.ts'
import type { Situation } from './read-setup.ts'
import { checkSignature } from './check-signature.ts'
import type { ExpectedOutcome, Expectation, Scenario } from './types.ts'
import { REASONS, type Reason } from './vocabulary.ts'

/** What {@link checkExpectation} looks at. */
export interface ExpectationCheck {
  readonly raw: RawExpectation
  readonly expect: Expectation
  readonly situation: Situation
  readonly layers: Layers
  /** Every secret of the scenario. */
  readonly secrets: Scenario['secrets']
  readonly path: DocumentPath
  readonly report: Report
}

/** Checks that what is expected can be seen where it is expected, and does not contradict itself. */
export function checkExpectation(check: ExpectationCheck): void {
  checkReasons(check)
  checkCertificates(check)
  checkCounts(check)
  const { raw, expect, situation, path, report } = check
  if (expect.target === 'other' && situation.otherDispatcher === null) {
    report([...path, 'target'], 'there is no other-dispatcher')
  }
  if (raw.token !== undefined && situation.tokenServer === null) {
    report([...path, 'token'], 'there is no token-server that could see a token request')
  }
  if (raw.elsewhere !== undefined && situation.elsewhere === null) {
    report([...path, 'elsewhere'], 'there is no elsewhere that could see a connection')
  }
  if (raw.resumption === 'allowed' && situation.endpoint.resumption === 'off') {
    report([...path, 'resumption'], 'the endpoint never resumes a session')
  }
  checkSignature(check)
  if (expect.absentHeaders.length > 0 && expect.requests.max === 0) {
    report([...path, 'absent-headers'], 'no request is expected whose headers could be seen')
  }
  checkAttempts(check)
  if (Object.keys(expect.requiredHeaders).length > 0 && expect.requests.max === 0) {
    report([...path, 'required-headers'], 'no request is expected whose headers could be seen')
  }
  const usesTls = situation.endpoint.scheme === 'https'
  for (const key of ['server-name', 'protocol', 'oldest-version', 'status-request'] as const) {
    if (raw[key] !== undefined && raw[key] !== 'any' && !usesTls) {
      report([...path, key], 'the endpoint does not speak TLS')
    }
  }
}

/** What only a second attempt could show. */
function checkAttempts({ raw, expect, path, report }: ExpectationCheck): void {
  const { requests } = expect
  if (expect.minimumGapMs > 0 && requests.max < 2) {
    report([...path, 'minimum-gap'], 'a gap needs two requests at least; say so in requests')
  }
  if (expect.gaps === 'growing' && requests.max < 3) {
    report([...path, 'gaps'], 'to grow, gaps need three requests at least; say so in requests')
  }
  for (const key of ['timestamps', 'event-ids'] as const) {
    if (raw[key] !== undefined && raw[key] !== 'any' && raw[key] !== 'without-dot') {
      if (requests.max < 2) report([...path, key], 'that shows in two requests; say so in requests')
    }
  }
}

/** Reasons, or classes of them ending in a dot, that each outcome can have. */
const REASONS_OF: Readonly<Record<ExpectedOutcome, readonly string[]>> = {
  delivered: [],
  refused: ['server-certificate.', 'pin.', 'tls.', 'plaintext.', 'policy.'],
  rejected: [
    'client-certificate.',
    // What Go and Java make of handshake_failure, by which TLS 1.2 also says that no certificate came.
    'tls.cipher',
    'tls.alert',
    'tls.other',
    'http.status',
    'net.',
    'policy.',
  ],
  undelivered: REASONS,
}

function belongs(reason: Reason, outcome: ExpectedOutcome): boolean {
  return REASONS_OF[outcome].some(
    (one) => reason === one || (one.endsWith('.') && reason.startsWith(one)),
  )
}

function checkReasons({ expect, path, report }: ExpectationCheck): void {
  const { outcome, reasons } = expect
  if (outcome === 'delivered' && reasons.length > 0) {
    report([...path, 'reason'], 'what is delivered has no reason')
    return
  }
  for (const reason of reasons) {
    if (belongs(reason, outcome)) continue
    const allowed = REASONS.filter((one) => belongs(one, outcome))
    report(
      [...path, 'reason'],
      `"${reason}" cannot be why something is ${outcome}; allowed: ${allowed.join(', ')}`,
    )
  }
}

function checkCertificates({ raw, situation, layers, path, report }: ExpectationCheck): void {
  const named = raw['client-certificate'] ?? 'any'
  if (named !== 'any') {
    if (asksForCertificate(situation) === 'never-asks') {
      report([...path, 'client-certificate'], 'the endpoint never asks for a certificate')
    } else if (named !== 'none' && knows(layers, named) === 'unknown') {
      unknownName(named, layers, [...path, 'client-certificate'], report)
    }
  }
  const token = raw.token?.['client-certificate'] ?? 'any'
  if (!['any', 'none'].includes(token) && knows(layers, token) === 'unknown') {
    unknownName(token, layers, [...path, 'token', 'client-certificate'], report)
  }
}

function checkCounts({ expect, situation, path, report }: ExpectationCheck): void {
  const { outcome, requests, connections } = expect
  if (outcome === 'refused' && requests.max > 0) {
    report([...path, 'requests'], 'refused means that no request is sent')
  }
  if (connections.max < requests.min && situation.endpoint.keepAlive === 'off') {
    report([...path, 'connections'], 'without keep-alive every request needs a connection')
  }
  if (outcome !== 'delivered') return
  if (requests.min === 0) report([...path, 'requests'], 'delivered means at least one request')
  const accepting = situation.endpoint.answers.some(
    (answer) => answer.kind === 'status' && answer.status >= 200 && answer.status < 300,
  )
  if (!accepting) report([...path, 'outcome'], 'the endpoint has no 2xx among its answers')
}
