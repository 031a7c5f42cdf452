import type { LogLine } from './docker.ts'

const HEADER = 8

/** A container's line is cut into messages of 16 KiB; more of them than this make no line of ours. */
const LONGEST_LINE = 256 * 1024

/**
 * Takes a log apart as the Docker engine sends it: messages of the two streams with a header of eight
 * octets each, a timestamp before every message, long lines in several messages.
 */
export class LogLines {
  readonly #each: (line: LogLine) => void
  readonly #begun = new Map<number, { at: number; text: string }>()
  #rest: Buffer = Buffer.alloc(0)

  constructor(each: (line: LogLine) => void) {
    this.#each = each
  }

  /** Takes the next bytes. */
  push(chunk: Buffer): void {
    let rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk])
    while (rest.length >= HEADER) {
      const end = HEADER + rest.readUInt32BE(4)
      if (rest.length < end) break
      this.#take(rest.readUInt8(0), rest.toString('utf8', HEADER, end))
      rest = rest.subarray(end)
    }
    this.#rest = rest
  }

  #take(stream: number, message: string): void {
    const space = message.indexOf(' ')
    const begun = this.#begun.get(stream)
    const at = begun?.at ?? epochMs(message.slice(0, space))
    const text = (begun?.text ?? '') + message.slice(space + 1)
    if (text.endsWith('\n') || text.length > LONGEST_LINE) {
      this.#begun.delete(stream)
      this.#each({ at, text: text.replace(/\r?\n$/, '') })
    } else {
      this.#begun.set(stream, { at, text })
    }
  }
}

/** `2026-11-22T13:10:30.123456789Z`, which Date reads to the millisecond only. */
function epochMs(timestamp: string): number {
  const [, seconds = '', fraction = '0'] = /^(.*?)(?:\.(\d+))?Z$/.exec(timestamp) ?? []
  return Date.parse(`${seconds}Z`) + Number(`0.${fraction}`) * 1000
}
