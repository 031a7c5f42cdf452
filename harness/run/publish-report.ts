import { join } from 'node:path'
import { renderError } from '../errors.ts'
import type { Report } from '../report/model.ts'
import { renderTerminal } from '../report/terminal.ts'
import { appendSummary, writeReport } from '../report/write.ts'
import { leaveVerdict } from './outcome-file.ts'
import { currentRun } from './run-folder.ts'

/**
 * Writes the files of a report and leaves its verdict for the process that started the run.
 *
 * @throws HarnessError `ERR_REPORT_UNWRITABLE` with the path
 */
export function publishReport(report: Report, folder: string): void {
  writeReport(report, folder)
  summarise(report)
  leaveVerdict(currentRun(), report.verdict)
}

/** Prints the summary of a report, with where the page is. */
export function tellReport(report: Report, folder: string): void {
  const colour = process.stdout.isTTY ? 'ansi' : 'none'
  process.stdout.write(
    `\n${renderTerminal(report, { colour, reportAt: join(folder, 'index.html') })}\n`,
  )
}

/** Whether Playwright, which has no other words, is to call the run passed. */
export function playwrightStatus({ verdict }: Report): 'passed' | 'failed' {
  return verdict === 'conformant' || verdict === 'partial' ? 'passed' : 'failed'
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
