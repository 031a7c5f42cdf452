import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import type { Ledger } from '../observation/ledger.ts'
import type { ClientJudgement } from '../observation/types.ts'
import type { EndpointSetup, RejectMoment } from '../scenario/setup.ts'
import { closeGently } from './close-gently.ts'
import { BAD_CERTIFICATE_PAGE, nginxAnswer, NO_CERTIFICATE_PAGE } from './nginx-page.ts'
import { NO_BODY, readBody, type RequestBody } from './request-body.ts'
import { requestSeen } from './request-record.ts'
import type { Arrival } from './serve.ts'

/** The judgement that leads here. */
export type Rejection = Extract<ClientJudgement, { decision: 'rejected' }>

/** A connection whose client certificate was turned away. */
export interface RejectedConnection {
  readonly setup: EndpointSetup
  readonly rejection: Rejection
  readonly arrival: Arrival
  /** The TCP socket below TLS: only it can be reset. */
  readonly socket: Socket
  readonly ledger: Ledger
}

/**
 * Turns a connection away for which an alert was wanted that Node cannot send: a fault of the engine. All
 * other styles wait for a request, as nginx does.
 *
 * @returns `rejected`, or `needs-request`: hand the socket to HTTP, and each request to {@link rejectRequest}.
 */
export function rejectConnection({
  setup,
  socket,
  ledger,
  arrival,
  rejection,
}: RejectedConnection): 'rejected' | 'needs-request' {
  if (setup.rejectStyle !== 'alert') return 'needs-request'
  const detail = `${arrival.listener}: a client certificate is ${rejection.because}, and the embedded engine can send no alert for that`
  ledger.record({ kind: 'harness-fault', detail })
  socket.resetAndDestroy()
  return 'rejected'
}

/** Turns a request away: once its headers are there, or once its body is, as the setup says. */
export async function rejectRequest(
  request: IncomingMessage,
  rejected: RejectedConnection,
): Promise<void> {
  const { setup, arrival, ledger, socket } = rejected
  const body = await bodyUntil(setup.rejectMoment, request)
  const answers = setup.rejectStyle === 'http-400' && body.state !== 'cut-off'
  ledger.record(
    requestSeen(request, body, arrival, {
      bearer: 'none',
      signature: 'none',
      signedWith: [],
      answered: answers ? 400 : 0,
      by: 'terminator',
      headersAsSent: null,
    }),
  )
  if (setup.rejectStyle === 'reset') {
    socket.resetAndDestroy()
    return
  }
  if (answers) request.socket.write(nginxAnswer(400, pageFor(rejected.rejection), new Date()))
  request.resume()
  closeGently(request.socket)
}

async function bodyUntil(moment: RejectMoment, request: IncomingMessage): Promise<RequestBody> {
  switch (moment) {
    case 'after-handshake':
      return NO_BODY
    case 'after-body':
      return await readBody(request)
  }
}

function pageFor({ because }: Rejection): string {
  return because === 'none-presented' ? NO_CERTIFICATE_PAGE : BAD_CERTIFICATE_PAGE
}
