import { printable } from '../printable.ts'
import { connectionAt } from './connection-address.ts'
import { jsonFields, type JsonFields } from './json-fields.ts'
import type { ClientFinding, LogPart, RejectedBecause } from './log-part.ts'
import { certificateFromEscapedPem } from './read-certificate.ts'

const OTHER: LogPart = { part: 'other' }

/** `2026/11/22 13:10:30 [info] 6#6: *104 message` */
const ERROR_LINE = /^\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d \[(\w+)\] \d+#\d+: (?:\*\d+ )?(.*)$/s

/**
 * What nginx says about a connection that has no request. The end is anchored: a line that quotes a
 * request ends in a quotation mark, so that no dispatcher can write one of these.
 */
const ABOUT_CONNECTION =
  /^(.*?)(?: while (SSL handshaking|waiting for request))?, client: ([\d.]+), server: [\d.]+:(\d+)$/s

/** Our own mistakes: a worker with them would give every scenario of the slot the wrong answer. */
const FAULT =
  /SSL_(?:CTX_)?use_\w+\(.*\) failed|cannot load certificate|while connecting to upstream/

/**
 * Reads one line of nginx's log, of either format in nginx/ or of its error log.
 *
 * A request that nginx turned away was read by the `terminator`. A line that is not understood is
 * `other`; a line of our own format that is damaged is a `fault`.
 */
export function readNginxLine(line: string): LogPart {
  return line.startsWith('{') ? readJson(line) : readError(line)
}

/** An answer without a status line, which nginx takes for HTTP/0.9, has the status 009: no number of JSON's. */
const HTTP_0_9 = /"status":009,/

function readJson(line: string): LogPart {
  const fields = jsonFields(line.replace(HTTP_0_9, '"status":0,'))
  try {
    if (fields === null) throw new TypeError('it is no JSON object')
    const connection = connectionAt(fields.text('connection'))
    const slot = Number(fields.text('slot'))
    // A connection that sent no PROXY header of ours, for example a port scanner's.
    if (connection === null || !Number.isInteger(slot)) return OTHER
    switch (fields.text('log')) {
      case 'stream':
        return readEnd(fields, connection, slot)
      case 'http':
        return readRequest(fields, connection, slot)
      default:
        return OTHER
    }
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    return {
      part: 'fault',
      about: 'line',
      detail: `nginx logged a damaged line (${error.message}): ${quoted(line)}`,
    }
  }
}

function readEnd(fields: JsonFields, connection: number, slot: number): LogPart {
  if (fields.number('status') === 502) {
    // As in nginx's own words, the client is named whose connection it is about.
    const client = fields.text('connection')
    const detail = `nginx could not reach its slot ${slot}, client: ${client}`
    return { part: 'fault', about: 'connection', detail }
  }
  const [received, sent] = [fields.number('received'), fields.number('sent')]
  return { part: 'ended', connection, slot, received, sent }
}

function readRequest(fields: JsonFields, connection: number, slot: number): LogPart {
  const protocol = fields.text('protocol')
  const status = fields.number('status')
  return {
    part: 'request',
    connection,
    slot,
    protocol: protocol === '' ? null : protocol,
    cipher: fields.text('cipher'),
    alpn: fields.text('alpn') || null,
    session: fields.text('resumed') === 'r' ? 'resumed' : 'full',
    client: findingOf(fields.text('verify')),
    certificate: certificateFromEscapedPem(fields.text('certificate')),
    others: [],
    method: printable(fields.text('method'), 40),
    path: printable(fields.text('uri'), 400),
    headerNames: null,
    bytes: fields.number('length'),
    // 444 is nginx's word for a close without an answer, 499 for a dispatcher that did not wait.
    answered: status === 444 || status === 499 ? 0 : status,
    by: fields.text('upstream_status') === '' ? 'terminator' : 'origin',
    durationMs: fields.number('duration') * 1000,
  }
}

/** Reads `$ssl_client_verify`: `SUCCESS`, `NONE`, `FAILED:<OpenSSL's words>`, empty without TLS. */
function findingOf(verify: string): ClientFinding {
  if (verify === 'SUCCESS') return { found: 'verified' }
  if (!verify.startsWith('FAILED:')) return { found: 'none' }
  const detail = verify.slice('FAILED:'.length)
  return { found: 'unverified', because: becauseOfWords(detail), detail }
}

function becauseOfWords(words: string): RejectedBecause {
  switch (words) {
    case 'certificate has expired':
      return 'expired'
    case 'certificate is not yet valid':
      return 'not-yet-valid'
    case 'certificate revoked':
      return 'revoked'
    // OpenSSL 3 and OpenSSL 1.1.1
    case 'unsuitable certificate purpose':
    case 'unsupported certificate purpose':
      return 'wrong-usage'
    default:
      return 'untrusted'
  }
}

function readError(line: string): LogPart {
  const [, level, message] = ERROR_LINE.exec(line) ?? []
  if (level === undefined || message === undefined) return OTHER
  if (level === 'notice' && /^start worker process \d+$/.test(message)) return { part: 'ready' }
  const detail = `nginx says: ${quoted(message)}`
  if (level === 'emerg') return { part: 'fault', about: 'configuration', detail }
  if (level === 'alert' && /^worker process \d+ exited on signal /.test(message)) {
    return { part: 'fault', about: 'terminator', detail }
  }
  if (level !== 'info' && FAULT.test(message)) return { part: 'fault', about: 'connection', detail }
  const [, error, moment, address, port] = ABOUT_CONNECTION.exec(message) ?? []
  const connection = connectionAt(address ?? '')
  if (error === undefined || moment === undefined || connection === null) return OTHER
  const slot = Number(port)
  const alert = /SSL alert number (\d+)\)$/.exec(error)?.[1]
  const alertFromDispatcher = alert === undefined ? null : Number(alert)
  if (moment === 'waiting for request') {
    // Left over from a client certificate whose signature is damaged; the request still comes.
    if (error.startsWith('ignoring stale')) return OTHER
    return { part: 'closed-before-request', connection, slot, alertFromDispatcher }
  }
  return {
    part: 'handshake-failed',
    connection,
    slot,
    error: quoted(error),
    alertFromDispatcher,
    alertFromEndpoint: null,
    client: null,
    certificate: null,
  }
}

const quoted = (text: string): string => printable(text, 400)
