import type { Duplex } from 'node:stream'

/** How long the other side may go on sending. nginx's `lingering_close` waits longer. */
const LINGER_MS = 2000

/**
 * Says goodbye with FIN and never with RST: closes the sending side, and reads and discards what still
 * comes. Closing a socket with unread data would make the kernel send RST, and the other side could
 * lose the answer that it was sent.
 *
 * It acts a turn later: when OpenSSL sends close_notify it throws away the records that it has read and
 * not yet decrypted, and in TLS 1.3 the request often comes right behind the handshake.
 */
export function closeGently(socket: Duplex): void {
  const timer = setTimeout(() => socket.destroy(), LINGER_MS).unref()
  socket.once('close', () => {
    clearTimeout(timer)
  })
  setImmediate(() => {
    socket.end()
    socket.resume()
  })
}
