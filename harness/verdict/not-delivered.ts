import { account, endpointAccount } from './account.ts'
import type { DeliverySeen } from './delivery.ts'
import {
  accepted,
  attempted,
  enoughConnections,
  givenReason,
  leakedBytes,
  rightHeaders,
  noResumption,
  noStorm,
  nothingElsewhere,
  nothingInPlaintext,
  originRequests,
  requestCount,
  rightCertificate,
  rightReason,
  tokenAsExpected,
} from './checks.ts'
import { attemptsAsExpected } from './attempts.ts'
import { signaturesAsExpected } from './signatures.ts'
import { answerTaken, tlsAsExpected } from './tls-checks.ts'
import { FINE, failed, firstProblem, inconclusive, type Finding } from './finding.ts'
import { certificate, count, said } from './words.ts'

/** No decrypted byte of a request, at an endpoint that had to be refused (decision 4). */
function noLeak(seen: DeliverySeen): Finding {
  const requests = seen.endpoint.requests.length
  const bytes = leakedBytes(seen.endpoint)
  if (requests === 0 && bytes === 0) return FINE
  const shown = seen.endpoint.plaintext.length > 0 ? ' in plaintext' : ''
  return failed(
    'leak',
    'no byte of a request at an endpoint that has to be refused',
    requests > 0
      ? `${count(requests, 'request')} reached it${shown}; ${account(seen)}`
      : `${count(bytes, 'byte')} of a request reached it${shown}; ${account(seen)}`,
  )
}

/** Silence of the terminator is no proof that nothing was sent. */
function allAccountedFor(seen: DeliverySeen): Finding {
  const counted = new Set(
    seen.endpoint.closed.filter((one) => one.decryptedBytes !== null).map((one) => one.connection),
  )
  const unknown = seen.endpoint.opened.find((one) => !counted.has(one.connection))
  if (unknown === undefined) return FINE
  return inconclusive(
    'harness',
    `the endpoint does not say whether connection ${unknown.connection} carried a byte of a request`,
  )
}

/** The dispatcher may not call it delivered when the origin accepted nothing. */
function notCalledDelivered(seen: DeliverySeen): Finding {
  if (seen.configRefusal !== null) {
    const requests = originRequests(seen.endpoint)
    if (requests.length === 0) return FINE
    return failed(
      'contradiction',
      'nothing sent to a target whose configuration was refused',
      `${count(requests.length, 'request')} reached the origin; ${account(seen)}`,
    )
  }
  if (seen.witnesses === 'endpoint-only') return FINE
  if (seen.reply === null) return inconclusive('adapter', 'the adapter did not reply')
  if (seen.reply.disposition !== 'delivered') return FINE
  return failed(
    'contradiction',
    'a failure reported as a failure',
    `${said(seen.reply)}, but ${endpointAccount(seen)}`,
  )
}

/** Proof that the dispatcher tried, or leave not to, which only counts where it can say so. */
function attemptProven(seen: DeliverySeen): Finding {
  if (attempted(seen) === 'attempted') return FINE
  if (seen.expect.attempt === 'optional' && seen.witnesses === 'both') return FINE
  return inconclusive(
    'no-attempt',
    `no ClientHello arrived, so that nothing was refused: ${account(seen)}`,
  )
}

/** A failed where it was the dispatcher that refused: right, but told less well. */
function saidFailed(seen: DeliverySeen): Finding {
  if (seen.reply?.disposition !== 'failed') return FINE
  return {
    finding: 'fine',
    grade: 'strict',
    advisories: [
      {
        code: 'said-failed',
        reason: null,
        text: 'The dispatcher itself refused, but said failed, which means that the peer or the network did.',
      },
    ],
  }
}

/** The endpoint must not have accepted what it had to turn away. */
function notAccepted(seen: DeliverySeen): Finding {
  const took = accepted(seen.endpoint)[0]
  if (took === undefined) return FINE
  const handshake = seen.endpoint.handshakes.find((one) => one.connection === took.connection)
  const shown = handshake === undefined ? '' : `, shown ${certificate(handshake.clientCertificate)}`
  return failed(
    seen.expect.requests.max === 0 ? 'leak' : 'unmet',
    'an event that is not accepted',
    `the origin answered ${took.answered}${shown}; ${account(seen)}`,
  )
}

/** What holds whatever did not deliver the event. */
function common(seen: DeliverySeen): readonly (() => Finding)[] {
  return [
    () => tokenAsExpected(seen),
    () => noStorm(seen),
    () => enoughConnections(seen),
    () => rightHeaders(seen),
    () => signaturesAsExpected(seen),
    () => attemptsAsExpected(seen),
    () => tlsAsExpected(seen),
    () => answerTaken(seen),
    () => rightReason(seen, givenReason(seen)),
  ]
}

/** Judges a delivery that the dispatcher itself must refuse. */
export function judgeRefused(seen: DeliverySeen): Finding {
  return firstProblem([
    () => noLeak(seen),
    () => nothingInPlaintext(seen),
    () => nothingElsewhere(seen),
    () => notCalledDelivered(seen),
    () => allAccountedFor(seen),
    () => noResumption(seen),
    () => attemptProven(seen),
    ...common(seen),
    () => saidFailed(seen),
  ])
}

/** Judges a delivery that the endpoint turns away for the dispatcher's certificate or request. */
export function judgeRejected(seen: DeliverySeen): Finding {
  return firstProblem([
    () => nothingInPlaintext(seen),
    () => nothingElsewhere(seen),
    () => rightCertificate(seen),
    () => notAccepted(seen),
    () => notCalledDelivered(seen),
    () => noResumption(seen),
    () => attemptProven(seen),
    () => requestCount(seen),
    ...common(seen),
  ])
}

/** Judges a delivery that must not succeed, whoever decides. */
export function judgeUndelivered(seen: DeliverySeen): Finding {
  return judgeRejected(seen)
}
