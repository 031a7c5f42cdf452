import type { FullResult, Suite, TestCase, TestResult } from '@playwright/test/reporter'
import { join } from 'node:path'
import { renderError } from '../errors.ts'
import { ResultStream } from '../report/stream.ts'
import { ensureWritable, RESULTS_FILE } from '../report/write.ts'
import { leaveError } from './outcome-file.ts'
import { playwrightStatus, publishReport, tellReport } from './publish-report.ts'
import { messageAmong } from './result-message.ts'
import { currentRun } from './run-folder.ts'
import { settingsFrom, settingsInForce } from './settings.ts'
import { ShardMerge, type MergedReport } from './shard-merge.ts'

/** What the reporter does in `npx playwright merge-reports`. */
export class MergeReporter {
  readonly #shards = new ShardMerge()
  /** The first error. What follows it may be its consequence. */
  #fault: Error | null = null

  onBegin(suite: Suite): void {
    this.#shards.begin(suite)
  }

  onTestEnd(test: TestCase, result: TestResult): void {
    if (this.#fault !== null) return
    try {
      this.#shards.ended(result)
      const message = messageAmong(result.attachments)
      if (message !== null) this.#shards.add(test, message)
    } catch (error) {
      this.#fault = error instanceof Error ? error : new Error(String(error))
    }
  }

  /**
   * Writes the report.
   *
   * @throws Error when Playwright is to end with status 1: of a merge it heeds no status that a reporter
   *   returns, only that one threw. Playwright 1.60 and earlier heed neither.
   */
  onEnd(run: FullResult): void {
    const { report, stale } = this.#publish(run)
    if (playwrightStatus(report, stale) === 'passed') return
    throw new MergeEnded(stale?.message ?? `The merged report is ${report.verdict}.`)
  }

  #publish(run: FullResult): MergedReport {
    try {
      if (this.#fault !== null) throw this.#fault
      const { report: folder } = settingsInForce() ?? settingsFrom({}, process.env, process.cwd())
      const merged = this.#shards.report(run)
      const { report, stale, warning } = merged
      ensureWritable(folder)
      publishReport(report, folder, stale)
      writeStream(merged, folder)
      tellReport(report, folder, stale)
      if (warning !== null) process.stderr.write(`${warning}\n`)
      return merged
    } catch (error) {
      const told = renderError(error)
      process.stderr.write(`\n${told}\n`)
      leaveError(currentRun(), error)
      throw new MergeEnded(told)
    }
  }
}

/** The stream of results that an unsharded run writes while it goes on. */
function writeStream({ report, reported }: MergedReport, folder: string): void {
  const { id, startedAt } = report.run
  const stream = ResultStream.begin(join(folder, RESULTS_FILE), {
    suite: report.suite,
    run: { id, startedAt },
    plan: report.plan,
  })
  for (const result of report.results) {
    if (reported.has(result.scenario)) stream.add(result)
  }
  stream.end(report)
}

/** Tells Playwright, and whatever other reporter prints errors, in one line and without a stack. */
class MergeEnded extends Error {
  constructor(sentence: string) {
    super(sentence)
    this.stack = sentence
  }
}
