import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { OriginAnswer } from '../scenario/setup.ts'
import { closeGently } from './close-gently.ts'

/** Nothing that an HTTP parser takes for a status line. */
const GARBAGE = Buffer.from(
  '\x15\x03\x01\x00\x02\x02\x28 this is not HTTP \x00\xff\xfe\r\n\r\n',
  'latin1',
)

/** Where redirects lead. */
export interface RedirectTargets {
  /** The URL that the dispatcher was given. */
  readonly own: string
  /** URL of the second origin; null where the scenario has none. */
  readonly elsewhere: string | null
}

/** Status of an answer as the ledger has it: 0 = none. */
export function statusOf(answer: OriginAnswer): number {
  if (answer.kind === 'endless') return 500
  return answer.kind === 'status' || answer.kind === 'redirect' ? answer.status : 0
}

/** An answer that the origin gives of its own accord. */
export function plainAnswer(
  status: number,
  headers: Readonly<Record<string, string>> = {},
): OriginAnswer {
  return { kind: 'status', status, headers, body: '', delayMs: 0 }
}

/** Sends an answer whose delay is over. */
export function sendAnswer(
  answer: OriginAnswer,
  request: IncomingMessage,
  response: ServerResponse,
  targets: RedirectTargets,
): void {
  switch (answer.kind) {
    case 'status':
      response.writeHead(answer.status, answer.headers).end(answer.body)
      return
    case 'redirect':
      response.writeHead(answer.status, { location: locationOf(answer.location, targets) }).end()
      return
    case 'garbage':
      request.socket.write(GARBAGE)
      closeGently(request.socket)
      return
    case 'close':
      closeGently(request.socket)
      return
    case 'stall':
      return
    case 'truncated':
      cutOff(request.socket, `${TRUNCATED_HEAD}\r\n\r\n{`)
      return
    case 'truncated-head':
      cutOff(request.socket, TRUNCATED_HEAD)
      return
    case 'drip':
      drip(request.socket)
      return
    case 'endless':
      pourWithoutEnd(response)
  }
}

const TRUNCATED_HEAD = 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100'

function cutOff(socket: Duplex, bytes: string): void {
  socket.write(bytes)
  closeGently(socket)
}

/** An octet each time, so that the whole takes about three seconds. */
const DRIP_MS = 75

function drip(socket: Duplex): void {
  const bytes = Buffer.from('HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n').values()
  const timer = setInterval(() => {
    const next = bytes.next()
    if (next.done === true) {
      clearInterval(timer)
      closeGently(socket)
    } else socket.write(Buffer.of(next.value))
  }, DRIP_MS)
  socket.once('close', () => {
    clearInterval(timer)
  })
}

/** Octets each time: a dispatcher that stops at some point must be told from one that never does. */
const POURED = Buffer.alloc(64 * 1024, ' ')
const POUR_MS = 5

function pourWithoutEnd(response: ServerResponse): void {
  response.writeHead(500, { 'content-type': 'text/plain' })
  const timer = setInterval(() => {
    if (!response.writableNeedDrain) response.write(POURED)
  }, POUR_MS)
  response.once('close', () => {
    clearInterval(timer)
  })
}

function locationOf(
  location: Extract<OriginAnswer, { kind: 'redirect' }>['location'],
  { own, elsewhere }: RedirectTargets,
): string {
  switch (location) {
    case 'same':
      return `${own}/moved`
    case 'elsewhere':
      return elsewhere ?? own
    case 'plaintext':
      // The same port: what the dispatcher sends there in the clear shows on the wire as `not-tls`.
      return (elsewhere?.startsWith('http:') === true ? elsewhere : own).replace(/^https:/, 'http:')
  }
}

/** Waits, unless the connection ends before. */
export function waitOn(response: ServerResponse, ms: number): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer)
      response.off('close', done)
      resolve()
    }
    const timer = setTimeout(done, ms)
    response.once('close', done)
  })
}
