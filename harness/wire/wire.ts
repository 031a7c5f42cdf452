import { createServer, type Server, type Socket } from 'node:net'
import type { SlotAddress } from '../endpoint/types.ts'
import { HarnessError } from '../errors.ts'
import type { Ledger } from '../observation/ledger.ts'
import type { Listener } from '../observation/types.ts'
import type { EndpointSetup, WireFault } from '../scenario/setup.ts'
import { Passage } from './passage.ts'

/** Most connections that one wire keeps open; the next ones are reset. */
const MOST_OPEN = 200

/** How often a free port on both loopback addresses is looked for. */
const PORT_ATTEMPTS = 5

/** How a wire is reached from other machines than this one. */
export interface WireExposure {
  /** The address to listen on, such as `0.0.0.0`. */
  readonly address: string
  /** The port for the next wire; 0 = any that is free. */
  readonly nextPort: () => number
  /** Who connects, by address. A stranger is reset and leaves no trace in the ledger. */
  readonly peerAt: (address: string) => 'dispatcher' | 'stranger'
}

/** What a wire needs. */
export interface WireOptions {
  readonly listener: Listener
  /** `localhost` listens on 127.0.0.1 and, on the same port, on ::1 where there is one. */
  readonly host: EndpointSetup['host']
  /** Instead of `host`, where to listen and to whom; null or left out = loopback, everyone. */
  readonly exposure?: WireExposure | null
  readonly ledger: Ledger
  readonly slot: SlotAddress
  readonly fault: WireFault
}

/** A listener that the dispatcher connects to. Disposing of it closes every connection. */
export interface StartedWire extends AsyncDisposable {
  readonly port: number
  /** Where connections go from now on. Those that are open stay where they are. */
  point(slot: SlotAddress, fault: WireFault): void
  /** Connections that are open, or whose end the slot has not yet accounted for. */
  readonly open: number
  /** Waits until {@link open} is 0, at most `limitMs`. */
  settle(limitMs: number): Promise<void>
}

/**
 * Starts a raw TCP listener, on a free loopback port unless it is exposed. It reads each connection's ClientHello and the
 * alerts in the clear, counts bytes, says who closed first, and passes everything else on faithfully:
 * FIN as FIN, RST as RST, no faster than the other side reads.
 *
 * @throws HarnessError `ERR_ENGINE_UNAVAILABLE` when there is no such loopback address,
 *   `ERR_PORT_TAKEN` when no port is free on both, or the exposed one cannot be had.
 */
export async function startWire(options: WireOptions): Promise<StartedWire> {
  const wire = new Wire(options)
  await (options.exposure == null ? wire.listen(options.host) : wire.listenOut(options.exposure))
  return wire
}

class Wire implements StartedWire {
  readonly #options: WireOptions
  readonly #passages = new Set<Passage>()
  readonly #idle = new Set<() => void>()
  #servers: readonly Server[] = []
  #slot: SlotAddress
  #fault: WireFault
  #port = 0

  constructor(options: WireOptions) {
    this.#options = options
    this.#slot = options.slot
    this.#fault = options.fault
  }

  get port(): number {
    return this.#port
  }

  get open(): number {
    return this.#passages.size
  }

  async listen(host: EndpointSetup['host']): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      const first = await this.#listenOn(host === '[::1]' ? '::1' : '127.0.0.1', 0)
      this.#port = portOf(first)
      this.#servers = [first]
      if (host !== 'localhost') return
      try {
        this.#servers = [first, await this.#listenOn('::1', this.#port)]
        return
      } catch (error) {
        if (!isCode(error, 'EADDRINUSE')) return
        first.close()
        if (attempt < PORT_ATTEMPTS) continue
        throw new HarnessError(
          'ERR_PORT_TAKEN',
          `None of ${attempt} free ports of 127.0.0.1 was free on ::1 too.`,
          { hint: 'Stop what holds many ports of ::1, or run again.', cause: error },
        )
      }
    }
  }

  async listenOut({ address, nextPort }: WireExposure): Promise<void> {
    const port = nextPort()
    try {
      this.#servers = [await this.#listenOn(address, port)]
    } catch (cause) {
      if (cause instanceof HarnessError) throw cause
      const why = cause instanceof Error ? cause.message : String(cause)
      throw new HarnessError('ERR_PORT_TAKEN', `Cannot listen on ${address}:${port}: ${why}`, {
        hint: 'Choose an address of this machine and ports that are free and may be opened.',
        cause,
      })
    }
    this.#port = port === 0 ? (this.#servers.map(portOf)[0] ?? 0) : port
  }

  point(slot: SlotAddress, fault: WireFault): void {
    this.#slot = slot
    this.#fault = fault
  }

  settle(limitMs: number): Promise<void> {
    if (this.#passages.size === 0) return Promise.resolve()
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer)
        this.#idle.delete(done)
        resolve()
      }
      const timer = setTimeout(done, limitMs)
      this.#idle.add(done)
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = this.#servers.map(
      (server) =>
        new Promise<void>((resolve) =>
          server.close(() => {
            resolve()
          }),
        ),
    )
    const passages = [...this.#passages]
    for (const passage of passages) passage.abandon()
    await Promise.all([...closed, ...passages.map((passage) => passage.finished)])
  }

  #listenOn(host: string, port: number): Promise<Server> {
    const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
      this.#accept(socket)
    })
    return new Promise((resolve, reject) => {
      server.once('error', (cause) => {
        // The second address is optional, so its errors are sorted out by the caller.
        if (port !== 0) reject(cause)
        else reject(unavailable(host, cause))
      })
      server.listen({ host, port, exclusive: true }, () => {
        resolve(server)
      })
    })
  }

  #accept(socket: Socket): void {
    const { listener, ledger, exposure } = this.#options
    if (exposure?.peerAt(socket.remoteAddress ?? '') === 'stranger') {
      socket.on('error', () => undefined).resetAndDestroy()
      return
    }
    const connection = ledger.nextConnection()
    const passage = new Passage(socket, {
      listener,
      connection,
      ledger,
      slot: this.#slot,
      fault: this.#fault,
    })
    this.#passages.add(passage)
    void passage.finished.then(() => {
      this.#passages.delete(passage)
      if (this.#passages.size === 0) for (const done of [...this.#idle]) done()
    })
    if (this.#passages.size > MOST_OPEN) passage.refuse()
  }
}

function portOf(server: Server): number {
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}

function unavailable(host: string, cause: Error): HarnessError {
  return new HarnessError('ERR_ENGINE_UNAVAILABLE', `Cannot listen on ${host}: ${cause.message}`, {
    hint: 'The embedded engine needs the loopback interface; for ::1 it needs IPv6.',
    cause,
  })
}
