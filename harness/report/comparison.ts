import type { PresentedCertificate } from '../observation/types.ts'
import type {
  EnrollExpectation,
  Expectation,
  InspectExpectation,
  Range,
} from '../scenario/types.ts'
import { accepted, attempted, originRequests } from '../verdict/checks.ts'
import { deliverySeen, ofKind, sliceOfStep, type DeliverySeen } from '../verdict/delivery.ts'
import { enrollmentWords, judgeEnrollment } from '../verdict/enrollment.ts'
import { certificate, count, lastReason, range, said, wantedCertificate } from '../verdict/words.ts'
import type { JudgedStep } from '../verdict/judged-step.ts'
import type { ScenarioResult } from './model.ts'
import { sentenceList } from './text.ts'

/** One line of expected against seen. The mark helps the eye; the verdict is the judge's alone. */
export interface ComparisonRow {
  readonly what: string
  readonly expected: string
  readonly seen: string
  readonly mark: 'agrees' | 'differs'
}

/** Expected against seen of one delivery, inspection or enrollment. */
export interface Comparison {
  readonly what: 'delivery' | 'inspection' | 'enrollment'
  /** Index of the step, from 0. */
  readonly step: number
  /** Whether the run came as far as this step; without rows where it did not. */
  readonly state: 'begun' | 'never-begun'
  readonly rows: readonly ComparisonRow[]
}

const OUTCOMES: Readonly<Record<Expectation['outcome'], string>> = {
  delivered: 'delivered: accepted by the origin, and reported as delivered',
  refused: 'refused by the dispatcher, which sends no request',
  rejected: 'turned away, and not reported as delivered',
  undelivered: 'not accepted, and not reported as delivered',
}

function counted(what: string, noun: string, wanted: Range, amount: number): ComparisonRow {
  const within = amount >= wanted.min && amount <= wanted.max
  return {
    what,
    expected: range(wanted, noun),
    seen: amount === 0 ? 'none' : count(amount, noun),
    mark: within ? 'agrees' : 'differs',
  }
}

function outcomeRow(seen: DeliverySeen): ComparisonRow {
  const taken = accepted(seen.endpoint).length
  const account =
    seen.reply !== null
      ? said(seen.reply)
      : seen.configRefusal !== null
        ? 'the adapter refused the configuration'
        : 'the adapter gave no account'
  const delivered = taken > 0 && seen.reply?.disposition === 'delivered'
  const untouched = taken === 0 && seen.reply?.disposition !== 'delivered'
  const agrees = seen.expect.outcome === 'delivered' ? delivered : untouched
  return {
    what: 'Outcome',
    expected: OUTCOMES[seen.expect.outcome],
    seen: `${taken === 0 ? 'nothing accepted' : count(taken, 'accepted request')}; ${account}`,
    mark: agrees ? 'agrees' : 'differs',
  }
}

function reasonRow(seen: DeliverySeen): readonly ComparisonRow[] {
  const { reasons } = seen.expect
  if (reasons.length === 0) return []
  const given = seen.reply !== null ? lastReason(seen.reply) : (seen.configRefusal?.reason ?? null)
  const right = given === null || given === 'unspecified' || reasons.some((one) => one === given)
  return [
    {
      what: 'Reason',
      expected: sentenceList(reasons, 'or'),
      seen: given ?? 'none given',
      mark: right ? 'agrees' : 'differs',
    },
  ]
}

function certificateRow(
  what: string,
  wanted: string,
  presented: readonly PresentedCertificate[],
): readonly ComparisonRow[] {
  if (wanted === 'any') return []
  const names = new Set(presented.map(certificate))
  const right = presented.every((one) =>
    one.presented === 'none' ? wanted === 'none' : one.name === wanted,
  )
  return [
    {
      what,
      expected: wantedCertificate(wanted),
      seen: sentenceList([...names]) || 'no handshake was completed',
      mark: right ? 'agrees' : 'differs',
    },
  ]
}

function headersRow(seen: DeliverySeen): readonly ComparisonRow[] {
  const { absentHeaders } = seen.expect
  if (absentHeaders.length === 0) return []
  const sent = new Set(seen.endpoint.requests.flatMap((request) => Object.keys(request.headers)))
  const found = absentHeaders.filter((name) => sent.has(name))
  return [
    {
      what: 'Headers',
      expected: `none of ${absentHeaders.join(', ')}`,
      seen: sentenceList(found) || 'none of them',
      mark: found.length === 0 ? 'agrees' : 'differs',
    },
  ]
}

function signatureRow(seen: DeliverySeen): readonly ComparisonRow[] {
  if (seen.expect.signature === 'any') return []
  const findings = originRequests(seen.endpoint).map((request) => request.signature)
  const all = findings.every((finding) => finding === 'valid')
  return [
    {
      what: 'Signature',
      expected: 'valid',
      seen: sentenceList([...new Set(findings)]) || 'no request',
      mark: all ? 'agrees' : 'differs',
    },
  ]
}

function attemptRow(seen: DeliverySeen): readonly ComparisonRow[] {
  if (seen.expect.attempt === 'optional' || seen.expect.outcome === 'delivered') return []
  const hellos = seen.endpoint.hellos.length
  return [
    {
      what: 'Proof of an attempt',
      expected: 'a ClientHello',
      seen: hellos === 0 ? 'none at the endpoint' : count(hellos, 'ClientHello'),
      mark: attempted(seen) === 'attempted' ? 'agrees' : 'differs',
    },
  ]
}

