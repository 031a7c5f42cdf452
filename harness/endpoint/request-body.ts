import { createHash } from 'node:crypto'
import type { Readable } from 'node:stream'

/** Most bytes of a body that are kept, 16 MiB. */
export const BODY_LIMIT = 16 * 1024 * 1024

/** A request's body as far as it came. */
export interface RequestBody {
  /** `cut-off`: the dispatcher went away; `too-large`: more than {@link BODY_LIMIT}, the rest was not read. */
  readonly state: 'whole' | 'cut-off' | 'too-large'
  readonly bytes: Buffer
}

/** None was sent, or none was read. */
export const NO_BODY: RequestBody = { state: 'whole', bytes: Buffer.alloc(0) }

/** Reads a body to its end. Never rejects. */
export function readBody(stream: Readable): Promise<RequestBody> {
  const chunks: Buffer[] = []
  let length = 0
  return new Promise((resolve) => {
    const settle = (state: RequestBody['state']) => {
      stream.off('data', onData)
      resolve({ state, bytes: Buffer.concat(chunks, length) })
    }
    const onData = (chunk: Buffer) => {
      if (length + chunk.length > BODY_LIMIT) {
        settle('too-large')
        return
      }
      chunks.push(chunk)
      length += chunk.length
    }
    stream.on('data', onData)
    stream.once('end', () => {
      settle('whole')
    })
    // Also what a request does when its connection ends too early.
    stream.once('error', () => {
      settle('cut-off')
    })
    stream.once('close', () => {
      settle('cut-off')
    })
  })
}

/** SHA-256 of a body, lower-case hexadecimal. */
export function digestOf(body: Buffer): string {
  return createHash('sha256').update(body).digest('hex')
}

/** The event's id, `evt_` and 8 to 64 hexadecimal digits: the first one in the body, or null. */
export function eventIdIn(body: Buffer): string | null {
  const start = body.indexOf('evt_')
  if (start === -1) return null
  return /evt_[0-9a-f]{8,64}/.exec(body.subarray(start).toString('latin1'))?.[0] ?? null
}
