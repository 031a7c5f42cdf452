import { expect, test } from '@playwright/test'
import { readFileSync } from 'node:fs'
import { HarnessError } from '../errors.ts'
import {
  CAPABILITIES,
  DISPOSITIONS,
  ENGINES,
  PROFILES,
  REASONS,
  STAGES,
} from '../scenario/vocabulary.ts'
import { EVERY_KIND } from './every-kind-for-tests.ts'
import { sampleReport } from './sample-for-tests.ts'
import { parseReport, REPORT_SCHEMA_FILE } from './validate.ts'

type Json = Record<string, unknown>

/** The sample as a reader gets it: through JSON. */
const asJson = (): Json => JSON.parse(JSON.stringify(sampleReport())) as Json

/** What a change of the sample is answered with. */
function refusal(change: (report: Json, result: Json) => void): string {
  const report = asJson()
  change(report, (report['results'] as Json[])[1] as Json)
  try {
    parseReport(report)
  } catch (error) {
    expect(error).toBeInstanceOf(HarnessError)
    expect((error as HarnessError).code).toBe('ERR_REPORT_INVALID')
    return (error as HarnessError).message
  }
  return 'accepted'
}

test('accepts what assemble makes, with every kind of observation', () => {
  const report = sampleReport()
  expect(parseReport(asJson())).toEqual(report)
  expect(refusal((_, result) => (result['observations'] = EVERY_KIND))).toBe('accepted')
})

const REFUSED: readonly (readonly [string, (report: Json, result: Json) => void, RegExp])[] = [
  [
    'another schema',
    (report) => (report['schema'] = 'v2'),
    /\/schema: only "hookproof.report\/v1"/,
  ],
  ['an unknown field', (report) => (report['extra'] = 1), /the field "extra" is not known/],
  ['a missing field', (report) => delete report['suite'], /required property 'suite'/],
  [
    'an unknown verdict',
    (report) => (report['verdict'] = 'ok'),
    /\/verdict: allowed are "conformant"/,
  ],
  [
    'an unknown profile',
    (_, result) => (result['profile'] = 'x'),
    /\/results\/1\/profile: allowed are "core"/,
  ],
  [
    'a grade of a failure',
    (_, result) => Object.assign(result, { verdict: 'failed', reason: 'leak' }),
    /\/results\/1\/grade/,
  ],
  [
    'a failure for an inconclusive reason',
    (_, result) => Object.assign(result, { verdict: 'failed', grade: null, reason: 'clock' }),
    /\/results\/1\/reason: allowed are "leak"/,
  ],
  [
    'a skip that does not say what is missing',
    (_, result) => Object.assign(result, { verdict: 'skipped', grade: null }),
    /\/results\/1\/missing/,
  ],
  [
    'an unknown observation',
    (_, result) => (result['observations'] = [{ kind: 'rumour', at: 0 }]),
    /observations\/0: the value of "kind"/,
  ],
  [
    'an unknown field in an observation',
    (_, result) => (result['observations'] = [{ kind: 'dropped', at: 0, dropped: [], x: 1 }]),
    /observations\/0: the field "x"/,
  ],
  [
    'a digest that is none',
    (report) => ((report['suite'] as Json)['corpus'] = 'sha256:12'),
    /\/suite\/corpus/,
  ],
  [
    'a time that is none',
    (report) => ((report['run'] as Json)['startedAt'] = 'now'),
    /\/run\/startedAt/,
  ],
  [
    'a negative count',
    (report) => ((report['summary'] as Json)['failed'] = -1),
    /\/summary\/failed/,
  ],
]
for (const [what, change, words] of REFUSED) {
  test(`refuses ${what}`, () => {
    expect(refusal(change)).toMatch(words)
  })
}

test('refuses what is no report at all', () => {
  for (const value of [null, 1, 'x', [], {}]) expect(() => parseReport(value)).toThrow(HarnessError)
})

test('a report that is wrong all over gets a bounded message', () => {
  const message = refusal((report) => {
    for (const result of report['results'] as Json[]) result['level'] = 'MAY'
  })
  expect(message).toMatch(/and \d+ more$/)
  expect(message.length).toBeLessThan(1000)
})

interface Node {
  readonly description?: string
  readonly type?: unknown
  readonly additionalProperties?: unknown
  readonly properties?: Readonly<Record<string, Node>>
  readonly enum?: readonly unknown[]
  readonly [keyword: string]: unknown
}

const schema = JSON.parse(readFileSync(REPORT_SCHEMA_FILE, 'utf8')) as Node

/** Every schema object with properties, wherever it is. */
function objectsIn(node: unknown, path = '#'): readonly (readonly [string, Node])[] {
  if (typeof node !== 'object' || node === null) return []
  const own = node as Node
  const found = own.type === 'object' && own.properties !== undefined ? [[path, own] as const] : []
  return [
    ...found,
    ...Object.entries(own).flatMap(([key, value]) => objectsIn(value, `${path}/${key}`)),
  ]
}

/** What came after the first reports of this version of the schema, which stay valid. */
const OPTIONAL: readonly string[] = ['known']

test('the schema describes every field and knows all of them', () => {
  const objects = objectsIn(schema)
  expect(objects.length).toBeGreaterThan(30)
  for (const [path, object] of objects) {
    expect(object.additionalProperties, path).toBe(false)
    const names = Object.keys(object.properties ?? {})
    expect(object['required'], path).toEqual(names.filter((name) => !OPTIONAL.includes(name)))
    for (const [name, field] of Object.entries(object.properties ?? {})) {
      const target =
        typeof field['$ref'] === 'string' ? 'described where it is defined' : field.description
      expect(target, `${path}/${name}`).toBeTruthy()
    }
  }
})

test('the schema has the words of the vocabulary', () => {
  const text = JSON.stringify(schema)
  for (const words of [CAPABILITIES, REASONS, STAGES, DISPOSITIONS, PROFILES, ENGINES]) {
    expect(text).toContain(JSON.stringify(words).slice(1, -1))
  }
})
