import type { DeliverySeen, Of } from './delivery.ts'
import { account, endpointAccount } from './account.ts'
import {
  accepted,
  attempted,
  givenReason,
  rightHeaders,
  noResumption,
  noStorm,
  nothingElsewhere,
  nothingInPlaintext,
  requestCount,
  rightCertificate,
  tokenAsExpected,
} from './checks.ts'
import { attemptsAsExpected } from './attempts.ts'
import { signaturesAsExpected } from './signatures.ts'
import { answerTaken, tlsAsExpected } from './tls-checks.ts'
import { FINE, failed, firstProblem, inconclusive, type Finding } from './finding.ts'
import { lastReason, said } from './words.ts'

const DELIVERED = 'the event at the origin, accepted, and the dispatcher saying so'

/** Reasons that an environment gives, not the dispatcher's own decision about this endpoint. */
const ENVIRONMENT = ['policy.blocked', 'net.dns', 'net.refused', 'unspecified']

function notDelivered(seen: DeliverySeen): Finding {
  const given = givenReason(seen)
  const decided = given !== null && !ENVIRONMENT.includes(given)
  if (attempted(seen) === 'not-attempted' && !decided) {
    return inconclusive('no-attempt', `no ClientHello arrived, and ${account(seen)}`)
  }
  return failed('not-delivered', DELIVERED, `${endpointAccount(seen)}; ${account(seen)}`)
}

/** Both witnesses must agree that the event was delivered (ARCHITECTURE, decision 3). */
function agreement(seen: DeliverySeen): Finding {
  const took = accepted(seen.endpoint)
  if (seen.configRefusal !== null) {
    return failed('not-delivered', DELIVERED, account(seen))
  }
  if (seen.witnesses === 'endpoint-only') return took.length > 0 ? FINE : notDelivered(seen)
  if (seen.reply === null) return inconclusive('adapter', 'the adapter did not reply')
  if (seen.reply.disposition === 'delivered') {
    if (took.length > 0) return FINE
    return failed('contradiction', DELIVERED, `${said(seen.reply)}, but ${endpointAccount(seen)}`)
  }
  if (took.length === 0) return notDelivered(seen)
  return failed(
    'contradiction',
    DELIVERED,
    `the origin accepted the event, but the adapter said ${seen.reply.disposition} (${lastReason(seen.reply) ?? 'no reason'})`,
  )
}

function intact(seen: DeliverySeen): Finding {
  const reply = seen.reply
  if (reply === null) return FINE
  const changed = accepted(seen.endpoint).find((request) => !carries(request, reply))
  if (changed === undefined) return FINE
  return failed(
    'unmet',
    reply.payload === 'verbatim'
      ? `the event's body, byte for byte`
      : `a body that contains the event's id`,
    `connection ${changed.connection} carried a body of ${changed.bodyBytes} bytes that is another one`,
  )
}

function carries(request: Of<'request'>, reply: Of<'reply'>): boolean {
  return reply.payload === 'verbatim'
    ? request.bodySha256 === reply.eventSha256
    : request.eventId === reply.eventId
}

/** Judges a delivery that must arrive. */
export function judgeDelivered(seen: DeliverySeen): Finding {
  return firstProblem([
    () => nothingInPlaintext(seen),
    () => noResumption(seen),
    () => nothingElsewhere(seen),
    () => agreement(seen),
    () => rightCertificate(seen),
    () => intact(seen),
    () => requestCount(seen),
    () => tokenAsExpected(seen),
    () => noStorm(seen),
    () => rightHeaders(seen),
    () => signaturesAsExpected(seen),
    () => attemptsAsExpected(seen),
    () => tlsAsExpected(seen),
    () => answerTaken(seen),
  ])
}
