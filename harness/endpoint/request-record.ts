import type { IncomingMessage } from 'node:http'
import type { Seeing } from '../observation/ledger.ts'
import { printable } from '../observation/printable.ts'
import type { BearerFinding, SignatureFinding } from '../observation/types.ts'
import { digestOf, eventIdIn, type RequestBody } from './request-body.ts'
import { headersForLedger, type DistinctHeaders } from './request-headers.ts'
import type { Arrival } from './serve.ts'

/** What the one who answered adds to what the request shows. */
export interface RequestFindings {
  readonly bearer: BearerFinding
  readonly signature: SignatureFinding
  readonly signedWith: readonly string[]
  /** Status that is answered; 0 = closed or stalled without one. */
  readonly answered: number
  readonly by: 'terminator' | 'origin'
  /** What the dispatcher sent, where a load balancer has changed it since. */
  readonly headersAsSent: DistinctHeaders | null
}

/** A request as an observation. */
export function requestSeen(
  request: IncomingMessage,
  body: RequestBody,
  arrival: Pick<Arrival, 'listener' | 'connection'>,
  findings: RequestFindings,
): Seeing {
  return {
    kind: 'request',
    listener: arrival.listener,
    connection: arrival.connection,
    method: printable(request.method ?? '', 40),
    path: printable(request.url ?? '', 400),
    headers: findings.headersAsSent ?? headersForLedger(request),
    bodyBytes: body.bytes.length,
    bodySha256: digestOf(body.bytes),
    eventId: eventIdIn(body.bytes),
    bearer: findings.bearer,
    signature: findings.signature,
    signedWith: findings.signedWith,
    answered: findings.answered,
    by: findings.by,
  }
}
