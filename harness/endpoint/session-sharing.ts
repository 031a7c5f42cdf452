import { randomBytes } from 'node:crypto'
import { sha256Hex } from '../pki/thumbprint.ts'

/** Length of the keys that Node encrypts session tickets with. */
const TICKET_KEYS_LENGTH = 48

/** Most certificate lists that are remembered. */
const MOST_LISTS = 64

/** What the slots of a scenario share, so that a TLS session outlives a rotation where resumption is on. */
export class SessionSharing {
  readonly ticketKeys = randomBytes(TICKET_KEYS_LENGTH)
  readonly #lists = new Map<string, readonly Buffer[]>()

  /**
   * The whole list that a dispatcher sent. A resumed session brings back the end entity certificate
   * alone; the rest is what came with it in the full handshake.
   */
  complete(sent: readonly Buffer[], session: 'full' | 'resumed'): readonly Buffer[] {
    const [endEntity] = sent
    if (endEntity === undefined) return sent
    const sha256 = sha256Hex(endEntity)
    if (session === 'resumed') return this.#lists.get(sha256) ?? sent
    if (this.#lists.size < MOST_LISTS) this.#lists.set(sha256, sent)
    return sent
  }
}
