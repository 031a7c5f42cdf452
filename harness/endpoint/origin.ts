import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import fastify, { type FastifyReply, type FastifyRequest } from 'fastify'
import { NO_BODY, readBody, type RequestBody } from './request-body.ts'
import type { Visit } from './site.ts'

/** What answers behind every slot. One an engine; scenarios have a site each. */
export interface StartedOrigin extends AsyncDisposable {
  /** Port of its plain HTTP listener on 127.0.0.1, for load balancers; 0 = it has none. */
  readonly port: number
  /** A request that a slot without a load balancer has read. */
  handle(request: IncomingMessage, response: ServerResponse, visit: Visit): void
  /** Announces a load balancer's connection from this local port, before its first byte. */
  admit(localPort: number, visit: Visit): void
}

/**
 * Starts the origin.
 *
 * @param listener - `none`: whoever reads requests hands them to `handle`. Default `loopback`.
 */
export async function startOrigin(
  listener: 'loopback' | 'none' = 'loopback',
): Promise<StartedOrigin> {
  const visits = new WeakMap<IncomingMessage, Visit>()
  const admitted = new Map<number, Visit>()
  const visitOf = (request: IncomingMessage): Visit | undefined =>
    visits.get(request) ?? admitted.get(request.socket.remotePort ?? 0)

  const answer = (request: FastifyRequest, reply: FastifyReply, body: RequestBody) => {
    reply.hijack()
    const visit = visitOf(request.raw)
    if (visit === undefined) request.raw.socket.destroy()
    else void visit.site.answer(request.raw, reply.raw, body, visit)
  }
  const app = fastify({
    logger: false,
    // Also what is not a path reaches the site, which says 404 and writes it down.
    frameworkErrors: (_error, request, reply) => {
      answer(request, reply, NO_BODY)
    },
  })
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', async (_request: FastifyRequest, payload: IncomingMessage) =>
    readBody(payload),
  )
  app.all('*', (request, reply) => {
    answer(request, reply, isRequestBody(request.body) ? request.body : NO_BODY)
  })
  app.setNotFoundHandler((request, reply) => {
    answer(request, reply, NO_BODY)
  })
  app.setErrorHandler((_error, request, reply) => {
    answer(request, reply, NO_BODY)
  })
  app.server.on('connection', (socket: Socket) => {
    const port = socket.remotePort
    socket.once('close', () => {
      if (port !== undefined) admitted.delete(port)
    })
  })
  if (listener === 'loopback') await app.listen({ host: '127.0.0.1', port: 0 })
  else await app.ready()
  const address = app.server.address()
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    handle(request, response, visit) {
      visits.set(request, visit)
      app.routing(request, response)
    },
    admit(localPort, visit) {
      admitted.set(localPort, visit)
    },
    async [Symbol.asyncDispose]() {
      app.server.closeAllConnections()
      await app.close()
    },
  }
}

function isRequestBody(body: unknown): body is RequestBody {
  return typeof body === 'object' && body !== null && 'state' in body && 'bytes' in body
}
