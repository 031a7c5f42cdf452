import { connect, type Socket } from 'node:net'
import { addressOf } from '../../observation/readers/connection-address.ts'

/** Slots that every container has. */
export const FENCE_SLOT = 19_999
/** Where nginx takes files in. */
export const FILES_SLOT = 19_998

/** The PROXY protocol header, version 1: which connection it is, and to which slot it goes. */
export function proxyHeader(connection: number, slot: number): Buffer {
  return Buffer.from(`PROXY TCP4 ${addressOf(connection)} 127.0.0.1 50000 ${slot}\r\n`)
}

/** Connects to a slot behind a published port. The header is the first thing that is written. */
export function connectToSlot(port: number, connection: number, slot: number): Socket {
  const socket = connect({ host: '127.0.0.1', port, noDelay: true })
  socket.write(proxyHeader(connection, slot))
  return socket
}

/**
 * Sends bytes to a slot and collects what comes back until it closes.
 *
 * @throws Error when it does not end within `limitMs`, or breaks off
 */
export function exchange(
  to: { readonly port: number; readonly connection: number; readonly slot: number },
  bytes: Buffer,
  limitMs: number,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connectToSlot(to.port, to.connection, to.slot)
    const chunks: Buffer[] = []
    const timer = setTimeout(() => {
      socket.destroy(new Error(`no answer within ${limitMs / 1000} s`))
    }, limitMs)
    socket.on('data', (chunk: Buffer) => chunks.push(chunk))
    socket.on('error', reject)
    socket.on('close', () => {
      clearTimeout(timer)
      resolve(Buffer.concat(chunks).toString('latin1'))
    })
    socket.write(bytes)
  })
}
