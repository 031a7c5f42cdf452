import { FINE, failed, inconclusive, type Finding } from './finding.ts'
import type { Connections, DeliverySeen, Of } from './delivery.ts'
import { certificate, count, lastReason, range, wantedCertificate } from './words.ts'

/** Requests that the origin itself read; what a terminator turned away did not reach it. */
export function originRequests(connections: Connections): readonly Of<'request'>[] {
  return connections.requests.filter((request) => request.by === 'origin')
}

/** Requests that the origin accepted with a 2xx answer. */
export function accepted(connections: Connections): readonly Of<'request'>[] {
  return originRequests(connections).filter(
    (request) => request.answered >= 200 && request.answered < 300,
  )
}

/** Application bytes that terminators decrypted, and plaintext sent where TLS was due. */
export function leakedBytes(connections: Connections): number {
  const decrypted = connections.closed.reduce((sum, one) => sum + (one.decryptedBytes ?? 0), 0)
  return decrypted + connections.plaintext.length
}

/** The first line of an HTTP request, as far as the ledger quotes it. Other bytes may be a broken handshake. */
const REQUEST_LINE = /^[A-Z]{3,20} (?:\/|https?:|\*)/

/** No request without TLS, neither instead of the handshake nor after it failed (RFC 9325 3.2). */
export function nothingInPlaintext(seen: DeliverySeen): Finding {
  const begun = [seen.endpoint, seen.tokenServer, seen.elsewhere]
    .flatMap(({ plaintext }) => plaintext)
    .find(({ preview }) => REQUEST_LINE.test(preview))
  if (begun === undefined) return FINE
  return failed(
    'leak',
    'no request without TLS',
    `connection ${begun.connection} to the ${begun.listener} began with a request in plaintext`,
  )
}

/** Whether the dispatcher tried at all: a ClientHello (or plaintext) at any listener. */
export function attempted(seen: DeliverySeen): 'attempted' | 'not-attempted' {
  const tried = [seen.endpoint, seen.tokenServer].some(
    (listener) => listener.hellos.length + listener.plaintext.length + listener.requests.length > 0,
  )
  return tried ? 'attempted' : 'not-attempted'
}

/** A resumed session skips the checks that a scenario is about. */
export function noResumption(seen: DeliverySeen): Finding {
  if (seen.expect.resumption === 'allowed') return FINE
  const resumed = seen.endpoint.handshakes.find((one) => one.session === 'resumed')
  if (resumed === undefined) return FINE
  return inconclusive(
    'resumed',
    `connection ${resumed.connection} resumed an earlier TLS session, so that certificates were not looked at`,
  )
}

/** More connections than allowed, a storm. */
export function noStorm(seen: DeliverySeen): Finding {
  // Nobody knows how many events were sent, nor what the dispatcher does about retries.
  if (seen.witnesses === 'endpoint-only') return FINE
  const opened = seen.endpoint.opened.length
  const { connections } = seen.expect
  if (opened <= connections.max) return FINE
  return failed(
    'storm',
    `${range(connections, 'connection')} to the endpoint`,
    `it opened ${opened}`,
  )
}

/** Fewer connections than required: something was given up that had to be tried again. */
export function enoughConnections(seen: DeliverySeen): Finding {
  const opened = seen.endpoint.opened.length
  const { connections } = seen.expect
  // Where there was no attempt at all, that is judged elsewhere.
  if (opened === 0 || opened >= connections.min) return FINE
  return failed(
    'unmet',
    `${range(connections, 'connection')} to the endpoint`,
    `it opened ${opened}`,
  )
}

/** Nothing may have been sent where a redirect or a fallback leads. */
export function nothingElsewhere(seen: DeliverySeen): Finding {
  const opened = seen.elsewhere.opened.length
  if (opened <= seen.expect.elsewhere.max) return FINE
  const shown = seen.elsewhere.handshakes.find(
    (one) => one.clientCertificate.presented === 'certificate',
  )
  const what = shown === undefined ? '' : `, showing ${certificate(shown.clientCertificate)} there`
  return failed(
    'leak',
    `${range(seen.expect.elsewhere, 'connection')} to another origin`,
    `it opened ${opened}${what}`,
  )
}

/** How many requests reached the origin. */
export function requestCount(seen: DeliverySeen): Finding {
  const requests = originRequests(seen.endpoint)
  const wanted = seen.expect.requests
  if (requests.length >= wanted.min && requests.length <= wanted.max) return FINE
  // A second event is no second attempt at the first, and nobody can tell which it is.
  if (seen.witnesses === 'endpoint-only' && wanted.max > 0 && requests.length > wanted.max) {
    return FINE
  }
  const sentence = `${count(requests.length, 'request')} reached it`
  if (requests.length < wanted.min) {
    return failed('unmet', `${range(wanted, 'request')} at the origin`, sentence)
  }
  return failed(
    wanted.max === 0 ? 'leak' : 'storm',
    `${range(wanted, 'request')} at the origin`,
    sentence,
  )
}

