import { alertName } from '../../observation/alerts.ts'
import type { Seeing } from '../../observation/ledger.ts'
import type {
  ClientFinding,
  HandshakeFailedPart,
  LogPart,
  RequestPart,
} from '../../observation/readers/log-part.ts'
import {
  presentedCertificate,
  type ReadCertificate,
} from '../../observation/readers/read-certificate.ts'
import { digestOf } from '../../endpoint/request-body.ts'
import type { ClientJudgement, Listener } from '../../observation/types.ts'
import type { EndpointSetup } from '../../scenario/setup.ts'

/** What is known of a connection before a line about it is read. */
export interface ConnectionContext {
  readonly listener: Listener
  /** Its number in the ledger. */
  readonly connection: number
  readonly setup: EndpointSetup
  /** SHA-256 of the client certificates that {@link EndpointSetup.allowedClientCertificates} names, or null. */
  readonly allowed: readonly string[] | null
  readonly nameOf: (sha256: string) => string | null
}

/** What a line means for the ledger. */
export interface Meaning {
  /** Each with how long before the line it was, in milliseconds. */
  readonly seeings: readonly { readonly seeing: Seeing; readonly agoMs: number }[]
  /** Application bytes that the line tells of. */
  readonly bytes: number
  /** The origin was asked, and has written the request down itself. */
  readonly asked: 'origin' | 'nobody'
}

const NOTHING: Meaning = { seeings: [], bytes: 0, asked: 'nobody' }

const NO_BODY_SHA256 = digestOf(Buffer.alloc(0))

/**
 * Says what a terminator's line about a connection means, in the words of the embedded engine. Pure; a
 * handshake is told again with every request of its connection, and an alert may have been seen by the
 * wire before: the caller leaves out what is known.
 */
export function meaningOf(part: LogPart, context: ConnectionContext): Meaning {
  switch (part.part) {
    case 'request':
      return meaningOfRequest(part, context)
    case 'handshake-failed':
      return meaningOfFailure(part, context)
    case 'closed-before-request':
      return {
        ...NOTHING,
        seeings: alerts(part.alertFromDispatcher, null, context),
      }
    case 'ended':
    case 'passed-on':
    case 'ready':
    case 'fault':
    case 'other':
      return NOTHING
  }
}

function meaningOfRequest(part: RequestPart, context: ConnectionContext): Meaning {
  const { listener, connection } = context
  const agoMs = part.durationMs
  const judgement = judgementOf(part.client, part.certificate, context)
  const handshake: Seeing | null =
    part.protocol === null
      ? null
      : {
          kind: 'handshake',
          listener,
          connection,
          protocol: part.protocol,
          cipher: part.cipher,
          alpn: part.alpn,
          session: part.session,
          clientCertificate: presentedCertificate(part.certificate, part.others, context.nameOf),
          judgement,
        }
  const isTerminators = judgement.decision === 'rejected' || part.by === 'terminator'
  // What is not a request was answered with 400 and is told by its bytes alone.
  const request: Seeing | null =
    isTerminators && part.method !== ''
      ? {
          kind: 'request',
          listener,
          connection,
          method: part.method,
          path: part.path,
          headers: Object.fromEntries((part.headerNames ?? []).map((name) => [name, []])),
          bodyBytes: 0,
          bodySha256: NO_BODY_SHA256,
          eventId: null,
          bearer: 'none',
          signature: 'none',
          signedWith: [],
          answered: part.answered,
          by: 'terminator',
        }
      : null
  return {
    seeings: [
      ...(handshake === null ? [] : [{ seeing: handshake, agoMs }]),
      ...(request === null ? [] : [{ seeing: request, agoMs: 0 }]),
    ],
    // HAProxy read something that is no whole request head, and does not say how much of it.
    bytes: part.bytes ?? 1,
    asked: isTerminators || part.bytes === 0 ? 'nobody' : 'origin',
  }
}

function meaningOfFailure(part: HandshakeFailedPart, context: ConnectionContext): Meaning {
  const { listener, connection, nameOf } = context
  const seeing: Seeing = {
    kind: 'handshake-failed',
    listener,
    connection,
    error: part.error,
    clientCertificate:
      part.certificate === null && part.client?.found !== 'none'
        ? null
        : presentedCertificate(part.certificate, [], nameOf),
  }
  return {
    ...NOTHING,
    seeings: [
      ...alerts(part.alertFromDispatcher, part.alertFromEndpoint, context),
      { seeing, agoMs: 0 },
    ],
  }
}

function alerts(
  fromDispatcher: number | null,
  fromEndpoint: number | null,
  { listener, connection }: ConnectionContext,
): Meaning['seeings'] {
  const seen = [
    { from: 'dispatcher', number: fromDispatcher },
    { from: 'endpoint', number: fromEndpoint },
  ] as const
  return seen.flatMap(({ from, number }) =>
    number === null
      ? []
      : [
          {
            seeing: {
              kind: 'alert',
              listener,
              connection,
              from,
              number,
              description: alertName(number),
            } as const,
            agoMs: 0,
          },
        ],
  )
}

function judgementOf(
  client: ClientFinding,
  certificate: ReadCertificate | null,
  { setup, allowed }: ConnectionContext,
): ClientJudgement {
  if (setup.clientCertificate === 'not-requested') return { decision: 'not-asked' }
  const because = reasonToReject(client, certificate, setup, allowed)
  if (because === null) return { decision: 'accepted' }
  return { decision: 'rejected', because, style: setup.rejectStyle }
}

function reasonToReject(
  client: ClientFinding,
  certificate: ReadCertificate | null,
  setup: EndpointSetup,
  allowed: readonly string[] | null,
): string | null {
  if (certificate === null) {
    return setup.clientCertificate === 'required' ? 'none-presented' : null
  }
  if (allowed !== null) return allowed.includes(certificate.sha256) ? null : 'not-allowed'
  return client.found === 'unverified' ? client.because : null
}
