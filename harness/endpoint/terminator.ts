import type { Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { alertName, isKnownAlert } from '../observation/alerts.ts'
import type { Ledger } from '../observation/ledger.ts'
import { printable } from '../observation/printable.ts'
import type { Listener } from '../observation/types.ts'
import type { IssuedMaterial } from '../pki/types.ts'
import type { EndpointSetup } from '../scenario/setup.ts'
import { Arrivals, type Arrived } from './arrivals.ts'
import { judgeClient } from './client-judge.ts'
import { listenOnLoopback, type StartedSlot } from './listen.ts'
import { certificatesSentBy, describePresented } from './presented.ts'
import { rejectConnection, rejectRequest, type RejectedConnection } from './reject.ts'
import { createHttpSide, type Arrival, type Serve } from './serve.ts'
import type { SessionSharing } from './session-sharing.ts'
import { createTlsSide, type TlsSide } from './tls-side.ts'

/** What a slot needs. */
export interface SlotOptions {
  readonly listener: Listener
  /** The slot's name for the ledger. */
  readonly name: string
  readonly setup: EndpointSetup
  readonly material: IssuedMaterial
  readonly ledger: Ledger
  /** The same for all slots of a scenario. */
  readonly sessions: SessionSharing
  readonly serve: Serve
}

/**
 * Starts a slot that ends TLS on node:tls. It never leaves the verdict on a client certificate to Node:
 * the handshake completes, the certificate is written down, and only then is it judged, so that it is
 * known also when it is refused.
 *
 * @throws HarnessError `ERR_ENGINE_FAULT` for a setup that Node cannot serve.
 */
export async function startTerminator(options: SlotOptions): Promise<StartedSlot> {
  const { setup, material, sessions, name } = options
  const side = createTlsSide(setup, material, sessions.ticketKeys)
  const { server } = side
  const terminator = new Terminator(options, side)
  // Our listener comes after Node's own, which makes the TLS socket.
  server.on('connection', (socket: Socket) => {
    terminator.accept(socket)
  })
  server.on('secureConnection', (tls) => {
    terminator.secure(tls)
  })
  server.on('tlsClientError', (error, tls) => {
    terminator.fail(error, tls)
  })
  return await listenOnLoopback(server, { name, speaks: 'tls', arrivals: terminator.arrivals })
}

/** OpenSSL's word for a Certificate message that is empty where one is required. */
const NO_CERTIFICATE = 'ERR_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE'

interface Visit {
  readonly arrived: Arrived
  tls: TLSSocket | null
}

/**
 * The TCP socket below a TLS socket. Node has no documented way to it, and the address will not do: the
 * kernel has forgotten it when the dispatcher reset the connection right after the handshake.
 */
function socketBelow(tls: TLSSocket): Socket | null {
  return (tls as TLSSocket & { readonly _parent?: Socket })._parent ?? null
}

class Terminator {
  readonly arrivals = new Arrivals()
  readonly #options: SlotOptions
  readonly #side: TlsSide
  readonly #visits = new WeakMap<Socket, Visit>()
  readonly #arrivalOf = new WeakMap<Socket, Arrival>()
  readonly #rejected = new WeakMap<Socket, RejectedConnection>()
  readonly #anchors: readonly Buffer[]
  readonly #http

  constructor(options: SlotOptions, side: TlsSide) {
    this.#options = options
    this.#side = side
    const { setup, material } = options
    this.#anchors = setup.clientAnchors.map((name) => material.known(name).der)
    this.#http = createHttpSide(setup.keepAlive, (request, response) => {
      const rejected = this.#rejected.get(request.socket)
      const arrival = this.#arrivalOf.get(request.socket)
      if (rejected !== undefined) void rejectRequest(request, rejected)
      else if (arrival !== undefined) options.serve(request, response, arrival)
    })
  }

  accept(socket: Socket): void {
    const bytesOf = () => this.#visits.get(socket)?.tls?.bytesRead ?? 0
    this.#visits.set(socket, { arrived: this.arrivals.follow(socket, bytesOf), tls: null })
  }

  secure(tls: TLSSocket): void {
    const below = socketBelow(tls)
    const visit = below === null ? undefined : this.#visits.get(below)
    const connection = visit?.arrived.connection
    if (visit === undefined || connection === undefined || connection === null) {
      // Not by way of the wire: some other program of this machine.
      tls.destroy()
      return
    }
    visit.tls = tls
    tls.allowHalfOpen = true
    const { listener, setup, material, ledger, sessions } = this.#options
    tls.on('error', (error: Error) => {
      this.#recordAlert(error, connection)
    })
    const session = tls.isSessionReused() ? 'resumed' : 'full'
    const sent = sessions.complete(certificatesSentBy(tls, this.#anchors), session)
    const presented = describePresented(sent, material)
    const judgement = judgeClient({
      setup,
      material,
      sent,
      socket: tls,
      tls: this.#side,
      at: new Date(),
    })
    ledger.record({
      kind: 'handshake',
      listener,
      connection,
      protocol: tls.getProtocol() ?? 'unknown',
      cipher: tls.getCipher().standardName,
      alpn: typeof tls.alpnProtocol === 'string' ? tls.alpnProtocol : null,
      session,
      clientCertificate: presented,
      judgement,
    })
    const arrival: Arrival = { listener, connection, presented, endEntity: sent[0] ?? null }
    this.#arrivalOf.set(tls, arrival)
    if (judgement.decision === 'rejected') {
      const { socket } = visit.arrived
      const rejected = { setup, rejection: judgement, arrival, socket, ledger }
      this.#rejected.set(tls, rejected)
      if (rejectConnection(rejected) === 'rejected') return
    }
    this.#http.emit('connection', tls)
  }

  fail(error: NodeJS.ErrnoException, tls: TLSSocket): void {
    const below = socketBelow(tls)
    const connection = below === null ? null : this.#visits.get(below)?.arrived.connection
    if (connection === undefined || connection === null) return
    const { listener, material, ledger } = this.#options
    this.#recordAlert(error, connection)
    const presented = describePresented(certificatesSentBy(tls, this.#anchors), material)
    ledger.record({
      kind: 'handshake-failed',
      listener,
      connection,
      error: printable(error.code ?? error.message, 200),
      clientCertificate:
        presented.presented === 'none' && error.code !== NO_CERTIFICATE ? null : presented,
    })
    // Set by Node when it has validated a certificate itself and dropped the connection for it.
    if ((tls.authorizationError as unknown) != null && error.code === 'ECONNRESET') {
      const detail = `${listener}: Node dropped a client certificate (${String(tls.authorizationError)}), and can send no alert for it`
      ledger.record({ kind: 'harness-fault', detail })
    }
    tls.destroy()
  }

  /** An alert that came encrypted, so that the wire could not see it. */
  #recordAlert(error: Error, connection: number): void {
    const { listener, ledger } = this.#options
    const digits = /SSL alert number (\d{1,3})/.exec(error.message)?.[1]
    if (digits === undefined) return
    const number = Number(digits)
    if (isKnownAlert({ connection, from: 'dispatcher', number }, ledger)) return
    ledger.record({
      kind: 'alert',
      listener,
      connection,
      from: 'dispatcher',
      number,
      description: alertName(number),
    })
  }
}