/**
 * Which certificate the endpoint was shown, on every handshake of the delivery, those included that it
 * ended for that certificate.
 */
export function rightCertificate(seen: DeliverySeen): Finding {
  const wanted = seen.expect.clientCertificate
  if (wanted === 'any') return FINE
  const { handshakes, failures } = seen.endpoint
  const shown = [...handshakes, ...failures].flatMap(({ connection, clientCertificate }) =>
    clientCertificate === null ? [] : [{ connection, clientCertificate }],
  )
  const wrong = shown.find(({ clientCertificate }) =>
    clientCertificate.presented === 'none' ? wanted !== 'none' : clientCertificate.name !== wanted,
  )
  if (wrong === undefined) return FINE
  return failed(
    'wrong-certificate',
    `${wantedCertificate(wanted)} shown to the endpoint`,
    `connection ${wrong.connection} showed ${certificate(wrong.clientCertificate)}`,
  )
}

/** What the token server saw. */
export function tokenAsExpected(seen: DeliverySeen): Finding {
  const wanted = seen.expect.token
  if (wanted === null) return FINE
  const { tokenRequests } = seen
  if (tokenRequests.length > wanted.requests.max || tokenRequests.length < wanted.requests.min) {
    const reason = tokenRequests.length > wanted.requests.max ? 'storm' : 'unmet'
    return failed(
      reason,
      range(wanted.requests, 'token request'),
      `the token server saw ${tokenRequests.length}`,
    )
  }
  const expectation = wanted.clientCertificate
  if (expectation === 'any') return FINE
  const wrong = tokenRequests.find(({ clientCertificate }) =>
    clientCertificate.presented === 'none'
      ? expectation !== 'none'
      : clientCertificate.name !== expectation,
  )
  if (wrong === undefined) return FINE
  return failed(
    'wrong-certificate',
    `${wantedCertificate(expectation)} shown to the token server`,
    `connection ${wrong.connection} showed ${certificate(wrong.clientCertificate)}`,
  )
}

/**
 * Headers that only a proxy may add must not come from the dispatcher (RFC 9440 4); others have to be
 * there, with one value.
 */
export function rightHeaders(seen: DeliverySeen): Finding {
  const { absentHeaders, requiredHeaders } = seen.expect
  for (const request of seen.endpoint.requests) {
    const forbidden = absentHeaders.find((name) => name in request.headers)
    if (forbidden !== undefined) {
      return failed(
        'unmet',
        `no ${forbidden} header from the dispatcher`,
        `the request on connection ${request.connection} carried one`,
      )
    }
  }
  for (const { headers, connection } of originRequests(seen.endpoint)) {
    for (const [name, value] of Object.entries(requiredHeaders)) {
      const given = headers[name] ?? []
      if (given.length === 1 && given[0] === value) continue
      return failed(
        'unmet',
        `the header ${name}: ${value}`,
        given.length === 0
          ? `the request on connection ${connection} carried none`
          : `the request on connection ${connection} carried ${given.join(', ')}`,
      )
    }
  }
  return FINE
}

/** The reason that was given, against the right ones; `unspecified` passes loosely. */
export function rightReason(seen: DeliverySeen, given: string | null): Finding {
  const { reasons } = seen.expect
  if (reasons.length === 0 || seen.witnesses === 'endpoint-only') return FINE
  if (given === null || given === 'unspecified') {
    return {
      finding: 'fine',
      grade: 'loose',
      advisories: [
        {
          code: 'loose-reason',
          reason: null,
          text: `The dispatcher could not say why; the reason is ${reasons.join(' or ')}.`,
        },
      ],
    }
  }
  if (reasons.some((reason) => reason === given)) return FINE
  return failed('wrong-reason', `the reason ${reasons.join(' or ')}`, `it gave ${given}`)
}

/** Gives the reply, or says that there was none. */
export function replied(seen: DeliverySeen): Of<'reply'> | Finding {
  return seen.reply ?? inconclusive('adapter', 'the adapter gave no reply to this delivery')
}

/** The reason in force: the reply's, else that of the refused configuration. */
export function givenReason(seen: DeliverySeen): string | null {
  if (seen.configRefusal !== null) return seen.configRefusal.reason
  return seen.reply === null ? null : lastReason(seen.reply)
}
