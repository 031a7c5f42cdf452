import { randomUUID } from 'node:crypto'
import { appendFileSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { renderBadge } from './badge.ts'
import { renderHtml } from './html.ts'
import { renderJunit } from './junit.ts'
import { renderMarkdown } from './markdown.ts'
import type { Report } from './model.ts'
import { unwritable } from './unwritable.ts'

// Synchronous on purpose: a run that is being interrupted still gets its report out.

/** The files of a report, each with the writer that makes it. */
const WRITERS = {
  json: ['report.json', (report: Report) => `${JSON.stringify(report, null, 2)}\n`],
  html: ['index.html', renderHtml],
  junit: ['junit.xml', renderJunit],
  markdown: ['summary.md', renderMarkdown],
  badge: ['badge.svg', renderBadge],
} as const

/** Name of the stream of results beside a report, which `ResultStream` writes during the run. */
export const RESULTS_FILE = 'results.jsonl'

/** Where each file of a report was written. */
export type WrittenReport = Readonly<Record<keyof typeof WRITERS, string>>

/** Removes a file if it is there. What stands in the way was reported already. */
function discard(path: string): void {
  try {
    rmSync(path, { force: true })
  } catch {
    // The folder cannot be written to or is none; there is nothing to remove then.
  }
}

/** Puts `text` at `path` whole or not at all: a reader never sees half a file. */
function replaceFile(path: string, text: string): void {
  const beside = `${path}.${randomUUID()}.tmp`
  try {
    writeFileSync(beside, text, { encoding: 'utf8', flag: 'wx' })
    renameSync(beside, path)
  } finally {
    discard(beside)
  }
}

/**
 * Makes sure, before a run, that its report can be written: creates the folder and a file in it,
 * which it removes again.
 *
 * @throws HarnessError `ERR_REPORT_UNWRITABLE` with the path
 */
export function ensureWritable(folder: string): void {
  const probe = join(folder, `.writable.${randomUUID()}.tmp`)
  try {
    mkdirSync(folder, { recursive: true })
    writeFileSync(probe, '', { flag: 'wx' })
  } catch (error) {
    throw unwritable(folder, error)
  } finally {
    discard(probe)
  }
}

/**
 * Writes `report.json`, the self-contained `index.html`, `junit.xml`, `summary.md` and `badge.svg` into
 * `folder`, which it creates. Earlier ones are replaced.
 *
 * @throws HarnessError `ERR_REPORT_UNWRITABLE` with the path
 */
export function writeReport(report: Report, folder: string): WrittenReport {
  // Everything is made before anything is written: a writer that throws leaves the old files whole.
  const texts = Object.values(WRITERS).map(([name, write]) => [name, write(report)] as const)
  try {
    mkdirSync(folder, { recursive: true })
    for (const [name, text] of texts) replaceFile(join(folder, name), text)
  } catch (error) {
    throw unwritable(folder, error)
  }
  const at = (key: keyof typeof WRITERS): string => join(folder, WRITERS[key][0])
  return {
    json: at('json'),
    html: at('html'),
    junit: at('junit'),
    markdown: at('markdown'),
    badge: at('badge'),
  }
}

/**
 * Adds the Markdown summary to a file that a CI job shows, such as the one that GITHUB_STEP_SUMMARY
 * names.
 *
 * @throws HarnessError `ERR_REPORT_UNWRITABLE` with the path
 */
export function appendSummary(report: Report, file: string): void {
  try {
    appendFileSync(file, `${renderMarkdown(report)}\n`)
  } catch (error) {
    throw unwritable(file, error)
  }
}
