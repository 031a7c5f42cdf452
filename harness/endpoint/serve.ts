import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Listener, PresentedCertificate } from '../observation/types.ts'
import type { EndpointSetup } from '../scenario/setup.ts'
import { closeGently } from './close-gently.ts'

/** Where a request comes from, as the slot that read it knows. */
export interface Arrival {
  readonly listener: Listener
  readonly connection: number
  /** The client certificate that TLS saw. */
  readonly presented: PresentedCertificate
  /** DER of its end entity certificate; null = none. */
  readonly endEntity: Buffer | null
}

/** Answers a request. */
export type Serve = (request: IncomingMessage, response: ServerResponse, arrival: Arrival) => void

/**
 * An HTTP server that listens nowhere: sockets are handed to it by `emit('connection', socket)`.
 * Requests behind one whose answer closes the connection are not served.
 */
export function createHttpSide(
  keepAlive: EndpointSetup['keepAlive'],
  serve: (request: IncomingMessage, response: ServerResponse) => void,
): Server {
  const last = new WeakMap<Duplex, IncomingMessage>()
  const server = createServer((request, response) => {
    if (last.has(request.socket)) return
    if (keepAlive === 'off') {
      last.set(request.socket, request)
      response.shouldKeepAlive = false
    }
    serve(request, response)
  })
  server.keepAliveTimeout = 0
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    // What follows a request is not looked at when its answer closes the connection.
    if (last.get(socket)?.complete === true) return
    const isGone = error.code === 'ECONNRESET' || error.code === 'EPIPE'
    if (isGone || !(socket.writable && socket.readable)) {
      socket.destroy()
      return
    }
    socket.write('HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n')
    closeGently(socket)
  })
  return server
}
