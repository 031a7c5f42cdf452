import { printable } from '../printable.ts'
import { connectionAt, numberOfPort } from './connection-address.ts'
import { jsonFields, type JsonFields } from './json-fields.ts'
import type { ClientFinding, LogPart, RequestPart } from './log-part.ts'
import { certificateFromBase64, certificatesFromBase64 } from './read-certificate.ts'
import { alertForCode, becauseOf } from './verify-code.ts'

const OTHER: LogPart = { part: 'other' }

/** How HAProxy prints a value that there is none of. */
const NOTHING = '-'

/** OpenSSL's number for its SSL library, in the upper bits of an error code. */
const LIBRARY_SSL = 20

/** SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE. */
const REASON_NO_CERTIFICATE = 199

/** Reasons from here on are alerts that the peer sent: 1048 is alert 48. */
const REASON_ALERT = 1000

/**
 * Reads one line of HAProxy's log, of the formats in haproxy/ or its own notices.
 *
 * A line that is not understood is `other`; a line of our own format that is damaged is a `fault`.
 */
export function readHaproxyLine(line: string): LogPart {
  return line.startsWith('{') ? readJson(line) : readNotice(line)
}

function readNotice(line: string): LogPart {
  const [, level, message] = /^\[(\w+)\]\s+\(\d+\) : (.*)$/s.exec(line) ?? []
  if (level === 'NOTICE' && message?.startsWith('Loading success') === true) {
    return { part: 'ready' }
  }
  if (level !== 'ALERT' || message === undefined) return OTHER
  // A worker that ends because a newer one took over.
  if (/exited with code (0|143) /.test(message)) return OTHER
  const about = /exited with code /.test(message) ? 'terminator' : 'configuration'
  return { part: 'fault', about, detail: `HAProxy says: ${quoted(message)}` }
}

function readJson(line: string): LogPart {
  const fields = jsonFields(line)
  try {
    if (fields === null) throw new TypeError('it is no JSON object')
    const connection = connectionAt(fields.text('connection'))
    if (connection === null) return OTHER
    switch (fields.text('log')) {
      case 'tcp':
        return readEnd(fields, connection)
      case 'passed-on':
      case 'passed-on-silently':
        return readPassedOn(fields, connection)
      case 'http':
        return readRequest(fields, connection)
      case 'bytes':
        return readBytes(fields, connection)
      case 'handshake':
        return readFailure(fields, connection)
      default:
        return OTHER
    }
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    const detail = `HAProxy logged a damaged line (${error.message}): ${quoted(line)}`
    return { part: 'fault', about: 'line', detail }
  }
}

function readEnd(fields: JsonFields, connection: number): LogPart {
  const slot = Number(fields.text('slot'))
  if (fields.text('state').startsWith('SC')) return unreachable(fields, `its slot ${slot}`)
  const received = fields.number('received')
  return { part: 'ended', connection, slot, received, sent: fields.number('sent') }
}

function readPassedOn(fields: JsonFields, connection: number): LogPart {
  const slot = Number(fields.text('slot'))
  if (fields.text('state').startsWith('SC')) {
    return unreachable(fields, `the endpoint behind its slot ${slot}`)
  }
  // Else a header tells the endpoint whose connection it is.
  if (fields.text('log') === 'passed-on') return OTHER
  // The dispatcher was gone before the endpoint behind was reached: no line of it is about this connection.
  if (fields.text('port') === '-' && fields.text('state') !== '--') return OTHER
  const knownAs = numberOfPort(Number(fields.text('port')))
  if (knownAs === null) throw new TypeError('"port" is none that a connection is made from')
  return { part: 'passed-on', connection, slot, knownAs }
}

/** As nginx does, it names the client whose connection it is about. */
function unreachable(fields: JsonFields, what: string): LogPart {
  const client = fields.text('connection')
  const detail = `HAProxy could not reach ${what}, client: ${client}`
  return { part: 'fault', about: 'connection', detail }
}

