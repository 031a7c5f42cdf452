import { createServer, type Socket } from 'node:net'
import { Arrivals, type Arrived } from './arrivals.ts'
import { listenOnLoopback, type StartedSlot } from './listen.ts'
import { createHttpSide } from './serve.ts'
import type { SlotOptions } from './terminator.ts'

/**
 * Starts a slot that speaks plaintext HTTP, for scenarios whose dispatcher must not use it. All bytes
 * that arrive count as application bytes.
 */
export async function startPlainSlot(
  options: Pick<SlotOptions, 'listener' | 'name' | 'setup' | 'serve'>,
): Promise<StartedSlot> {
  const { listener, name, setup, serve } = options
  const arrivals = new Arrivals()
  const arrived = new WeakMap<Socket, Arrived>()
  const http = createHttpSide(setup.keepAlive, (request, response) => {
    const connection = arrived.get(request.socket)?.connection ?? null
    if (connection === null) {
      request.socket.destroy()
    } else {
      const presented = { presented: 'none' } as const
      serve(request, response, { listener, connection, presented, endEntity: null })
    }
  })
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    arrived.set(
      socket,
      arrivals.follow(socket, () => socket.bytesRead),
    )
    http.emit('connection', socket)
  })
  return await listenOnLoopback(server, { name, speaks: 'plaintext', arrivals })
}
