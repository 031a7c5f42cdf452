import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv'
import { HarnessError } from '../errors.ts'
import { packageRoot } from '../package-root.ts'
import type { Report } from './model.ts'

/** Where the shipped JSON Schema of `report.json` is. */
export const REPORT_SCHEMA_FILE: string = join(packageRoot, 'harness/report/report.schema.json')

/** Most problems that one error lists. */
const SHOWN = 5

let compiled: ValidateFunction<Report> | undefined

function validator(): ValidateFunction<Report> {
  if (compiled === undefined) {
    const schema: unknown = JSON.parse(readFileSync(REPORT_SCHEMA_FILE, 'utf8'))
    const ajv = new Ajv({ allErrors: true, discriminator: true, allowUnionTypes: true })
    compiled = ajv.compile<Report>(schema as object)
  }
  return compiled
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

/**
 * Reads a value, for example parsed JSON, as a report.
 *
 * @throws HarnessError `ERR_REPORT_INVALID`, naming the paths of what is wrong and what is allowed there
 */
export function parseReport(value: unknown): Report {
  const validate = validator()
  if (validate(value)) return value
  const problems = [...new Set((validate.errors ?? []).map(problem))].filter((one) => one !== null)
  const shown = problems.slice(0, SHOWN).join('; ')
  const rest = problems.length > SHOWN ? `; and ${problems.length - SHOWN} more` : ''
  throw new HarnessError('ERR_REPORT_INVALID', `this is not a valid report: ${shown}${rest}`, {
    hint: `Compare it with ${REPORT_SCHEMA_FILE}, and do not edit a report by hand.`,
  })
}