/** What both kinds of line say about the request. */
function requestRead(fields: JsonFields) {
  return {
    method: printable(valueOf(fields, 'method'), 40),
    path: printable(valueOf(fields, 'uri'), 400),
    headerNames: printable(valueOf(fields, 'headers'), 4000).split(',').filter(Boolean),
    bytes: fields.number('length'),
  } as const satisfies Partial<RequestPart>
}

/** What both kinds of line say about a handshake that was completed. */
function completedHandshake(fields: JsonFields, connection: number) {
  const certificate = certificateFromBase64(valueOf(fields, 'certificate'))
  return {
    connection,
    slot: Number(fields.text('slot')),
    protocol: fields.text('protocol'),
    cipher: fields.text('cipher'),
    alpn: valueOf(fields, 'alpn') || null,
    session: fields.text('resumed') === '1' ? 'resumed' : 'full',
    client: certificate === null ? { found: 'none' } : findingOf(fields.number('verify')),
    certificate,
    others: certificatesFromBase64(valueOf(fields, 'chain')),
  } as const satisfies Partial<RequestPart>
}

function readRequest(fields: JsonFields, connection: number): LogPart {
  return {
    part: 'request',
    ...completedHandshake(fields, connection),
    ...requestRead(fields),
    answered: Math.max(0, fields.number('status')),
    // The first letter says who ended it; with these HAProxy answers in the origin's place.
    by: /^[PSL]/.test(fields.text('state')) ? 'terminator' : 'origin',
    durationMs: fields.number('duration'),
  }
}

/**
 * A connection whose octets were passed on as they are, so that only the origin knows what they say; or
 * one that was turned away when a request had been read.
 */
function readBytes(fields: JsonFields, connection: number): LogPart {
  const answered = valueOf(fields, 'answered')
  return {
    part: 'request',
    ...completedHandshake(fields, connection),
    ...requestRead(fields),
    answered: Number(answered),
    by: answered === '' ? 'origin' : 'terminator',
    durationMs: Math.max(0, fields.number('duration') - fields.number('handshake')),
  }
}

/**
 * A line of `error-log-format`. With `Success` for an error the handshake was completed and what came
 * then was no whole request head; HAProxy answered 400 and does not say how many bytes it had read.
 */
function readFailure(fields: JsonFields, connection: number): LogPart {
  if (fields.text('error') === 'Success') {
    return {
      part: 'request',
      ...completedHandshake(fields, connection),
      method: '',
      path: '',
      headerNames: null,
      bytes: null,
      answered: 400,
      by: 'terminator',
      durationMs: 0,
    }
  }
  const tlsCode = fields.number('tls_code')
  const isFromSsl = tlsCode >>> 23 === LIBRARY_SSL
  const reason = isFromSsl ? tlsCode & 0x7fffff : 0
  // The end entity's code, or that of the CA certificate at which the path broke.
  const code = fields.number('verify') || fields.number('ca_verify')
  const alert = reason >= REASON_ALERT ? reason - REASON_ALERT : null
  const isMissing = reason === REASON_NO_CERTIFICATE
  const tlsError = valueOf(fields, 'tls_error')
  return {
    part: 'handshake-failed',
    connection,
    slot: Number(fields.text('slot')),
    error: quoted([fields.text('error'), tlsError].filter(Boolean).join(': ')),
    alertFromDispatcher: alert,
    alertFromEndpoint: isMissing
      ? alertForMissing(fields.text('protocol'))
      : code === 0
        ? null
        : alertForCode(code),
    client: isMissing ? { found: 'none' } : code === 0 ? null : findingOf(code),
    certificate: certificateFromBase64(valueOf(fields, 'certificate')),
  }
}

/** certificate_required exists since TLS 1.3 (RFC 8446 4.4.2.4); before, it is handshake_failure. */
const alertForMissing = (protocol: string): number => (protocol === 'TLSv1.3' ? 116 : 40)

function findingOf(code: number): ClientFinding {
  if (code === 0) return { found: 'verified' }
  return { found: 'unverified', because: becauseOf(code), detail: `OpenSSL code ${code}` }
}

function valueOf(fields: JsonFields, name: string): string {
  const value = fields.text(name)
  return value === NOTHING ? '' : value
}

const quoted = (text: string): string => printable(text, 400)
