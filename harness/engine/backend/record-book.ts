import type { Recorder, Seeing } from '../../observation/ledger.ts'

/** Most records that a target keeps, like a scenario's ledger. */
const MOST_RECORDS = 2000

/** Most bytes of JSON that a target keeps: a flood of long headers must not fill the memory. */
const MOST_BYTES = 8 * 1024 * 1024

/** A page ends with the record that brings it past this many characters. */
const PAGE_SIZE = 1024 * 1024

/** What one target has seen, kept as the JSON that the control port will answer. */
export class RecordBook implements Recorder {
  readonly #kept: string[] = []
  #bytes = 0
  #lost = 0

  /** Writes an observation down with the time of day. What does not fit any more is only counted. */
  record(seeing: Seeing): void {
    const json = JSON.stringify({ atMs: Date.now(), seeing })
    const bytes = Buffer.byteLength(json)
    if (this.#kept.length >= MOST_RECORDS || this.#bytes + bytes > MOST_BYTES) {
      this.#lost++
      return
    }
    this.#kept.push(json)
    this.#bytes += bytes
  }

  /** JSON of a `RecordPage`: the records from number `since`, counted from 0. */
  page(since: number): string {
    let next = Math.min(since, this.#kept.length)
    let size = 0
    const records: string[] = []
    for (; next < this.#kept.length && size < PAGE_SIZE; next++) {
      const json = this.#kept[next] ?? ''
      records.push(json)
      size += json.length
    }
    const remaining = next < this.#kept.length ? 'some' : 'none'
    return `{"records":[${records.join(',')}],"next":${next},"remaining":"${remaining}","lost":${this.#lost}}`
  }
}
