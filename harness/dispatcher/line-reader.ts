import { MAX_LINE_BYTES } from './deadlines.ts'

const NEWLINE = 0x0a

/** What a chunk of a stream completed. */
export interface Lines {
  /** Whole lines, without their ends. */
  readonly lines: readonly Buffer[]
  /** `too-long`: more than 1 MiB came without a line's end. */
  readonly rest: 'fits' | 'too-long'
}

/** Cuts a stream into lines without ever holding more than one line of the permitted length. */
export class LineReader {
  #parts: Buffer[] = []
  #length = 0

  push(chunk: Buffer): Lines {
    const lines: Buffer[] = []
    let from = 0
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, from)) {
      this.#keep(chunk.subarray(from, end))
      if (this.#length > MAX_LINE_BYTES) return { lines, rest: 'too-long' }
      lines.push(this.unfinished())
      this.#parts = []
      this.#length = 0
      from = end + 1
    }
    this.#keep(chunk.subarray(from))
    return { lines, rest: this.#length > MAX_LINE_BYTES ? 'too-long' : 'fits' }
  }

  /** What came since the last line's end. */
  unfinished(): Buffer {
    return Buffer.concat(this.#parts)
  }

  #keep(part: Buffer): void {
    if (part.length === 0) return
    this.#parts.push(part)
    this.#length += part.length
  }
}
