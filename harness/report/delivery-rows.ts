import type { Observation, PresentedCertificate } from '../observation/types.ts'
import type { Expectation, Range } from '../scenario/types.ts'
import { accepted, attempted, originRequests } from '../verdict/checks.ts'
import type { DeliverySeen, Of } from '../verdict/delivery.ts'
import { wronglySigned } from '../verdict/signatures.ts'
import {
  certificate,
  count,
  lastReason,
  range,
  said,
  signers,
  wantedCertificate,
} from '../verdict/words.ts'
import type { ComparisonRow } from './comparison-row.ts'
import { sentenceList } from './text.ts'

const OUTCOMES: Readonly<Record<Expectation['outcome'], string>> = {
  delivered: 'delivered: accepted by the origin, and reported as delivered',
  refused: 'refused by the dispatcher, which sends no request',
  rejected: 'turned away, and not reported as delivered',
  undelivered: 'not accepted, and not reported as delivered',
}

function counted(
  what: string,
  noun: string,
  wanted: Range,
  found: readonly Observation[],
): ComparisonRow {
  const amount = found.length
  const within = amount >= wanted.min && amount <= wanted.max
  return {
    what,
    expected: range(wanted, noun),
    seen: amount === 0 ? 'none' : count(amount, noun),
    mark: within ? 'agrees' : 'differs',
    // Too few leave nothing that one could point at.
    evidence: found.slice(wanted.max),
  }
}

/** How many of something are right is not judged where nobody knows how many events were sent. */
function countedRow(
  { witnesses, expect }: DeliverySeen,
  what: string,
  noun: 'request' | 'connection',
  found: readonly Observation[],
): readonly ComparisonRow[] {
  const wanted = noun === 'request' ? expect.requests : expect.connections
  const judged = witnesses === 'both' || wanted.max === 0
  return judged ? [counted(what, noun, wanted, found)] : []
}

function outcomeRow(seen: DeliverySeen): ComparisonRow {
  const taken = accepted(seen.endpoint).length
  const account =
    seen.reply !== null
      ? said(seen.reply)
      : seen.configRefusal !== null
        ? 'the adapter refused the configuration'
        : seen.witnesses === 'both'
          ? 'the adapter gave no account'
          : 'the dispatcher was not heard'
  const heard = seen.reply?.disposition === 'delivered' || seen.witnesses === 'endpoint-only'
  const delivered = taken > 0 && heard
  const untouched = taken === 0 && seen.reply?.disposition !== 'delivered'
  const wanted = seen.expect.outcome === 'delivered'
  const agrees = wanted ? delivered : untouched
  const misreported = seen.reply !== null && (seen.reply.disposition === 'delivered') !== wanted
  return {
    what: 'Outcome',
    expected: OUTCOMES[seen.expect.outcome],
    seen: `${taken === 0 ? 'nothing accepted' : count(taken, 'accepted request')}; ${account}`,
    mark: agrees ? 'agrees' : 'differs',
    evidence: [...(wanted ? [] : accepted(seen.endpoint)), ...(misreported ? [seen.reply] : [])],
  }
}

function reasonRow(seen: DeliverySeen): readonly ComparisonRow[] {
  const { reasons } = seen.expect
  if (reasons.length === 0 || seen.witnesses === 'endpoint-only') return []
  const given = seen.reply !== null ? lastReason(seen.reply) : (seen.configRefusal?.reason ?? null)
  const right = given === null || given === 'unspecified' || reasons.some((one) => one === given)
  return [
    {
      what: 'Reason',
      expected: sentenceList(reasons, 'or'),
      seen: given ?? 'none given',
      mark: right ? 'agrees' : 'differs',
      evidence: right ? [] : [seen.reply ?? seen.configRefusal].filter((one) => one !== null),
    },
  ]
}

function certificateRow(
  what: string,
  wanted: string,
  found: readonly (Of<'handshake'> | Of<'token-request'>)[],
): readonly ComparisonRow[] {
  if (wanted === 'any') return []
  const names = new Set(found.map((one) => certificate(one.clientCertificate)))
  const wrong = found.filter((one) => nameOf(one.clientCertificate) !== wanted)
  return [
    {
      what,
      expected: wantedCertificate(wanted),
      seen: sentenceList([...names]) || 'no handshake was completed',
      mark: wrong.length === 0 ? 'agrees' : 'differs',
      evidence: wrong,
    },
  ]
}

/** As an expectation names it; null = a certificate that the harness did not issue. */
function nameOf(presented: PresentedCertificate): string | null {
  return presented.presented === 'none' ? 'none' : presented.name
}

function headersRow(seen: DeliverySeen): readonly ComparisonRow[] {
  const { absentHeaders } = seen.expect
  if (absentHeaders.length === 0) return []
  const has = (request: Of<'request'>, name: string) => Object.hasOwn(request.headers, name)
  const { requests } = seen.endpoint
  const found = absentHeaders.filter((name) => requests.some((one) => has(one, name)))
  return [
    {
      what: 'Headers',
      expected: `none of ${absentHeaders.join(', ')}`,
      seen: sentenceList(found) || 'none of them',
      mark: found.length === 0 ? 'agrees' : 'differs',
      evidence: requests.filter((one) => found.some((name) => has(one, name))),
    },
  ]
}

function signatureRow(seen: DeliverySeen): readonly ComparisonRow[] {
  if (seen.expect.signature === 'any') return []
  const requests = originRequests(seen.endpoint)
  const findings = requests.map((request) => request.signature)
  const unsound = requests.filter((request) => request.signature !== 'valid')
  return [
    {
      what: 'Signature',
      expected: 'valid',
      seen: sentenceList([...new Set(findings)]) || 'no request',
      mark: unsound.length === 0 ? 'agrees' : 'differs',
      evidence: unsound,
    },
  ]
}

function signersRow(seen: DeliverySeen): readonly ComparisonRow[] {
  const { signedWith } = seen.expect
  if (signedWith === 'any') return []
  const found = originRequests(seen.endpoint).map((request) => signers(request.signedWith))
  const wrong = wronglySigned(seen)
  return [
    {
      what: 'Signed with',
      expected: signers(signedWith),
      seen: sentenceList([...new Set(found)]) || 'no request',
      mark: wrong.length === 0 ? 'agrees' : 'differs',
      evidence: wrong,
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
      evidence: [],
    },
  ]
}

/** Expected against seen of one delivery. Pure. */
export function deliveryRows(seen: DeliverySeen): readonly ComparisonRow[] {
  const { expect, endpoint, elsewhere, tokenRequests } = seen
  const strays = elsewhere.opened
  const token = expect.token
  return [
    outcomeRow(seen),
    ...reasonRow(seen),
    ...attemptRow(seen),
    ...certificateRow('Client certificate', expect.clientCertificate, endpoint.handshakes),
    ...countedRow(seen, 'At the origin', 'request', originRequests(endpoint)),
    ...countedRow(seen, 'At the endpoint', 'connection', endpoint.opened),
    ...(token === null
      ? []
      : [
          counted('At the token server', 'request', token.requests, tokenRequests),
          ...certificateRow('Certificate for the token', token.clientCertificate, tokenRequests),
        ]),
    ...(strays.length === 0 && expect.elsewhere.max === 0
      ? []
      : [counted('Elsewhere', 'connection', expect.elsewhere, strays)]),
    ...headersRow(seen),
    ...signatureRow(seen),
    ...signersRow(seen),
  ]
}
