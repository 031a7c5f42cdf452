/** Slots and connections for the tests of the wire. */
import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import type { SlotAddress } from '../endpoint/types.ts'
import { Ledger } from '../observation/ledger.ts'
import type { Observation } from '../observation/types.ts'
import { startWire, type StartedWire, type WireOptions } from './wire.ts'

/** A slot in the hands of a test. */
export interface TestSlot extends AsyncDisposable {
  readonly slot: SlotAddress
  readonly admitted: readonly { readonly localPort: number; readonly connection: number }[]
  /** The next connection that arrives. */
  next(): Promise<Socket>
}

/** A slot that does nothing of itself; it takes any bytes, so that tests need no TLS. */
export async function startSlot(
  name = 'slot',
  speaks: SlotAddress['speaks'] = 'plaintext',
): Promise<TestSlot> {
  const sockets: Socket[] = []
  const all: Socket[] = []
  const admitted: { localPort: number; connection: number }[] = []
  const server = createServer({ allowHalfOpen: true, pauseOnConnect: true })
  server.on('connection', (socket) => {
    socket.on('error', () => undefined)
    sockets.push(socket)
    all.push(socket)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    slot: {
      name,
      speaks,
      host: '127.0.0.1',
      port: (server.address() as AddressInfo).port,
      admit(localPort, connection) {
        admitted.push({ localPort, connection })
        return new Uint8Array()
      },
      finished: () => Promise.resolve(7),
    },
    admitted,
    async next() {
      const taken = sockets.length
      if (taken === 0) await once(server, 'connection')
      const socket = sockets.shift()
      if (socket === undefined) throw new Error('no connection')
      return socket
    },
    async [Symbol.asyncDispose]() {
      const closed = new Promise((resolve) => server.close(resolve))
      for (const socket of all) socket.destroy()
      await closed
    },
  }
}

/** A wire before a slot, with a ledger of its own. */
export async function start(
  { slot }: TestSlot,
  patch: Partial<WireOptions> = {},
): Promise<AsyncDisposable & { readonly wire: StartedWire; readonly ledger: Ledger }> {
  const ledger = new Ledger()
  const options = { listener: 'endpoint', host: '127.0.0.1', ledger, slot, fault: 'none' } as const
  const wire = await startWire({ ...options, ...patch })
  return { wire, ledger, [Symbol.asyncDispose]: () => wire[Symbol.asyncDispose]() }
}

/** A dispatcher's TCP connection, which may be half-closed. */
export function dial(port: number, host = '127.0.0.1'): Socket {
  const socket = connect({ port, host, allowHalfOpen: true })
  socket.on('error', () => undefined)
  return socket
}

/** How connections ended. */
export function closings(
  ledger: Ledger,
): readonly Extract<Observation, { kind: 'connection-closed' }>[] {
  return ledger.observations().filter((one) => one.kind === 'connection-closed')
}

/** Everything until the end. */
export async function textOf(socket: Socket): Promise<string> {
  const chunks: Buffer[] = []
  socket.on('data', (chunk: Buffer) => chunks.push(chunk))
  socket.resume()
  await once(socket, 'end')
  return Buffer.concat(chunks).toString()
}
