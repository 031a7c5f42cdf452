import { connect, type Socket } from 'node:net'
import type { SlotAddress } from '../endpoint/types.ts'
import { alertName, isKnownAlert } from '../observation/alerts.ts'
import type { Ledger } from '../observation/ledger.ts'
import { printable } from '../observation/printable.ts'
import type { Listener } from '../observation/types.ts'
import type { WireFault } from '../scenario/setup.ts'
import { AlertWatch } from './alert-watch.ts'
import { readClientHello } from './client-hello.ts'

/** What a passage needs to know of the wire it belongs to. */
export interface PassageContext {
  readonly listener: Listener
  readonly connection: number
  readonly ledger: Ledger
  readonly slot: SlotAddress
  readonly fault: WireFault
}

type Side = 'dispatcher' | 'endpoint'

/** How long a closed side may go on sending before it is cut off. */
const LINGER_MS = 2000

/** How long to wait for the slot's account of a connection that is gone. */
const ACCOUNT_MS = 1000

/** Answered by the fault `plaintext-answer`. */
const PLAINTEXT_ANSWER =
  'HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\nContent-Length: 0\r\nConnection: close\r\n\r\n'

/** One connection of the dispatcher on its way to a slot, or into a fault. */
export class Passage {
  /** Settles when both ends are closed and the ledger says so. Never rejects. */
  readonly finished: Promise<void>
  readonly #context: PassageContext
  readonly #down: Socket
  #up: Socket | null = null
  #head: Buffer = Buffer.alloc(0)
  #closed: { by: Side | 'harness'; how: 'fin' | 'reset' } | null = null
  readonly #bytes = { dispatcher: 0, endpoint: 0 }
  readonly #alerts: Readonly<Record<Side, AlertWatch>>
  readonly #timers = new Set<NodeJS.Timeout>()

  constructor(down: Socket, context: PassageContext) {
    this.#down = down
    this.#context = context
    this.#alerts = {
      dispatcher: this.#watchFor('dispatcher'),
      endpoint: this.#watchFor('endpoint'),
    }
    const { listener, connection, ledger, slot } = context
    ledger.record({ kind: 'connection-opened', listener, connection, slot: slot.name })
    this.finished = this.#untilClosed(down).then(() => this.#finish())
    down.on('error', () => {
      this.#resetBy('dispatcher')
    })
    down.on('end', () => {
      this.#endBy('dispatcher')
    })
    down.on('data', this.#readHead)
  }

  /** Closes both ends at once, in the harness's name. */
  abandon(): void {
    this.#closed ??= { by: 'harness', how: 'fin' }
    this.#down.destroy()
    this.#up?.destroy()
  }

  /** Resets a connection that there is no room for. */
  refuse(): void {
    this.#closed ??= { by: 'harness', how: 'reset' }
    this.#down.resetAndDestroy()
  }