function rowsOf(seen: DeliverySeen): readonly ComparisonRow[] {
  const { expect, endpoint, elsewhere, tokenRequests } = seen
  const strays = elsewhere.opened.length
  const token = expect.token
  const shown = endpoint.handshakes.map((one) => one.clientCertificate)
  const tokenShown = tokenRequests.map((one) => one.clientCertificate)
  return [
    outcomeRow(seen),
    ...reasonRow(seen),
    ...attemptRow(seen),
    ...certificateRow('Client certificate', expect.clientCertificate, shown),
    counted('At the origin', 'request', expect.requests, originRequests(endpoint).length),
    counted('At the endpoint', 'connection', expect.connections, endpoint.opened.length),
    ...(token === null
      ? []
      : [
          counted('At the token server', 'request', token.requests, tokenRequests.length),
          ...certificateRow('Certificate for the token', token.clientCertificate, tokenShown),
        ]),
    ...(strays === 0 && expect.elsewhere.max === 0
      ? []
      : [counted('Elsewhere', 'connection', expect.elsewhere, strays)]),
    ...headersRow(seen),
    ...signatureRow(seen),
  ]
}

/** Expected against seen of one inspection. */
function inspectionRows(
  result: Pick<ScenarioResult, 'observations'>,
  step: number,
  expect: InspectExpectation,
): readonly ComparisonRow[] {
  const shown = ofKind(sliceOfStep(result.observations, step), 'inspected').at(-1)
  const missing = expect.warnings.filter((one) => !(shown?.warnings ?? []).includes(one))
  return [
    {
      what: 'Certificate shown',
      expected: wantedCertificate(expect.certificate),
      seen:
        shown === undefined
          ? 'the adapter did not answer'
          : shown.sha256 === null
            ? 'no certificate'
            : shown.name === null
              ? `a certificate unknown to the harness (SHA-256 ${shown.sha256})`
              : `the certificate "${shown.name}"`,
      mark: shown?.name === expect.certificate ? 'agrees' : 'differs',
    },
    ...(expect.warnings.length === 0
      ? []
      : [
          {
            what: 'Warnings',
            expected: sentenceList(expect.warnings),
            seen: sentenceList(shown?.warnings ?? []) || 'none',
            mark: missing.length === 0 ? ('agrees' as const) : ('differs' as const),
          },
        ]),
  ]
}

/** Expected against seen for each delivery and inspection of a result, from its ledger. Pure. */
export function compare(
  result: Pick<ScenarioResult, 'expected' | 'observations'>,
): readonly Comparison[] {
  const begun = new Set(ofKind(result.observations, 'step').map((one) => one.step))
  return result.expected.flatMap((step, index): readonly Comparison[] => {
    const about = WHAT[step.do]
    if (about === null) return []
    const isBegun = begun.has(index)
    const rows = isBegun ? stepRows(result, step, index) : []
    return [{ step: index, what: about, state: isBegun ? 'begun' : 'never-begun', rows }]
  })
}

const WHAT: Readonly<Record<JudgedStep['do'], Comparison['what'] | null>> = {
  deliver: 'delivery',
  inspect: 'inspection',
  enroll: 'enrollment',
  reconfigure: null,
  rotate: null,
  reset: null,
  wait: null,
}

function stepRows(
  result: Pick<ScenarioResult, 'observations'>,
  step: JudgedStep,
  index: number,
): readonly ComparisonRow[] {
  switch (step.do) {
    case 'deliver':
      return rowsOf(deliverySeen(result.observations, index, step.expect))
    case 'inspect':
      return inspectionRows(result, index, step.expect)
    case 'enroll':
      return enrollmentRows(result, index, step.expect)
    case 'reconfigure':
    case 'rotate':
    case 'reset':
    case 'wait':
      return []
  }
}

/** Expected against seen of one enrollment. */
function enrollmentRows(
  { observations }: Pick<ScenarioResult, 'observations'>,
  step: number,
  expect: EnrollExpectation,
): readonly ComparisonRow[] {
  const shown = ofKind(sliceOfStep(observations, step), 'enrolled').at(-1)
  const finding = judgeEnrollment(observations, expect, step)
  const demands = DEMANDS.filter((demand) => expect[demand] !== 'any').map(
    (demand) => `${demand} ${expect[demand]}`,
  )
  return [
    {
      what: `Key for "${expect.certificate}"`,
      expected: `${enrollmentWords(expect.by)} for a key ${expect.algorithm}${demands.length === 0 ? '' : ` (${demands.join(', ')})`}`,
      seen:
        shown === undefined
          ? 'the adapter did not answer'
          : `${enrollmentWords(shown.answered)}${shown.key === null ? '' : ` for a key ${shown.key}`}${finding.finding === 'failed' ? `: ${finding.seen}` : ''}`,
      mark: finding.finding === 'fine' ? 'agrees' : 'differs',
    },
  ]
}

const DEMANDS = ['key', 'pair', 'exponent', 'subject', 'proof', 'path', 'use'] as const
