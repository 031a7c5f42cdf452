import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import type { PlanEntry, Report, ReportedResult } from './model.ts'
import { unwritable } from './unwritable.ts'

/** First line of `results.jsonl`: everything that is fixed before anything is driven. */
export interface StreamHeader {
  readonly type: 'header'
  readonly schema: 'hookproof.results/v1'
  readonly suite: Report['suite']
  readonly run: Pick<Report['run'], 'id' | 'startedAt'>
  readonly plan: readonly PlanEntry[]
}

/** One line for each result, in the order in which they ended. */
export interface StreamResult {
  readonly type: 'result'
  readonly result: ReportedResult
}

/** Last line, and the only proof that nothing is missing: without it the run was cut off. */
export interface StreamFooter {
  readonly type: 'footer'
  /** How many result lines are above. Scenarios without a result have none. */
  readonly results: number
  readonly finishedAt: string
  readonly summary: Report['summary']
  readonly verdict: Report['verdict']
  /** The seal of the `report.json` of the same run. */
  readonly seal: string
}

/** One line of `results.jsonl`. */
export type StreamLine = StreamHeader | StreamResult | StreamFooter

/**
 * Writes `results.jsonl` while the run goes on, each line whole and at once, so that a run that is
 * killed leaves what it knew. Synchronous for the same reason.
 */
export class ResultStream {
  readonly path: string
  readonly #file: number
  #results = 0

  private constructor(path: string, file: number) {
    this.path = path
    this.#file = file
  }

  /**
   * Begins the file, replacing an earlier one, with its header.
   *
   * @throws HarnessError `ERR_REPORT_UNWRITABLE` with the path, like every other method
   */
  static begin(path: string, header: Omit<StreamHeader, 'type' | 'schema'>): ResultStream {
    try {
      mkdirSync(dirname(path), { recursive: true })
      const stream = new ResultStream(path, openSync(path, 'w'))
      stream.#write({ type: 'header', schema: 'hookproof.results/v1', ...header })
      return stream
    } catch (error) {
      throw unwritable(path, error)
    }
  }

  /** Adds the line of a scenario that ended. */
  add(result: ReportedResult): void {
    this.#results++
    this.#write({ type: 'result', result })
  }

  /** Writes the footer from the report and closes the file. */
  end(report: Report): void {
    const { summary, verdict, seal } = report
    const { finishedAt } = report.run
    const results = this.#results
    this.#write({ type: 'footer', results, finishedAt, summary, verdict, seal })
    closeSync(this.#file)
  }

  #write(line: StreamLine): void {
    try {
      writeSync(this.#file, `${JSON.stringify(line)}\n`)
    } catch (error) {
      throw unwritable(this.path, error)
    }
  }
}
