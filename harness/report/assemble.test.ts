import { expect, test } from '@playwright/test'
import { HarnessError } from '../errors.ts'
import { assemble, type PlannedScenario, type RunFacts } from './assemble.ts'
import type { Report, ScenarioResult } from './model.ts'
import { SAMPLE_FACTS, sampleReport } from './sample-for-tests.ts'
import { exitStatusOfRun } from './standing.ts'

const plan = (id: string, over: Partial<PlannedScenario> = {}): PlannedScenario => ({
  id,
  title: `Title of ${id}`,
  topic: 'A topic',
  level: 'MUST',
  profile: 'core',
  references: [],
  requires: [],
  engines: ['embedded', 'containers'],
  reproduce: `npx playwright test --grep ${id}`,
  steps: [],
  selection: 'selected',
  ...over,
})

const result = (
  scenario: string,
  verdict: ScenarioResult['verdict'],
  over: Partial<ScenarioResult> = {},
): ScenarioResult => ({
  scenario,
  title: 'as a worker sent it',
  topic: '',
  level: 'MUST',
  profile: 'core',
  references: [],
  verdict,
  grade: verdict === 'passed' ? 'strict' : null,
  reason: verdict === 'failed' ? 'leak' : verdict === 'inconclusive' ? 'adapter' : null,
  explanation: 'because',
  control: 'passed',
  stimulus: {},
  expected: [],
  observations: [],
  advisories: [],
  durationMs: 1,
  reproduce: '',
  ...over,
})

type Row = readonly [scenario: PlannedScenario, verdict: ScenarioResult['verdict'] | 'no result']

function run(rows: readonly Row[], facts: RunFacts = SAMPLE_FACTS): Report {
  const results = rows.flatMap(([scenario, verdict]) =>
    verdict === 'no result' ? [] : [[scenario.id, result(scenario.id, verdict)] as const],
  )
  return assemble(
    rows.map(([scenario]) => scenario),
    new Map(results),
    facts,
  )
}

const undeclared = { requires: ['client-certificate.jks'] } as const
const otherEngine = { engines: ['containers'] } as const
const out = (id: string): Row => [plan(id, { selection: 'filtered-out' }), 'no result']

test.describe('the verdict on a run', () => {
  const table: readonly (readonly [string, readonly Row[], Report['verdict']])[] = [
    [
      'everything passed',
      [
        [plan('a'), 'passed'],
        [plan('b'), 'passed'],
      ],
      'conformant',
    ],
    [
      'one failed',
      [
        [plan('a'), 'passed'],
        [plan('b'), 'failed'],
      ],
      'nonconformant',
    ],
    [
      'a SHOULD failed',
      [
        [plan('a'), 'passed'],
        [plan('b', { level: 'SHOULD' }), 'failed'],
      ],
      'nonconformant',
    ],
    [
      'an extended one failed',
      [
        [plan('a'), 'passed'],
        [plan('b', { profile: 'pinning' }), 'failed'],
      ],
      'nonconformant',
    ],
    [
      'failed outweighs inconclusive',
      [
        [plan('a'), 'failed'],
        [plan('b'), 'inconclusive'],
      ],
      'nonconformant',
    ],
    [
      'one inconclusive',
      [
        [plan('a'), 'passed'],
        [plan('b'), 'inconclusive'],
      ],
      'inconclusive',
    ],
    [
      'one without a result',
      [
        [plan('a'), 'passed'],
        [plan('b'), 'no result'],
      ],
      'inconclusive',
    ],
    ['inconclusive outweighs filtered', [[plan('a'), 'inconclusive'], out('b')], 'inconclusive'],
    ['nothing planned', [], 'inconclusive'],
    ['everything filtered out', [out('a')], 'inconclusive'],
    ['filtered', [[plan('a'), 'passed'], out('b')], 'partial'],
    ['failed although filtered', [[plan('a'), 'failed'], out('b')], 'nonconformant'],
    [
      'an opt-in profile nobody asked for',
      [
        [plan('a'), 'passed'],
        [plan('b', { profile: 'strict', selection: 'opt-in' }), 'no result'],
      ],
      'conformant',
    ],
    [
      'skipped for an undeclared extended capability',
      [
        [plan('a'), 'passed'],
        [plan('b', undeclared), 'skipped'],
      ],
      'conformant',
    ],
    [
      'an extended profile skipped whole',
      [
        [plan('a'), 'passed'],
        [plan('b', { ...undeclared, profile: 'keystores' }), 'skipped'],
      ],
      'conformant',
    ],
    [
      'a core one skipped for the engine',
      [
        [plan('a'), 'passed'],
        [plan('b', otherEngine), 'skipped'],
      ],
      'partial',
    ],
    [
      'skipped for the engine and an undeclared capability',
      [
        [plan('a'), 'passed'],
        [plan('b', { ...otherEngine, ...undeclared }), 'skipped'],
      ],
      'conformant',
    ],
    [
      'an extended one skipped for the engine',
      [
        [plan('a'), 'passed'],
        [plan('b', { ...otherEngine, profile: 'rotation' }), 'skipped'],
      ],
      'conformant',
    ],
    [
      'a core one skipped and nobody knows why',
      [
        [plan('a'), 'passed'],
        [plan('b'), 'skipped'],
      ],
      'partial',
    ],
    ['everything skipped', [[plan('a', undeclared), 'skipped']], 'partial'],
    [
      'core skipped whole, an extended one passed',
      [
        [plan('a', undeclared), 'skipped'],
        [plan('b', { profile: 'pinning' }), 'passed'],
      ],
      'partial',
    ],
  ]
  for (const [name, rows, verdict] of table) {
    test(name, () => {
      expect(run(rows).verdict).toBe(verdict)
    })
  }

  test('a core capability that is not declared leaves a hole', () => {
    const facts = { ...SAMPLE_FACTS, dispatcher: { ...SAMPLE_FACTS.dispatcher, capabilities: [] } }
    const rows: readonly Row[] = [
      [plan('a'), 'passed'],
      [plan('b', { requires: ['trust.private-ca'] }), 'skipped'],
    ]
    expect(run(rows).verdict).toBe('partial')
    expect(run(rows, facts).verdict).toBe('partial')
    expect(run(rows, facts).results[1]?.missing?.capabilities).toEqual(['trust.private-ca'])
  })
})

