import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv } from 'ajv'
import type { ErrorObject, ValidateFunction } from 'ajv'
import { packageRoot } from '../package-root.ts'

/** Where a value breaks its schema, and what would be right. */
export interface SchemaProblem {
  /** Keys and indexes from the top, for example `['attempts', 0, 'stage']`. */
  readonly path: readonly (string | number)[]
  /** For example `attempts[0].stage is "tlz"; allowed: config, dns, …`. */
  readonly sentence: string
}

/** One definition of a schema file. */
export interface Definition {
  /** The first few problems; empty = valid. */
  problemsIn(value: unknown): readonly SchemaProblem[]
}

const MAX_PROBLEMS = 5

/**
 * Compiling costs more than all the checking that follows, in every process of a run. A unit test
 * compares the schemas with their metaschema.
 */
const QUICK_TO_COMPILE = { meta: false, validateSchema: false, code: { optimize: false } } as const

/**
 * Reads a JSON Schema of this folder and returns its definitions by name. Definitions are compiled
 * when first asked for, since most runs use few of them.
 *
 * @param report - Whether to stop at the first problem, as one must with what a stranger sent.
 */
export function schemaFile(
  name: string,
  report: 'first-problem' | 'all-problems',
): (definition: string) => Definition {
  const path = join(packageRoot, 'harness/dispatcher', name)
  const schema = JSON.parse(readFileSync(path, 'utf8')) as { readonly $id: string }
  // Collecting every error lets a hostile value make the work grow: only for the user's own files.
  // `verbose` gives the schema beside the error, to say what is allowed.
  const allErrors = report === 'all-problems'
  const ajv = new Ajv({
    discriminator: true,
    verbose: true,
    allErrors,
    allowUnionTypes: true,
    ...QUICK_TO_COMPILE,
  })
  ajv.addSchema(schema)
  return (definition) => {
    let validate: ValidateFunction | undefined
    return {
      problemsIn(value) {
        validate ??= ajv.compile({ $ref: `${schema.$id}#/definitions/${definition}` })
        if (validate(value)) return []
        return (validate.errors ?? []).slice(0, MAX_PROBLEMS).map(problemOf)
      },
    }
  }
}

function problemOf(error: ErrorObject): SchemaProblem {
  const path = pathOf(error.instancePath)
  const where = spell(path)
  const params = error.params as Readonly<Record<string, unknown>>
  const shown = preview(error.data)
  switch (error.keyword) {
    case 'additionalProperties': {
      const field = [...path, String(params['additionalProperty'])]
      const known = Object.keys((error.parentSchema?.['properties'] ?? {}) as object)
      return problem(field, `${spell(field)} is not known; allowed: ${known.join(', ')}`)
    }
    case 'required': {
      const field = [...path, String(params['missingProperty'])]
      return problem(field, `${spell(field)} is missing`)
    }
    case 'enum':
      return problem(path, `${where} is ${shown}; allowed: ${list(params['allowedValues'])}`)
    case 'const':
      return problem(
        path,
        `${where} is ${shown}; allowed: ${JSON.stringify(params['allowedValue'])}`,
      )
    case 'discriminator':
      return problem(
        path,
        `${where} has no known ${String(params['tag'])}: ${preview(params['tagValue'])}`,
      )
    default:
      return problem(path, `${where} is ${shown}; it ${error.message ?? 'breaks the schema'}`)
  }
}

function problem(path: readonly (string | number)[], sentence: string): SchemaProblem {
  return { path, sentence }
}

/** JSON Pointer (RFC 6901) to keys and indexes. */
function pathOf(pointer: string): (string | number)[] {
  return pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .map((part) => (/^\d+$/.test(part) ? Number(part) : part))
}

/** A path as people write it: `attempts[0].stage`; the top is `the message`. */
function spell(path: readonly (string | number)[]): string {
  if (path.length === 0) return 'the top level'
  return path
    .map((part, index) =>
      typeof part === 'number' ? `[${part}]` : index === 0 ? part : `.${part}`,
    )
    .join('')
    .slice(0, 120)
}

function list(values: unknown): string {
  return Array.isArray(values) ? values.map(String).join(', ') : String(values)
}

// Values come from outside and may be secrets or a megabyte: kinds of them are named, not shown.
function preview(value: unknown): string {
  if (value === undefined) return 'missing'
  if (typeof value === 'string') return value.length <= 60 ? JSON.stringify(value) : 'a long string'
  if (typeof value === 'number' || typeof value === 'boolean' || value === null)
    return String(value)
  return Array.isArray(value) ? 'a list' : 'an object'
}
