import { expect, test } from '@playwright/test'
import type { ReportedResult } from './model.ts'
import { sampleReport } from './sample-for-tests.ts'
import { profilesOf, runVerdict } from './standing.ts'
import { verdictSentence } from './summary.ts'

const sample = sampleReport()

/** The sample's passes, all in one profile; the last one ends otherwise. */
function results(last: ReportedResult['verdict']): readonly ReportedResult[] {
  const passed = sample.results.filter((one) => one.verdict === 'passed')
  const core = passed.map((one) => ({
    ...one,
    profile: 'core' as const,
    control: 'passed' as const,
  }))
  return core.map((one, index) => (index === core.length - 1 ? { ...one, verdict: last } : one))
}

for (const [carrier, last, profile, run] of [
  ['stdio', 'passed', 'conformant', 'conformant'],
  ['observe', 'passed', 'partial', 'partial'],
  ['observe', 'failed', 'nonconformant', 'nonconformant'],
  ['observe', 'inconclusive', 'inconclusive', 'inconclusive'],
] as const) {
  test(`over ${carrier}, all passed but one that ${last}: ${run}`, () => {
    const all = results(last)
    expect(all.length).toBeGreaterThan(1)
    const profiles = profilesOf(all, new Map(), carrier)
    expect(profiles).toMatchObject([{ id: 'core', result: profile }])
    expect(runVerdict(all, profiles, 0, carrier)).toBe(run)
  })
}

test('an observed report says that it is evidence only, and no other does', () => {
  const observed = { ...sample, dispatcher: { ...sample.dispatcher, carrier: 'observe' as const } }
  expect(verdictSentence(observed)).toContain('Evidence only')
  expect(verdictSentence(sample)).not.toContain('Evidence only')
})
