import type { PresentedCertificate } from '../observation/types.ts'
import type { Expectation, Range } from '../scenario/types.ts'
import { accepted, attempted, originRequests } from '../verdict/checks.ts'
import { deliverySeen, ofKind, type DeliverySeen } from '../verdict/delivery.ts'
import { certificate, count, lastReason, range, said, wantedCertificate } from '../verdict/words.ts'
import type { ScenarioResult } from './model.ts'
import { sentenceList } from './text.ts'

/** One line of expected against seen. The mark helps the eye; the verdict is the judge's alone. */
export interface ComparisonRow {
  readonly what: string
  readonly expected: string
  readonly seen: string
  readonly mark: 'agrees' | 'differs'
}

/** Expected against seen of one delivery. */
export interface Comparison {
  /** Index of the step, from 0; null where the delivery was never begun. */
  readonly step: number | null
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

/** Expected against seen for each delivery of a result, from its ledger. Pure. */
export function compare(
  result: Pick<ScenarioResult, 'expected' | 'observations'>,
): readonly Comparison[] {
  const steps = ofKind(result.observations, 'step').filter((one) => one.action === 'deliver')
  return result.expected.map((expectation, index) => {
    const step = steps[index]?.step ?? null
    if (step === null) return { step, rows: [] }
    return { step, rows: rowsOf(deliverySeen(result.observations, step, expectation)) }
  })
}
