/** Content types of TLS records (RFC 8446 5.1; 24 = heartbeat, RFC 6520 3). */
const FIRST_CONTENT_TYPE = 20
const LAST_CONTENT_TYPE = 24
const ALERT = 21

/** An alert in the clear has a level and a description and nothing else; an encrypted one is longer. */
const CLEAR_ALERT_LENGTH = 2

/**
 * Watches one direction of a connection for alerts in the clear. Bytes may come in any portions. From
 * the first byte that cannot be TLS it stops looking.
 */
export class AlertWatch {
  readonly #seen: (description: number) => void
  readonly #header = Buffer.alloc(5)
  #headerFilled = 0
  #bodyLeft = 0
  #alert: number[] | null = null
  #state: 'watching' | 'not-tls' = 'watching'

  /** @param seen called with the AlertDescription of each alert */
  constructor(seen: (description: number) => void) {
    this.#seen = seen
  }

  /** Looks at the next bytes. */
  watch(chunk: Buffer): void {
    for (let offset = 0; offset < chunk.length && this.#state === 'watching';) {
      offset += this.#bodyLeft > 0 ? this.#readBody(chunk, offset) : this.#readHeader(chunk, offset)
    }
  }

  #readHeader(chunk: Buffer, offset: number): number {
    const copied = chunk.copy(this.#header, this.#headerFilled, offset)
    this.#headerFilled += copied
    const type = this.#header.readUInt8(0)
    if (type < FIRST_CONTENT_TYPE || type > LAST_CONTENT_TYPE) this.#state = 'not-tls'
    if (this.#headerFilled < this.#header.length) return copied
    this.#headerFilled = 0
    this.#bodyLeft = this.#header.readUInt16BE(3)
    this.#alert = type === ALERT && this.#bodyLeft === CLEAR_ALERT_LENGTH ? [] : null
    return copied
  }

  #readBody(chunk: Buffer, offset: number): number {
    const body = chunk.subarray(offset, offset + this.#bodyLeft)
    this.#bodyLeft -= body.length
    this.#alert?.push(...body)
    if (this.#bodyLeft === 0) {
      const description = this.#alert?.[1]
      if (description !== undefined) this.#seen(description)
    }
    return body.length
  }
}
