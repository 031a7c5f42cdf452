/** How much free text of an adapter is kept for one request, in bytes. */
export const TAIL_BYTES = 8 * 1024

/** The last {@link TAIL_BYTES} of a stream that may never end. */
export class Tail {
  #bytes = Buffer.alloc(0)
  #dropped = 0

  append(chunk: Buffer): void {
    this.#dropped += Math.max(0, this.#bytes.length + chunk.length - TAIL_BYTES)
    this.#bytes = Buffer.concat([this.#bytes, chunk.subarray(-TAIL_BYTES)]).subarray(-TAIL_BYTES)
  }

  /**
   * What is kept, as text. A first line that was cut is left out where others follow: half a secret
   * would not be recognised as one.
   */
  text(): string {
    const text = this.#bytes.toString('utf8')
    if (this.#dropped === 0) return text
    const rest = text.slice(text.indexOf('\n') + 1)
    return rest.trim() === '' ? text : rest
  }

  /** The last lines that are not blank, at most `count`. */
  lastLines(count: number): readonly string[] {
    return this.text()
      .split('\n')
      .map((line) => line.trimEnd())
      .filter((line) => line !== '')
      .slice(-count)
  }
}
