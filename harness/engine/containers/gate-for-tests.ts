/** For the tests of a Docker engine that fails: a way to the real one that can be closed. */
import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'

/** A port in front of a Docker engine. */
export interface Gate extends Disposable {
  readonly port: number
  /** Cuts every connection, and whatever comes. */
  shut(): void
  /** Goes on taking connections and what they send, and answers nothing any more. */
  silence(): void
  /** As at the beginning; what was silenced stays silent. */
  open(): void
}

/** Stands before the engine at that socket. */
export async function startGate(socketPath: string): Promise<Gate> {
  const sockets = new Set<Socket>()
  let state: 'open' | 'shut' | 'silent' = 'open'
  const keep = (socket: Socket, other: Socket | null) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    socket.on('close', () => {
      sockets.delete(socket)
      other?.destroy()
    })
  }
  const server = createServer((near) => {
    if (state === 'shut') {
      near.destroy()
      return
    }
    if (state === 'silent') {
      keep(near, null)
      near.resume()
      return
    }
    const far = connect({ path: socketPath })
    keep(near, far)
    keep(far, near)
    near.pipe(far).pipe(near)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    shut() {
      state = 'shut'
      for (const socket of sockets) socket.destroy()
    },
    silence() {
      state = 'silent'
      for (const socket of sockets) socket.unpipe().resume()
    },
    open() {
      state = 'open'
    },
    [Symbol.dispose]() {
      for (const socket of sockets) socket.destroy()
      server.close()
    },
  }
}
