import { readFileSync } from 'node:fs'
import { HarnessError } from '../errors.ts'
import type { Report } from './model.ts'
import { parseReport } from './validate.ts'

function unreadable(file: string, cause: unknown): HarnessError {
  const why = cause instanceof Error ? cause.message : String(cause)
  return new HarnessError('ERR_REPORT_INVALID', `the report ${file} cannot be read: ${why}`, {
    hint: 'Give the path of a report.json that a run of hookproof wrote.',
    cause,
  })
}

/**
 * Reads a `report.json`.
 *
 * @throws HarnessError `ERR_REPORT_INVALID` when the file is not there, is not JSON, or is not a valid report
 */
export function readReport(file: string): Report {
  let value: unknown
  try {
    value = JSON.parse(readFileSync(file, 'utf8'))
  } catch (error) {
    throw unreadable(file, error)
  }
  return parseReport(value)
}
