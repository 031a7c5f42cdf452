import type { Socket } from 'node:net'

/** How long a connection may be on its way before it counts as never arrived. */
const ARRIVAL_MS = 500

interface Account {
  readonly bytes: Promise<number>
  readonly settle: (bytes: number) => void
  /** `seen`: something asked for its connection, so it was accepted and said something. */
  state: 'on-its-way' | 'seen'
}

/**
 * Which connection of the ledger a socket of a slot belongs to. The wire announces each one by its
 * local port; the slot looks it up when the first bytes are there, for its own `connection` event may
 * come before the wire's `connect`.
 */
export class Arrivals {
  readonly #connectionByPort = new Map<number, number>()
  readonly #accounts = new Map<number, Account>()

  /** A connection comes from this port. */
  admit(port: number, connection: number): void {
    this.#connectionByPort.set(port, connection)
    let settle: (bytes: number) => void = () => undefined
    const bytes = new Promise<number>((resolve) => {
      settle = resolve
    })
    this.#accounts.set(connection, { bytes, settle, state: 'on-its-way' })
  }

  /**
   * Follows a socket that was just accepted, to its end.
   *
   * @param bytesOf called once, when the socket is closed: application bytes it has carried
   */
  follow(socket: Socket, bytesOf: () => number): Arrived {
    // Remembered now, for the kernel forgets the peer's address when a reset comes.
    const port = socket.remotePort ?? 0
    let connection: number | null = null
    const connectionOf = () => {
      connection ??= this.#connectionByPort.get(port) ?? null
      const account = connection === null ? undefined : this.#accounts.get(connection)
      if (account !== undefined) account.state = 'seen'
      return connection
    }
    socket.on('error', () => undefined)
    socket.once('close', () => {
      const closed = connectionOf()
      if (closed === null) return
      this.#connectionByPort.delete(port)
      // The TLS socket above and its HTTP server learn of the end after this one: let them write first.
      setImmediate(() => {
        this.#accounts.get(closed)?.settle(bytesOf())
      })
    })
    return {
      socket,
      get connection() {
        return connectionOf()
      },
    }
  }

  /** Application bytes that came over a connection, when it is closed; 0 for one that never arrived. */
  async finished(connection: number): Promise<number> {
    const account = this.#accounts.get(connection)
    if (account === undefined) return 0
    // A socket that was reset before it was accepted has no address to know it by.
    const timer = setTimeout(() => {
      if (account.state === 'on-its-way') account.settle(0)
    }, ARRIVAL_MS)
    const bytes = await account.bytes
    clearTimeout(timer)
    this.#accounts.delete(connection)
    return bytes
  }

  /** Settles what is still open: the slot is gone. */
  close(): void {
    for (const { settle } of this.#accounts.values()) settle(0)
  }
}

/** A socket of a slot with what is known of it. */
export interface Arrived {
  /** The TCP socket, below TLS. */
  readonly socket: Socket
  /** Its number in the ledger; null = nobody announced it. */
  readonly connection: number | null
}
