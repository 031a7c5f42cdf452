import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv'
import { packageRoot } from '../package-root.ts'
import { suggestion, type DocumentPath, type Problem } from './problems.ts'
import type { RawTopic } from './raw.ts'

/** Compiled forms of the schema: one that is quick to compile, and one that tells what is wrong. */
const compiled: { quick?: ValidateFunction<RawTopic>; thorough?: ValidateFunction<RawTopic> } = {}

/**
 * Compiling costs more than all the checking that follows. So it is done once, when needed, and
 * without what only failures need; a unit test compares the schema itself with its metaschema.
 */
function validator(kind: 'quick' | 'thorough'): ValidateFunction<RawTopic> {
  const path = join(packageRoot, 'harness/scenario/scenario.schema.json')
  return (compiled[kind] ??= new Ajv({
    // Only inlined, does the schema of keys say which key an error is about.
    ...(kind === 'thorough'
      ? { allErrors: true, verbose: true, inlineRefs: true }
      : { messages: false, inlineRefs: false }),
    code: { optimize: false },
    meta: false,
    strict: false,
    validateSchema: false,
  }).compile<RawTopic>(JSON.parse(readFileSync(path, 'utf8')) as object))
}

/** What came of comparing a document with the schema. */
export type SchemaCheck =
  | { readonly fits: 'yes'; readonly topic: RawTopic }
  | { readonly fits: 'no'; readonly problems: readonly Problem[] }

/** Compares a document with `scenario.schema.json`, and says what is wrong in words of its own. */
export function checkAgainstSchema(value: unknown): SchemaCheck {
  if (validator('quick')(value)) return { fits: 'yes', topic: value }
  const validate = validator('thorough')
  validate(value)
  const problems: Problem[] = []
  for (const error of validate.errors ?? []) {
    const problem = explain(error)
    if (problem === null || repeats(error, validate.errors ?? []) === 'repeats') continue
    problems.push(problem)
  }
  return { fits: 'no', problems }
}

/** Of two wrong types at one place, as for a text or a mapping, the first says all. */
function repeats(error: ErrorObject, all: readonly ErrorObject[]): 'repeats' | 'news' {
  const first = all.find((one) => one.keyword === 'type' && one.instancePath === error.instancePath)
  return error.keyword === 'type' && first !== error ? 'repeats' : 'news'
}

/** A JSON Pointer as a path; what looks like an index is one, since no key is a bare number. */
function pathOf(pointer: string): DocumentPath {
  return pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .map((part) => (/^\d+$/.test(part) ? Number(part) : part))
}

/** The part of the schema that an error broke. */
type Schema = Readonly<Record<string, unknown>>

function shown(value: unknown): string {
  if (typeof value === 'object' && value !== null) {
    return Array.isArray(value) ? 'a list' : 'a mapping'
  }
  const text = typeof value === 'string' ? `"${value}"` : String(value)
  return text.length > 60 ? `${text.slice(0, 57)}…` : text
}

const NOUNS: Readonly<Record<string, string>> = {
  object: 'a mapping',
  array: 'a list',
  string: 'a text',
  integer: 'a whole number',
  number: 'a number',
}

/** One ajv error in our words; null for those that only repeat another. */
function explain(error: ErrorObject): Problem | null {
  const path = pathOf(error.instancePath)
  const params = error.params as Schema
  const schema = (error.parentSchema ?? {}) as Schema
  const { data } = error
  switch (error.keyword) {
    case 'additionalProperties': {
      const key = String(params['additionalProperty'])
      const allowed = Object.keys(schema['properties'] ?? {})
      return {
        path: [...path, key],
        says: `unknown key${suggestion(key, allowed)}; allowed: ${allowed.join(', ')}`,
      }
    }
    case 'enum':
    case 'const': {
      const words = [params['allowedValues'] ?? params['allowedValue']].flat().map(String)
      const near = suggestion(String(data), words)
      return { path, says: `${shown(data)} is not allowed${near}; allowed: ${words.join(', ')}` }
    }
    case 'type': {
      const types = [params['type']].flat().map((type) => NOUNS[String(type)] ?? String(type))
      return { path, says: `must be ${types.join(' or ')}, not ${shown(data)}` }
    }
    case 'required':
      return { path, says: `the key "${String(params['missingProperty'])}" is missing` }
    case 'pattern':
      // Of a key: ajv points at the mapping, and names the key beside it.
      if (error.propertyName !== undefined) {
        return {
          path: [...path, error.propertyName],
          says: `the key is not ${form(schema, params)}`,
        }
      }
      return { path, says: `${shown(data)} is not ${form(schema, params)}` }
    case 'propertyNames':
    case 'if':
      return null
    default:
      return { path, says: limitWords(error.keyword, Number(params['limit'])) }
  }
}

/** What a limit of the schema demands. */
function limitWords(keyword: string, limit: number): string {
  switch (keyword) {
    case 'minItems':
      return 'must not be empty'
    case 'maxItems':
      return `must have ${limit} entries or fewer`
    case 'minProperties':
    case 'maxProperties':
      return limit === 1 ? 'must have exactly one key' : `must have ${limit} keys`
    case 'uniqueItems':
      return 'says the same thing twice'
    case 'minLength':
      return `must have ${limit} characters or more`
    case 'maxLength':
      return `must have ${limit} characters or fewer`
    case 'minimum':
      return `must be ${limit} or more`
    case 'maximum':
      return `must be ${limit} or less`
    default:
      return `breaks the rule "${keyword}" of the schema`
  }
}

/** The schema names the form of a patterned text in its title. */
function form(schema: Schema, params: Schema): string {
  const title = schema['title']
  return typeof title === 'string' ? title : `like ${String(params['pattern'])}`
}
