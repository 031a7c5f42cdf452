import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv'
import { HarnessError } from '../errors.ts'
import { packageRoot } from '../package-root.ts'
import type { Report } from './model.ts'
import type { StreamLine } from './stream.ts'

/** Where the shipped JSON Schema of `report.json` is. */
export const REPORT_SCHEMA_FILE: string = join(packageRoot, 'harness/report/report.schema.json')

/** Where the shipped JSON Schema of a line of `results.jsonl` is. */
export const RESULTS_SCHEMA_FILE: string = join(packageRoot, 'harness/report/results.schema.json')

/** Most problems that one error lists. */
const SHOWN = 5

let compiled: {
  readonly report: ValidateFunction<Report>
  readonly line: ValidateFunction<StreamLine>
} | null = null

function validators(): NonNullable<typeof compiled> {
  if (compiled === null) {
    const ajv = new Ajv({ allErrors: true, discriminator: true, allowUnionTypes: true })
    const report = schemaIn(REPORT_SCHEMA_FILE)
    ajv.addSchema(report, 'report.schema.json')
    compiled = {
      report: ajv.compile<Report>(report),
      line: ajv.compile<StreamLine>(schemaIn(RESULTS_SCHEMA_FILE)),
    }
  }
  return compiled
}

function schemaIn(file: string): object {
  return JSON.parse(readFileSync(file, 'utf8')) as object
}

function quoted(values: unknown): string {
  return Array.isArray(values)
    ? values.map((value) => JSON.stringify(value)).join(', ')
    : JSON.stringify(values)
}

/** One problem: where it is and what is allowed there. */
function problem(error: ErrorObject): string | null {
  const where = error.instancePath === '' ? 'the report itself' : error.instancePath
  const params: Readonly<Record<string, unknown>> = error.params
  switch (error.keyword) {
    // Only says that another, listed problem lies inside.
    case 'if':
      return null
    case 'additionalProperties':
      return `${where}: the field ${quoted(params['additionalProperty'])} is not known`
    case 'enum':
      return `${where}: allowed are ${quoted(params['allowedValues'])}`
    case 'const':
      return `${where}: only ${quoted(params['allowedValue'])} is allowed`
    case 'discriminator':
      return `${where}: the value of ${quoted(params['tag'])} is not known`
    default:
      return `${where}: ${error.message ?? error.keyword}`
  }
}

function invalid(what: string, errors: ValidateFunction['errors'], schema: string): HarnessError {
  const problems = [...new Set((errors ?? []).map(problem))].filter((one) => one !== null)
  const shown = problems.slice(0, SHOWN).join('; ')
  const rest = problems.length > SHOWN ? `; and ${problems.length - SHOWN} more` : ''
  return new HarnessError('ERR_REPORT_INVALID', `${what}: ${shown}${rest}`, {
    hint: `Compare it with ${schema}, and do not edit a report by hand.`,
  })
}

/**
 * Reads a value, for example parsed JSON, as a report.
 *
 * @throws HarnessError `ERR_REPORT_INVALID`, naming the paths of what is wrong and what is allowed there
 */
export function parseReport(value: unknown): Report {
  const { report } = validators()
  if (report(value)) return value
  throw invalid('this is not a valid report', report.errors, REPORT_SCHEMA_FILE)
}

/**
 * Reads a value as a line of `results.jsonl`.
 *
 * @param what how an error calls the line
 * @throws HarnessError `ERR_REPORT_INVALID`, naming the paths of what is wrong and what is allowed there
 */
export function parseStreamLine(value: unknown, what: string): StreamLine {
  const { line } = validators()
  if (line(value)) return value
  throw invalid(`${what} is not a valid line of results`, line.errors, RESULTS_SCHEMA_FILE)
}