  #watchFor(from: Side): AlertWatch {
    const { listener, connection, ledger } = this.#context
    return new AlertWatch((number) => {
      if (isKnownAlert({ connection, from, number }, ledger)) return
      ledger.record({
        kind: 'alert',
        listener,
        connection,
        from,
        number,
        description: alertName(number),
      })
    })
  }

  /** Passes a FIN on, or answers it where there is no slot behind. */
  #endBy(side: Side): void {
    this.#closed ??= { by: side, how: 'fin' }
    if (side === 'endpoint' || this.#up === null) this.#down.end()
    // While the slot is still being connected to, what is to come before the FIN is not written yet.
    else if (!this.#up.connecting) this.#up.end()
  }

  /** The slot's FIN, or what the slot says that it stands for. */
  async #endBySlot(up: Socket): Promise<void> {
    const { slot, connection } = this.#context
    const ending = (await slot.endingOf?.(connection).catch(() => 'fin' as const)) ?? 'fin'
    if (ending === 'fin' || this.#down.destroyed) {
      this.#endBy('endpoint')
      return
    }
    this.#resetBy('endpoint')
    up.destroy()
  }

  readonly #readHead = (chunk: Buffer): void => {
    this.#seen('dispatcher', chunk)
    this.#head = Buffer.concat([this.#head, chunk])
    const { listener, connection, ledger, slot, fault } = this.#context
    const reading = readClientHello(this.#head)
    if (reading.state === 'incomplete') return
    this.#down.off('data', this.#readHead)
    if (reading.state === 'read') {
      ledger.record({ kind: 'client-hello', listener, connection, ...reading.hello })
    } else {
      // The first line only: what follows in a plaintext request may be a secret.
      const line = this.#head.subarray(0, 160).toString('latin1').split(/\r?\n/, 1)[0] ?? ''
      ledger.record({ kind: 'not-tls', listener, connection, preview: printable(line, 80) })
      if (slot.speaks === 'tls') {
        this.#closeAsEndpoint()
        return
      }
    }
    if (fault === 'none') this.#forward()
    else this.#commit(fault)
  }

  #commit(fault: Exclude<WireFault, 'none'>): void {
    switch (fault) {
      case 'stall':
        this.#down.resume()
        return
      case 'reset-on-client-hello':
        this.#closed = { by: 'endpoint', how: 'reset' }
        this.#down.resetAndDestroy()
        return
      case 'close-on-client-hello':
        this.#closeAsEndpoint()
        return
      case 'plaintext-answer': {
        const answer = Buffer.from(PLAINTEXT_ANSWER)
        this.#seen('endpoint', answer)
        this.#down.write(answer)
        this.#closeAsEndpoint()
        return
      }
    }
  }

  /** FIN, and whatever still comes is read and thrown away, so that the kernel sends no RST. */
  #closeAsEndpoint(): void {
    this.#closed ??= { by: 'endpoint', how: 'fin' }
    this.#down.end()
    this.#down.resume()
    this.#after(LINGER_MS, () => this.#down.destroy())
  }

  #forward(): void {
    const { slot, connection, ledger, listener } = this.#context
    const down = this.#down
    down.pause()
    const up = connect({ host: slot.host, port: slot.port, allowHalfOpen: true, noDelay: true })
    this.#up = up
    up.once('connect', () => {
      const preamble = slot.admit(up.localPort ?? 0, connection)
      if (preamble.length > 0) up.write(preamble)
      up.write(this.#head)
      this.#head = Buffer.alloc(0)
      up.off('error', unreachable)
      up.on('error', () => {
        this.#resetBy('endpoint')
      })
      this.#pump('dispatcher', down, up)
      this.#pump('endpoint', up, down)
      up.on('end', () => {
        void this.#endBySlot(up)
      })
      // A paused socket still says that it has ended.
      if (down.readableEnded) up.end()
    })
    const unreachable = (error: NodeJS.ErrnoException) => {
      // Accepted and reset at once, which may overtake the news of the accept.
      if (error.code === 'ECONNRESET') {
        this.#resetBy('endpoint')
        return
      }
      const detail = `${listener}: the wire could not reach slot ${slot.name}: ${error.message}`
      const explained = slot.faultOf?.(error) ?? Promise.resolve(detail)
      void explained
        .catch(() => detail)
        .then((sentence) => {
          ledger.record({ kind: 'harness-fault', detail: sentence })
          this.abandon()
        })
    }
    up.on('error', unreachable)
  }

  #pump(side: Side, from: Socket, to: Socket): void {
    from.on('data', (chunk: Buffer) => {
      this.#seen(side, chunk)
      if (!to.destroyed && !to.write(chunk)) from.pause()
    })
    to.on('drain', () => from.resume())
    from.resume()
  }

  #resetBy(side: Side): void {
    this.#closed ??= { by: side, how: 'reset' }
    const other = side === 'dispatcher' ? this.#up : this.#down
    if (other === null || other.destroyed) return
    // A reset throws away what is not written yet, but what came before it still counts as evidence.
    if (other.writableLength === 0 || other.writableEnded) other.resetAndDestroy()
    else other.write('', () => other.resetAndDestroy())
    this.#after(LINGER_MS, () => other.resetAndDestroy())
  }

  #seen(side: Side, chunk: Buffer): void {
    this.#bytes[side] += chunk.length
    this.#alerts[side].watch(chunk)
  }

  #after(ms: number, act: () => void): void {
    this.#timers.add(setTimeout(act, ms).unref())
  }

  #untilClosed(socket: Socket): Promise<void> {
    return new Promise((resolve) =>
      socket.once('close', () => {
        resolve()
      }),
    )
  }

  async #finish(): Promise<void> {
    const up = this.#up
    // A dispatcher that is gone before the slot answered the connect leaves nothing to forward to.
    if (up?.connecting === true) up.destroy()
    if (up !== null && !up.closed) await this.#untilClosed(up)
    for (const timer of this.#timers) clearTimeout(timer)
    const { listener, connection, ledger } = this.#context
    ledger.record({
      kind: 'connection-closed',
      listener,
      connection,
      by: this.#closed?.by ?? 'harness',
      how: this.#closed?.how ?? 'fin',
      bytesFromDispatcher: this.#bytes.dispatcher,
      bytesToDispatcher: this.#bytes.endpoint,
      decryptedBytes: up === null ? 0 : await this.#account(),
    })
  }

  /** The slot's count; null when it does not give one in time. */
  #account(): Promise<number | null> {
    const { slot, connection } = this.#context
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        resolve(null)
      }, ACCOUNT_MS)
      const done = (bytes: number | null) => {
        clearTimeout(timer)
        resolve(bytes)
      }
      slot.finished(connection).then(done, () => {
        done(null)
      })
    })
  }
}