test('profiles are judged each on its own, and one without a pass is never conformant', () => {
  const report = run([
    [plan('a'), 'passed'],
    [plan('k', { ...undeclared, profile: 'keystores' }), 'skipped'],
    [plan('r', { profile: 'rotation' }), 'passed'],
    [plan('s', { ...otherEngine, profile: 'rotation' }), 'skipped'],
    [plan('p', { profile: 'pinning' }), 'passed'],
    [plan('q', { ...undeclared, profile: 'pinning' }), 'skipped'],
  ])
  expect(report.profiles.map(({ id, result: verdict }) => [id, verdict])).toEqual([
    ['core', 'conformant'],
    ['pinning', 'conformant'],
    ['keystores', 'partial'],
    ['rotation', 'partial'],
  ])
  expect(report.profiles[0]).toMatchObject({ planned: 1, passed: 1, failed: 0, skipped: 0 })
})

test('a profile of which only the control passed says nothing', () => {
  const control = result('a', 'passed', { control: null })
  const alone = assemble([plan('a')], new Map([['a', control]]), SAMPLE_FACTS)
  expect(alone.profiles.map((profile) => profile.result)).toEqual(['partial'])
  expect(alone.verdict).toBe('partial')
})

test('a filter spoils the profile it cuts into', () => {
  const report = run([
    [plan('a'), 'passed'],
    [plan('p', { profile: 'pinning' }), 'passed'],
    out('b'),
  ])
  expect(report.profiles.map((profile) => profile.result)).toEqual(['partial', 'conformant'])
  expect(report.run.filtered).toBe(true)
  expect(report.suite.scenarios).toBe(3)
  expect(report.summary.planned).toBe(2)
})

test('a planned scenario without a result is told apart by how the run ended', () => {
  const rows: readonly Row[] = [[plan('a'), 'no result']]
  const [died] = run(rows).results
  expect(died).toMatchObject({ verdict: 'inconclusive', reason: 'harness', scenario: 'a' })
  expect(died?.explanation).toContain('worker died')
  const interrupted = run(rows, { ...SAMPLE_FACTS, ending: 'interrupted' })
  expect(interrupted.results[0]?.explanation).toContain('interrupted')
  expect(interrupted.run.interrupted).toBe(true)
})

test('the plan, not a worker, says what a scenario is', () => {
  const [first] = run([[plan('a', { references: ['RFC 5280 6'] }), 'passed']]).results
  expect(first).toMatchObject({
    title: 'Title of a',
    references: ['RFC 5280 6'],
    reproduce: 'npx playwright test --grep a',
  })
})

test('keeps the order of the plan and counts every planned scenario once', () => {
  const report = sampleReport()
  const { planned, passed, failed, skipped, inconclusive } = report.summary
  expect(passed + failed + skipped + inconclusive).toBe(planned)
  expect(report.results).toHaveLength(planned)
  const sums = report.profiles.reduce((sum, profile) => sum + profile.planned, 0)
  expect(sums).toBe(planned)
  expect(report.results[0]?.scenario).toBe('sample-server-validity/control')
})

test('refuses a result that was not planned, and a plan with duplicates', () => {
  const stray = new Map([['x', result('x', 'passed')]])
  expect(() => assemble([plan('a')], stray, SAMPLE_FACTS)).toThrow(/result for x/)
  const filtered = [plan('x', { selection: 'filtered-out' })]
  expect(() => assemble(filtered, stray, SAMPLE_FACTS)).toThrow(HarnessError)
  expect(() => assemble([plan('a'), plan('a')], new Map(), SAMPLE_FACTS)).toThrow(/twice/)
})

test('every verdict has its exit status', () => {
  const verdicts = ['conformant', 'nonconformant', 'inconclusive', 'partial'] as const
  expect(verdicts.map(exitStatusOfRun)).toEqual([0, 1, 3, 4])
})
