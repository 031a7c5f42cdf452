import { request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http'
import { connect, type Socket } from 'node:net'
import { pipeline } from 'node:stream'
import type { OpeningLoadBalancer } from '../scenario/setup.ts'
import { forwardingFields, isForwarding, REPLACED } from './forwarded-certificate.ts'
import { BAD_GATEWAY_PAGE } from './nginx-page.ts'
import type { StartedOrigin } from './origin.ts'
import { headersForLedger } from './request-headers.ts'
import type { Arrival } from './serve.ts'
import type { Site } from './site.ts'

/** Headers of one hop (RFC 9110 7.6.1), and `expect`, which the HTTP server has answered. */
const HOP_BY_HOP: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'expect',
])

/**
 * Passes a request on to the origin over a second hop, plain HTTP on loopback, and the answer back. Fields
 * in which only a load balancer may speak of a certificate are removed (RFC 9440 2.4); one that forwards
 * adds the true ones.
 */
export function passOn(
  request: IncomingMessage,
  response: ServerResponse,
  to: {
    readonly origin: StartedOrigin
    readonly site: Site
    readonly arrival: Arrival
    readonly mode: OpeningLoadBalancer
  },
): void {
  const { origin, site, arrival, mode } = to
  const headersAsSent = headersForLedger(request)
  const hop = connect({ host: '127.0.0.1', port: origin.port, noDelay: true })
  hop.once('error', () => {
    badGateway(request, response)
  })
  hop.once('connect', () => {
    const way = { by: 'load-balancer', mode, headersAsSent } as const
    origin.admit(hop.localPort ?? 0, { site, arrival, way })
    forward(request, response, hop, headersFor(request, mode, arrival))
  })
  response.once('close', () => hop.destroy())
}

function forward(
  request: IncomingMessage,
  response: ServerResponse,
  hop: Socket,
  headers: readonly string[],
): void {
  const upstream = httpRequest({
    createConnection: () => hop,
    method: request.method ?? 'GET',
    path: request.url ?? '/',
    headers: [...headers],
  })
  upstream.once('response', (answer) => {
    response.writeHead(
      answer.statusCode ?? 502,
      endToEnd(answer.rawHeaders, new Set()) as unknown as string[],
    )
    pipeline(answer, response, () => undefined)
  })
  upstream.once('error', () => {
    badGateway(request, response)
  })
  pipeline(request, upstream, () => undefined)
}

function badGateway(request: IncomingMessage, response: ServerResponse): void {
  request.resume()
  if (response.headersSent) {
    response.destroy()
    return
  }
  response.writeHead(502, { server: 'nginx', 'content-type': 'text/html', connection: 'close' })
  response.end(BAD_GATEWAY_PAGE)
}

/** What only a load balancer may say (RFC 9440 2.4). */
const OF_BALANCERS: ReadonlySet<string> = new Set(Object.values(REPLACED).flat())

/** Names and values in turn, in the order and spelling that they came in. */
function headersFor(
  request: IncomingMessage,
  mode: OpeningLoadBalancer,
  { endEntity }: Arrival,
): readonly string[] {
  const headers = endToEnd(request.rawHeaders, OF_BALANCERS)
  return isForwarding(mode) ? [...headers, ...forwardingFields(mode, endEntity)] : headers
}

function endToEnd(raw: readonly string[], without: ReadonlySet<string>): readonly string[] {
  const pairs: [string, string][] = []
  for (let index = 0; index + 1 < raw.length; index += 2) {
    pairs.push([raw[index] ?? '', raw[index + 1] ?? ''])
  }
  const named = pairs
    .filter(([name]) => name.toLowerCase() === 'connection')
    .flatMap(([, value]) => value.toLowerCase().split(/\s*,\s*/))
  const dropped = new Set([...HOP_BY_HOP, ...without, ...named])
  return pairs.filter(([name]) => !dropped.has(name.toLowerCase())).flat()
}
