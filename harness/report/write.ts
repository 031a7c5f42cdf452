import { randomUUID } from 'node:crypto'
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { HarnessError } from '../errors.ts'
import { renderHtml } from './html.ts'
import type { Report } from './model.ts'

// Synchronous on purpose: a run that is being interrupted still gets its report out.

/** Where a report was written. */
export interface WrittenReport {
  readonly json: string
  readonly html: string
}

function unwritable(folder: string, cause: unknown): HarnessError {
  const why = cause instanceof Error ? cause.message : String(cause)
  return new HarnessError(
    'ERR_REPORT_UNWRITABLE',
    `the report cannot be written to ${folder}: ${why}`,
    {
      hint: 'Choose a folder that you may write to, with --report DIR or HOOKPROOF_REPORT=DIR.',
      cause,
    },
  )
}

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
 * Writes `report.json` and the self-contained `index.html` into `folder`, which it creates. Earlier
 * ones are replaced.
 *
 * @throws HarnessError `ERR_REPORT_UNWRITABLE` with the path
 */
export function writeReport(report: Report, folder: string): WrittenReport {
  const json = join(folder, 'report.json')
  const html = join(folder, 'index.html')
  const page = renderHtml(report)
  try {
    mkdirSync(folder, { recursive: true })
    replaceFile(json, `${JSON.stringify(report, null, 2)}\n`)
    replaceFile(html, page)
  } catch (error) {
    throw unwritable(folder, error)
  }
  return { json, html }
}
