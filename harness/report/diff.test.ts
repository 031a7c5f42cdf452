import { expect, test } from '@playwright/test'
import { diffReports } from './diff.ts'
import type { Report, ReportedResult } from './model.ts'
import { sampleReport } from './sample-for-tests.ts'

const report = sampleReport()
const [base] = report.results
if (base === undefined) throw new Error('the sample has results')

const ENDINGS = {
  passed: { verdict: 'passed', grade: 'strict', reason: null },
  loose: { verdict: 'passed', grade: 'loose', reason: null },
  leaked: { verdict: 'failed', grade: null, reason: 'leak' },
  stormed: { verdict: 'failed', grade: null, reason: 'storm' },
  skipped: { verdict: 'skipped', grade: null, reason: null },
  open: { verdict: 'inconclusive', grade: null, reason: 'adapter' },
} as const satisfies Record<string, Partial<ReportedResult>>

/** A report in which scenarios ended like this. */
const ending = (endings: Readonly<Record<string, keyof typeof ENDINGS>>): Report => ({
  ...report,
  results: Object.entries(endings).map(([scenario, how]) => ({
    ...base,
    scenario,
    ...ENDINGS[how],
  })),
})

const kinds = (old: Parameters<typeof ending>[0], now: Parameters<typeof ending>[0]) =>
  diffReports(ending(old), ending(now)).changes.map(({ kind, scenario }) => `${kind} ${scenario}`)

test('a report is like itself', () => {
  expect(diffReports(report, report)).toEqual({
    changes: [],
    circumstances: [],
    direction: 'unchanged',
  })
})

test('every way to change has its kind, the worst first', () => {
  expect(
    kinds(
      { a: 'leaked', b: 'loose', c: 'passed', d: 'leaked', e: 'passed', f: 'passed', g: 'passed' },
      { a: 'passed', b: 'passed', c: 'loose', d: 'stormed', e: 'open', f: 'leaked', h: 'passed' },
    ),
  ).toEqual([
    'failing f',
    'lost e',
    'looser c',
    'moved d',
    'removed g',
    'added h',
    'stricter b',
    'mended a',
  ])
})

test('what fails now and did not is a new failure, whatever it was', () => {
  for (const old of ['passed', 'loose', 'skipped', 'open'] as const) {
    expect(kinds({ a: old }, { a: 'leaked' })).toEqual(['failing a'])
  }
  expect(kinds({}, { a: 'leaked' })).toEqual(['failing a'])
  expect(kinds({ a: 'leaked' }, { a: 'leaked' })).toEqual([])
})

test('only what fails anew or no longer passes is worse', () => {
  const direction = (old: keyof typeof ENDINGS, now: keyof typeof ENDINGS) =>
    diffReports(ending({ a: old }), ending({ a: now })).direction
  expect(direction('passed', 'leaked')).toBe('worse')
  expect(direction('passed', 'skipped')).toBe('worse')
  expect(direction('skipped', 'open')).toBe('changed')
  expect(direction('leaked', 'passed')).toBe('changed')
  expect(direction('passed', 'loose')).toBe('changed')
  expect(direction('leaked', 'leaked')).toBe('unchanged')
})

test('names what may explain a change', () => {
  const other: Report = {
    ...report,
    suite: { ...report.suite, version: '0.2.0' },
    dispatcher: { ...report.dispatcher, version: '5.0.0', capabilities: ['retry', 'inspect'] },
    run: { ...report.run, engine: 'containers' },
  }
  const { circumstances, direction } = diffReports(report, other)
  expect(circumstances.map(({ what }) => what)).toEqual([
    'dispatcher',
    'capabilities',
    'suite',
    'engine',
  ])
  expect(circumstances[1]?.new).toBe('inspect retry')
  expect(direction).toBe('unchanged')
})
