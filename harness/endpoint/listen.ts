import type { Server, Socket } from 'node:net'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { HarnessError } from '../errors.ts'
import type { Arrivals } from './arrivals.ts'
import type { SlotAddress } from './types.ts'

/** A slot that is up. Disposing of it closes every connection to it. */
export interface StartedSlot extends AsyncDisposable {
  readonly slot: SlotAddress
}

const HOST = '127.0.0.1'

/** Lets a server listen on a free port of 127.0.0.1, where the wire reaches it, and follows its sockets. */
export async function listenOnLoopback(
  server: Server,
  {
    name,
    speaks,
    arrivals,
  }: {
    readonly name: string
    readonly speaks: SlotAddress['speaks']
    readonly arrivals: Arrivals
  },
): Promise<StartedSlot> {
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  const port = await listen(server)
  return {
    slot: {
      name,
      speaks,
      host: HOST,
      port,
      admit(localPort, connection) {
        arrivals.admit(localPort, connection)
        return new Uint8Array()
      },
      finished: (connection) => arrivals.finished(connection),
    },
    async [Symbol.asyncDispose]() {
      const closed = new Promise<void>((resolve) =>
        server.close(() => {
          resolve()
        }),
      )
      for (const socket of sockets) socket.destroy()
      await closed
      // The accounts of the sockets just destroyed are settled in this turn.
      await nextTurn()
      arrivals.close()
    },
  }
}

/** The port that a server got. @throws HarnessError `ERR_ENGINE_UNAVAILABLE` when it got none. */
export function listen(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause) => {
      reject(
        new HarnessError('ERR_ENGINE_UNAVAILABLE', `Cannot listen on ${HOST}: ${cause.message}`, {
          hint: 'The embedded engine needs the loopback interface.',
          cause,
        }),
      )
    })
    server.listen({ host: HOST, port: 0, exclusive: true }, () => {
      const address = server.address()
      resolve(typeof address === 'object' && address !== null ? address.port : 0)
    })
  })
}
