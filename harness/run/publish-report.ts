import { join } from 'node:path'
import { renderError, type HarnessError } from '../errors.ts'
import { gateOf } from '../report/known.ts'
import type { Report } from '../report/model.ts'
import { renderTerminal } from '../report/terminal.ts'
import { appendSummary, writeReport } from '../report/write.ts'
import { leaveOutcome } from './outcome-file.ts'
import { currentRun } from './run-folder.ts'

/**
 * Writes the files of a report and leaves how the run ended for the process that started it.
 *
 * @param stale the error for entries of known failures whose scenarios passed; null = none did
 * @throws HarnessError `ERR_REPORT_UNWRITABLE` with the path
 */
export function publishReport(report: Report, folder: string, stale: HarnessError | null): void {
  writeReport(report, folder)
  summarise(report)
  leaveOutcome(currentRun(), report.verdict, stale)
}

/** Prints the summary of a report, with where the page is, and what is stale in the list of known failures. */
export function tellReport(report: Report, folder: string, stale: HarnessError | null): void {
  const colour = process.stdout.isTTY ? 'ansi' : 'none'
  process.stdout.write(
    `\n${renderTerminal(report, { colour, reportAt: join(folder, 'index.html') })}\n`,
  )
  if (stale !== null) process.stderr.write(`${renderError(stale)}\n`)
}

/** Whether Playwright, which has no other words, is to call the run passed. */
export function playwrightStatus(report: Report, stale: HarnessError | null): 'passed' | 'failed' {
  return stale === null && gateOf(report) === 'open' ? 'passed' : 'failed'
}

/** Adds the summary to the page of a GitHub job, where there is one. No verdict depends on it. */
function summarise(report: Report): void {
  const file = process.env['GITHUB_STEP_SUMMARY']
  if (file === undefined || file === '') return
  try {
    appendSummary(report, file)
  } catch (error) {
    process.stderr.write(`\n${renderError(error)}\n`)
  }
}
