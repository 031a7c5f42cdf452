import { createServer, type Server, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { createHttpSide } from '../../endpoint/serve.ts'
import { connectionAt } from '../../observation/readers/connection-address.ts'
import type { PresentedCertificate } from '../../observation/types.ts'
import { readProxyHeader, type ProxyHeader } from './proxy-header.ts'
import { isSecret } from './secret.ts'
import { serveTraffic, type TrafficParts } from './traffic.ts'

/** HAProxy sends its header with the connection. */
const HEADER_MS = 2000

/** What HAProxy says of a connection whose octets it passes on. */
interface BytesWord {
  readonly slot: number
  /** Engine-wide number; 0 = it could not tell. */
  readonly connection: number
  readonly presented: PresentedCertificate
}

/** A server that can be made to let go of everyone. It does not listen yet. */
export interface BytesServer {
  readonly server: Server
  closeAllConnections(): void
}

/**
 * The origin behind slots that pass octets on as they are. Nobody between it and the dispatcher reads a
 * message, so that what it writes arrives as it was written. Every connection begins with a PROXY header
 * whose unique id is the secret and the thumbprint of the client certificate, and ends with one answer.
 */
export function createBytesServer(parts: TrafficParts): BytesServer {
  const words = new WeakMap<Duplex, BytesWord>()
  const sockets = new Set<Socket>()
  const http = createHttpSide('off', (request, response) => {
    const word = words.get(request.socket)
    const claim = word === undefined ? null : parts.targets.claimOf(word.slot)
    if (word === undefined || claim === null) {
      stray(parts, `a request for slot ${word?.slot ?? 0}, which no site or realm has`)
      request.socket.destroy()
      return
    }
    const { connection, presented } = word
    const arrived = { connection, presented, endEntity: null, headersAsSent: 'as-read' } as const
    serveTraffic(parts, request, response, arrived, claim)
  })
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
    socket.on('error', () => undefined)
    void wordFrom(socket, parts.secret).then((word) => {
      if (word === null) {
        stray(parts, 'octets without the PROXY header of HAProxy')
        socket.destroy()
        return
      }
      words.set(socket, word)
      http.emit('connection', socket)
    })
  })
  return {
    server,
    closeAllConnections() {
      for (const socket of sockets) socket.destroy()
    },
  }
}

/** Takes the header off the connection. Null = there is none that is HAProxy's. Never rejects. */
function wordFrom(socket: Socket, secret: string | null): Promise<BytesWord | null> {
  return new Promise((resolve) => {
    let read: Buffer = Buffer.alloc(0)
    const settle = (word: BytesWord | null): void => {
      clearTimeout(timer)
      socket.off('readable', look)
      socket.off('close', gone)
      resolve(word)
    }
    const gone = (): void => {
      settle(null)
    }
    const look = (): void => {
      const chunk = socket.read() as Buffer | null
      if (chunk === null) return
      read = Buffer.concat([read, chunk])
      const reading = readProxyHeader(read)
      if (reading.state === 'incomplete') return
      if (reading.state === 'read') {
        const rest = read.subarray(reading.header.length)
        if (rest.length > 0) socket.unshift(rest)
      }
      settle(reading.state === 'read' ? wordOf(reading.header, secret) : null)
    }
    const timer = setTimeout(gone, HEADER_MS)
    socket.on('readable', look)
    socket.once('close', gone)
  })
}

function wordOf({ source, destinationPort, uniqueId }: ProxyHeader, secret: string | null) {
  const [, told = '', thumbprint = ''] = /^(\S*) ([0-9A-F]{64}|-?)$/i.exec(uniqueId) ?? []
  if (secret !== null && !isSecret(told, secret)) return null
  const sha256 = thumbprint.length === 64 ? thumbprint.toLowerCase() : null
  const presented: PresentedCertificate =
    sha256 === null
      ? { presented: 'none' }
      : { presented: 'certificate', name: null, sha256, subject: '', chain: [sha256] }
  return { slot: destinationPort, connection: connectionAt(source) ?? 0, presented }
}

function stray({ targets }: TrafficParts, what: string): void {
  targets.strays.record({ kind: 'harness-fault', detail: `the bytes port got ${what}` })
}
