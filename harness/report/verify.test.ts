import { expect, test } from '@playwright/test'
import type { Report } from './model.ts'
import { sampleReport } from './sample-for-tests.ts'
import { canonicalJson, sealOf } from './seal.ts'
import { verifyReport } from './verify.ts'

// The sample is about scenarios that are in no corpus: this is what can be found without one. How a
// real report is checked against its own scenarios is tested with the command.

const NONE = { digest: `sha256:${'0'.repeat(64)}`, scenarios: [] }

type Draft = { -readonly [K in keyof Report]: Report[K] }
type Json = Record<string, unknown>

/** The differences of the sample after a change, sealed again: by a forger, not by accident. */
function found(change: (report: Draft, results: Json[]) => void): readonly string[] {
  const draft = JSON.parse(JSON.stringify(sampleReport())) as Draft
  change(draft, draft.results as unknown as Json[])
  const report = { ...draft, seal: sealOf(draft) }
  return verifyReport(report, NONE).differences.map(
    ({ scenario, field }) => `${scenario ?? ''} ${field}`,
  )
}

const byId = (results: Json[], id: string): Json => {
  const result = results.find(({ scenario }) => scenario === id)
  if (result === undefined) throw new Error(`the sample has no ${id}`)
  return result
}

const OTHER_CORPUS = ' suite/corpus'
const EXPIRED = 'sample-server-validity/end-entity-expired'
const LEAK = 'sample-server-validity/end-entity-expired-by-a-second'

test('the sample is sound but for its corpus, with every way to end in it', () => {
  expect(found(() => undefined)).toEqual([OTHER_CORPUS])
  expect(verifyReport(sampleReport(), NONE).corpus).toBe('another')
  const { suite } = sampleReport()
  const same = verifyReport(sampleReport(), { digest: suite.corpus, scenarios: [] })
  expect(same.corpus).toBe('the-same')
  expect(same.differences[0]).toMatchObject({ field: 'plan', recomputed: 'not in the corpus' })
})

test('a failure that is called a pass is found, alone and with everything that follows', () => {
  const pass = { verdict: 'passed', grade: 'strict', reason: null }
  expect(found((_, results) => Object.assign(byId(results, LEAK), pass))).toEqual(
    expect.arrayContaining([
      `${LEAK} verdict`,
      `${LEAK} grade`,
      `${LEAK} reason`,
      ' summary/failed',
    ]),
  )
  const covered = found((report, results) => {
    Object.assign(byId(results, LEAK), pass)
    report.summary = { ...report.summary, passed: 8, failed: 4 }
    report.profiles = report.profiles.map((one) =>
      one.id === 'core' ? { ...one, passed: one.passed + 1, failed: one.failed - 1 } : one,
    )
  })
  expect(covered).toEqual([OTHER_CORPUS, `${LEAK} verdict`, `${LEAK} grade`, `${LEAK} reason`])
})

test('evidence that is taken away takes the verdict with it', () => {
  const without = (kind: string) =>
    found((_, results) => {
      const result = byId(results, EXPIRED)
      const observations = result['observations'] as Json[]
      result['observations'] = observations.filter((one) => one['kind'] !== kind)
    })
  expect(without('client-hello')).toContain(`${EXPIRED} verdict`)
  expect(without('reply')).toContain(`${EXPIRED} verdict`)
})

test('a control that the report itself contradicts is found', () => {
  expect(found((_, results) => (byId(results, EXPIRED)['control'] = null))).toContain(
    `${EXPIRED} control`,
  )
  expect(found((_, results) => (byId(results, EXPIRED)['control'] = 'failed'))).toEqual(
    expect.arrayContaining([`${EXPIRED} control`, `${EXPIRED} verdict`]),
  )
  const control = 'sample-server-validity/control'
  expect(found((_, results) => (byId(results, control)['control'] = 'passed'))).toContain(
    `${control} control`,
  )
})

test('a skip has to lack something', () => {
  const jks = 'sample-keystores/jks'
  const declare = (report: Draft) => {
    const capabilities = [...report.dispatcher.capabilities, 'client-certificate.jks']
    report.dispatcher = { ...report.dispatcher, capabilities }
  }
  expect(found(declare)).toContain(`${jks} missing/capabilities/0`)
  expect(
    found((_, results) => (byId(results, jks)['missing'] = { capabilities: [], engines: [] })),
  ).toContain(`${jks} verdict`)
  expect(found((report) => (report.run = { ...report.run, engine: 'containers' }))).toContain(
    'sample-rotation/nginx-reload missing/engines/0',
  )
})

test('the plan holds the results', () => {
  const [first] = sampleReport().plan
  const id = first?.scenario ?? ''
  expect(found((report) => (report.plan = report.plan.slice(1)))).toEqual(
    expect.arrayContaining([`${id} results`, ' suite/scenarios']),
  )
  expect(found((_, results) => results.shift())).toContain(`${id} results`)
  expect(found((_, results) => results.push(results[0] ?? {}))).toContain(`${id} results`)
  expect(found((_, results) => results.reverse())).toContain(' results/0')
  const relabelled = found((report, results) => {
    results.shift()
    report.plan = report.plan.with(0, {
      scenario: id,
      profile: 'core',
      selection: 'opt-in',
    })
  })
  expect(relabelled).toContain(`${id} plan/selection`)
  const filtered = found((report, results) => {
    results.shift()
    report.plan = report.plan.with(0, { scenario: id, profile: 'core', selection: 'filtered-out' })
  })
  expect(filtered).toContain(' run/filtered')
})

test('the seal finds what no verdict depends on, and does not depend on how JSON was written', () => {
  const report = sampleReport()
  const { seal, ...rest } = report
  expect(sealOf(rest)).toBe(seal)
  expect(sealOf({ ...rest, run: { ...report.run, id: 'another' } })).not.toBe(seal)
  const turned = Object.fromEntries(Object.entries(rest).reverse()) as typeof rest
  expect(sealOf(turned)).toBe(seal)
  const read = JSON.parse(JSON.stringify(report, null, 7)) as Report
  expect(sealOf(read)).toBe(seal)
  expect(canonicalJson({ b: [{ d: 1, c: null }], a: 'x' })).toBe('{"a":"x","b":[{"c":null,"d":1}]}')
  const changed = { ...report, dispatcher: { ...report.dispatcher, version: '9' } }
  expect(verifyReport(changed, NONE).differences.map(({ field }) => field)).toContain('seal')
})

test('whose word there is has to fit the carrier: a witness is neither left out nor made up', () => {
  const unheard = { kind: 'unheard', at: 9000, waitedMs: 9000 }
  const silenced = found((_, results) => {
    const { observations } = byId(results, EXPIRED) as { observations: Json[] }
    observations.push(unheard)
  })
  expect(silenced).toContain(`${EXPIRED} observations`)
  const disguised = found((report) => {
    report.dispatcher = { ...report.dispatcher, carrier: 'observe' }
  })
  expect(disguised).toContain(`${EXPIRED} observations`)
})
