import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { isForwarding } from '../../endpoint/forwarded-certificate.ts'
import type { StartedOrigin } from '../../endpoint/origin.ts'
import { singleHeader, type DistinctHeaders } from '../../endpoint/request-headers.ts'
import type { Visit } from '../../endpoint/site.ts'
import { printable } from '../../observation/printable.ts'
import { presentedCertificate } from '../../observation/readers/read-certificate.ts'
import type { PresentedCertificate } from '../../observation/types.ts'
import type { TokenService } from '../../token-server/types.ts'
import { headersAsSent, proxyWordOf, type ProxyWord } from './proxy-word.ts'
import { isSecret } from './secret.ts'
import type { Claim, Target, Targets } from './targets.ts'

/** nginx passes on up to 32 KiB of the dispatcher's headers and adds a certificate. */
const HEADER_LIMIT = 96 * 1024

/** What the traffic port needs. */
export interface TrafficParts {
  readonly origin: StartedOrigin
  readonly tokenService: TokenService
  readonly targets: Targets
  /** What `Hookproof-Secret` must say; null = every request is taken for one of the proxies'. */
  readonly secret: string | null
}

/** The HTTP server behind nginx and HAProxy. It does not listen yet. */
export function createTrafficServer(parts: TrafficParts): Server {
  const server = createServer({ maxHeaderSize: HEADER_LIMIT }, (request, response) => {
    route(parts, request, response)
  })
  // Only proxies of ours connect; they keep their connections as long as they want.
  server.keepAliveTimeout = 0
  return server
}

function route(parts: TrafficParts, request: IncomingMessage, response: ServerResponse): void {
  const { targets, secret } = parts
  if (secret !== null && !isSecret(singleHeader(request, 'hookproof-secret'), secret)) {
    stray(parts, request, response, 'a request without the secret of nginx and HAProxy')
    return
  }
  const word = proxyWordOf(request)
  if (word === null) {
    stray(parts, request, response, 'a request without Hookproof-Slot')
    return
  }
  const claim = targets.claimOf(word.slot)
  if (claim === null) {
    const { slot, connection } = word
    const detail = `a request for slot ${slot} (connection ${connection}), which no site or realm has`
    stray(parts, request, response, detail)
    return
  }
  const { target } = claim
  if (word.certificate === 'unreadable') {
    fault(target, word, 'a client certificate that cannot be read')
  }
  let sent = headersAsSent(request, claim.loadBalancer)
  if (sent === null && target.kind === 'site') {
    fault(target, word, 'no Hookproof-Sent-Headers from its load balancer')
  }
  sent ??= {}
  const certificate = typeof word.certificate === 'string' ? null : word.certificate
  const arrived: Arrived = {
    connection: word.connection,
    presented: presentedCertificate(certificate, [], () => null),
    endEntity: certificate?.der ?? null,
    headersAsSent: sent,
  }
  serveTraffic(parts, request, response, arrived, claim)
}

/** What is known of the connection on which a request came. */
export interface Arrived {
  readonly connection: number
  readonly presented: PresentedCertificate
  /** DER; null = none, or only its thumbprint is known. */
  readonly endEntity: Buffer | null
  /** `as-read`: nobody on the way has changed a header. */
  readonly headersAsSent: DistinctHeaders | 'as-read'
}

/** Hands a request to the site or realm that has its slot. */
export function serveTraffic(
  { origin, tokenService, targets }: TrafficParts,
  request: IncomingMessage,
  response: ServerResponse,
  { connection, presented, endEntity, headersAsSent: sent }: Arrived,
  { target, loadBalancer }: Claim,
): void {
  target.sockets.add(request.socket)
  response.once('close', () => target.sockets.delete(request.socket))
  switch (target.kind) {
    case 'site': {
      const { site, listener } = target
      const arrival = { listener, connection, presented, endEntity }
      const visit: Visit = { site, arrival, way: wayOf(loadBalancer, sent) }
      origin.handle(request, response, visit)
      return
    }
    case 'realm':
      targets.arrived(request, { target, connection, presented })
      tokenService.handle(request, response, presented)
  }
}

/** A load balancer that strips leaves it to nginx behind it to say that there is no certificate. */
function wayOf(loadBalancer: Claim['loadBalancer'], sent: Arrived['headersAsSent']): Visit['way'] {
  if (sent === 'as-read') return { by: 'direct' }
  return isForwarding(loadBalancer)
    ? { by: 'load-balancer', mode: loadBalancer, headersAsSent: sent }
    : { by: 'direct', headersAsSent: sent }
}

function fault(target: Target, { slot, connection }: ProxyWord, what: string): void {
  const detail = `slot ${slot} passed on ${what} (connection ${connection})`
  target.book.record({ kind: 'harness-fault', detail })
}

function stray(
  { targets }: TrafficParts,
  request: IncomingMessage,
  response: ServerResponse,
  what: string,
): void {
  const { remoteAddress = 'somewhere' } = request.socket
  const line = printable(`${request.method ?? ''} ${request.url ?? ''}`, 100)
  const detail = `the traffic port got ${what}, from ${remoteAddress}: ${line}`
  targets.strays.record({ kind: 'harness-fault', detail })
  response.writeHead(404, { connection: 'close', 'content-length': 0 }).end()
}
