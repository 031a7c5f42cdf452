import { expect, test } from '@playwright/test'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { HarnessError } from '../errors.ts'
import { parseStream, readStream } from './read-stream.ts'
import { sampleReport } from './sample-for-tests.ts'
import { ResultStream } from './stream.ts'

let folder = ''
test.beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hookproof-stream-'))
})
test.afterEach(() => {
  rmSync(folder, { recursive: true, force: true })
})

const report = sampleReport()
const { plan, suite } = report
const run = { id: report.run.id, startedAt: report.run.startedAt }
/** One planned scenario of the sample left no result, and so no line. */
const lines = report.results.filter(({ reason }) => reason !== 'harness').toReversed()

/** The text of a stream that a whole run of the sample writes. */
function written(): string {
  const path = join(folder, 'deep', 'results.jsonl')
  const stream = ResultStream.begin(path, { suite, run, plan })
  for (const result of lines) stream.add(result)
  stream.end(report)
  return readFileSync(path, 'utf8')
}

/** What a changed stream is answered with. */
function refusal(change: (lines: string[]) => readonly string[] | string): string {
  const changed = change(written().split('\n').slice(0, -1))
  const text = typeof changed === 'string' ? changed : changed.map((line) => `${line}\n`).join('')
  try {
    parseStream(text, 'results.jsonl')
  } catch (error) {
    expect(error).toBeInstanceOf(HarnessError)
    expect((error as HarnessError).code).toBe('ERR_REPORT_INVALID')
    return (error as HarnessError).message
  }
  return 'accepted'
}

/** Replaces a field of a line of JSON. */
const edited = (line: string | undefined, change: (value: Record<string, unknown>) => void) => {
  const value = JSON.parse(line ?? '{}') as Record<string, unknown>
  change(value)
  return JSON.stringify(value)
}

test('is read back as it was written: header, results as they ended, footer', () => {
  const read = parseStream(written(), 'results.jsonl')
  expect(read.header).toMatchObject({ schema: 'hookproof.results/v1', suite, run, plan })
  expect(read.results).toEqual(lines)
  const { summary, verdict, seal } = report
  expect(read.footer).toMatchObject({ results: lines.length, summary, verdict, seal })
})

test('every line is in the file at once, so that a killed run leaves what it knew', () => {
  const path = join(folder, 'results.jsonl')
  const stream = ResultStream.begin(path, { suite, run, plan })
  const count = () => readFileSync(path, 'utf8').split('\n').length - 1
  expect(count()).toBe(1)
  for (const [index, result] of lines.entries()) {
    stream.add(result)
    expect(count()).toBe(index + 2)
  }
  expect(() => readStream(path)).toThrow(/no footer: the run that wrote it did not come to its end/)
  stream.end(report)
  expect(readStream(path).results).toHaveLength(lines.length)
})

test('a later run replaces it', () => {
  const path = join(folder, 'results.jsonl')
  writeFileSync(path, 'old\n'.repeat(1000))
  ResultStream.begin(path, { suite, run, plan }).end({
    ...report,
    summary: { ...report.summary, passed: 0, failed: 0, skipped: 0, inconclusive: 19 },
  })
  expect(readStream(path).results).toEqual([])
})

const REFUSED: readonly (readonly [
  string,
  (lines: string[]) => readonly string[] | string,
  RegExp,
])[] = [
  ['an empty stream', () => '', /is empty/],
  ['a header alone', ([header = '']) => [header], /no footer/],
  ['a missing footer', (all) => all.slice(0, -1), /no footer/],
  ['a missing header', (all) => all.slice(1), /does not begin with a header/],
  ['a last line that is cut off', (all) => all.join('\n').slice(0, -20), /cut off within line 20/],
  ['a line that is not JSON', (all) => all.with(2, '{"type":'), /line 3 .* is not JSON/],
  ['an empty line', (all) => all.with(2, ''), /line 3 .* is not JSON/],
  ['a result twice', (all) => all.with(2, all[1] ?? ''), /line 3 .* second result for sample-/],
  ['a second header', (all) => all.with(1, all[0] ?? ''), /line 2 .* second header/],
  ['a footer in the middle', (all) => all.with(1, all.at(-1) ?? ''), /line 2 .* second footer/],
  ['a result too few', (all) => all.toSpliced(1, 1), /has 17 results, and its footer counts 18/],
  [
    'a result that was not planned',
    (all) => all.with(1, (all[1] ?? '').replace(/"scenario":"[^"]*"/, '"scenario":"x/y"')),
    /result for x\/y, not planned/,
  ],
  [
    'counts that do not follow',
    (all) =>
      all.with(
        -1,
        edited(all.at(-1), (footer) => {
          footer['summary'] = { ...report.summary, failed: 0, passed: 12 }
        }),
      ),
    /has 7 passed, and its footer says 12/,
  ],
  [
    'an unknown field',
    (all) =>
      all.with(
        1,
        edited(all[1], (line) => (line['extra'] = 1)),
      ),
    /line 2 .*"extra" is not known/,
  ],
  [
    'an unknown type of line',
    (all) =>
      all.with(
        1,
        edited(all[1], (line) => (line['type'] = 'note')),
      ),
    /line 2 .*"type" is not known/,
  ],
  [
    'another schema',
    (all) =>
      all.with(
        0,
        edited(all[0], (line) => (line['schema'] = 'v9')),
      ),
    /line 1 .*only "hookproof.results\/v1"/,
  ],
]
for (const [what, change, words] of REFUSED) {
  test(`refuses ${what}, and names it`, () => {
    expect(refusal(change)).toMatch(words)
  })
}

test('a place that cannot be written to is named', () => {
  writeFileSync(join(folder, 'file'), '')
  const path = join(folder, 'file', 'results.jsonl')
  expect(() => ResultStream.begin(path, { suite, run, plan })).toThrow(path)
  expect(() => readStream(join(folder, 'none.jsonl'))).toThrow(/cannot be read/)
})
