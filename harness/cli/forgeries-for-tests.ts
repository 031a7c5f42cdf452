import type { Report } from '../report/model.ts'

/** A value of JSON that a test takes to pieces. */
export type Json = Record<string, unknown>

/** A report to be changed. */
export type Draft = { -readonly [K in keyof Report]: Report[K] }

const CONTROL = 'server-validity/control'
/** The scenario of the run that failed. */
export const LEAKED = 'server-validity/end-entity-expired'
const REFUSED = 'server-validity/end-entity-not-yet-valid'
const SKIPPED = 'pins/mismatch'
const INSPECTED = 'rotation/shown-in-the-console'

/** The result of a scenario, to be changed. */
export function of(report: Draft, scenario: string): Json {
  const found = report.results.find((result) => result.scenario === scenario)
  if (found === undefined) throw new Error(`the run has no ${scenario}`)
  return found as unknown as Json
}

/** A result's observation of that kind, to be changed. */
function seen(report: Draft, scenario: string, kind: string): Json {
  const all = of(report, scenario)['observations'] as Json[]
  const found = all.find((one) => one['kind'] === kind)
  if (found === undefined) throw new Error(`${scenario} has no ${kind}`)
  return found
}

const without = (report: Draft, scenario: string, kind: string): void => {
  const result = of(report, scenario)
  result['observations'] = (result['observations'] as Json[]).filter((one) => one['kind'] !== kind)
}

/** Each change of a report, and a difference that it must lead to. The forger has sealed it again. */
export const FORGERIES: readonly (readonly [string, (report: Draft) => void, string])[] = [
  [
    'a verdict',
    (report) =>
      Object.assign(of(report, LEAKED), { verdict: 'passed', grade: 'strict', reason: null }),
    `${LEAKED} verdict`,
  ],
  ['a reason', (report) => (of(report, LEAKED)['reason'] = 'storm'), `${LEAKED} reason`],
  ['a grade', (report) => (of(report, REFUSED)['grade'] = 'loose'), `${REFUSED} grade`],
  [
    'an advisory',
    (report) =>
      (of(report, REFUSED)['advisories'] = [{ code: 'said-failed', reason: null, text: 'x' }]),
    `${REFUSED} advisories/0`,
  ],
  ['a level', (report) => (of(report, LEAKED)['level'] = 'SHOULD'), `${LEAKED} level`],
  ['a title', (report) => (of(report, LEAKED)['title'] = 'Does well'), `${LEAKED} title`],
  ['a reference', (report) => (of(report, LEAKED)['references'] = []), `${LEAKED} references/0`],
  ['a profile', (report) => (of(report, LEAKED)['profile'] = 'strict'), `${LEAKED} profile`],
  [
    'an expectation',
    (report) => {
      setOutcome(report, LEAKED)
    },
    `${LEAKED} expected/0/expect/outcome`,
  ],
  [
    'steps',
    (report) => (of(report, INSPECTED)['expected'] = []),
    `${INSPECTED} observations/step 1`,
  ],
  [
    'the order of steps',
    (report) => (seen(report, INSPECTED, 'step')['action'] = 'deliver'),
    `${INSPECTED} observations/step 1`,
  ],
  [
    'a request away',
    (report) => {
      without(report, CONTROL, 'request')
    },
    `${CONTROL} verdict`,
  ],
  [
    'a reply away',
    (report) => {
      without(report, REFUSED, 'reply')
    },
    `${REFUSED} verdict`,
  ],
  [
    'a ClientHello away',
    (report) => {
      without(report, REFUSED, 'client-hello')
    },
    `${REFUSED} verdict`,
  ],
  [
    'an inspection away',
    (report) => {
      without(report, INSPECTED, 'inspected')
    },
    `${INSPECTED} verdict`,
  ],
  [
    'decrypted bytes',
    (report) => (seen(report, REFUSED, 'connection-closed')['decryptedBytes'] = 1),
    `${REFUSED} verdict`,
  ],
  [
    'a certificate',
    (report) => (seen(report, INSPECTED, 'inspected')['name'] = 'rogue'),
    `${INSPECTED} verdict`,
  ],
  ['a control', (report) => (of(report, REFUSED)['control'] = 'failed'), `${REFUSED} control`],
  ['a control away', (report) => (of(report, REFUSED)['control'] = null), `${REFUSED} control`],
  [
    'a control of a control',
    (report) => (of(report, CONTROL)['control'] = 'passed'),
    `${CONTROL} control`,
  ],
  [
    'a count',
    (report) => (report.summary = { ...report.summary, failed: 0 }),
    'run summary/failed',
  ],
  [
    'a profile result',
    (report) =>
      (report.profiles = report.profiles.map((one) => ({ ...one, result: 'conformant' }))),
    'run profiles/core/result',
  ],
  ['a profile away', (report) => (report.profiles = report.profiles.slice(1)), 'run profiles/core'],
  ['the run’s verdict', (report) => (report.verdict = 'conformant'), 'run verdict'],
  ['the filter', (report) => (report.run = { ...report.run, filtered: false }), 'run run/filtered'],
  [
    'a plan entry away',
    (report) => (report.plan = report.plan.filter(({ scenario }) => scenario !== LEAKED)),
    `${LEAKED} plan`,
  ],
  [
    'a result away',
    (report) => (report.results = report.results.filter(({ scenario }) => scenario !== LEAKED)),
    `${LEAKED} results`,
  ],
  [
    'a plan entry and its result away',
    (report) => {
      report.plan = report.plan.filter(({ scenario }) => scenario !== LEAKED)
      report.results = report.results.filter(({ scenario }) => scenario !== LEAKED)
    },
    `${LEAKED} plan`,
  ],
  [
    'an unwanted scenario to an opt-in one',
    (report) =>
      (report.plan = report.plan.map((entry) =>
        entry.selection === 'filtered-out' ? { ...entry, selection: 'opt-in' } : entry,
      )),
    'pins/one-of-a-set plan/selection',
  ],
  ['the order of the plan', (report) => (report.plan = report.plan.toReversed()), 'run plan/0'],
  [
    'the number of scenarios',
    (report) => (report.suite = { ...report.suite, scenarios: 1 }),
    'run suite/scenarios',
  ],
  [
    'the corpus',
    (report) => (report.suite = { ...report.suite, corpus: `sha256:${'0'.repeat(64)}` }),
    'run suite/corpus',
  ],
  [
    'a capability to the list',
    (report) => {
      const capabilities = [...report.dispatcher.capabilities, 'pin.spki']
      report.dispatcher = { ...report.dispatcher, capabilities }
    },
    `${SKIPPED} verdict`,
  ],
  [
    'a capability away',
    (report) => {
      const capabilities = report.dispatcher.capabilities.filter((one) => one !== 'rotation')
      report.dispatcher = { ...report.dispatcher, capabilities }
    },
    `${INSPECTED} verdict`,
  ],
  [
    'a failure to a skip',
    (report) =>
      Object.assign(of(report, LEAKED), {
        verdict: 'skipped',
        reason: null,
        control: null,
        observations: [],
        missing: { capabilities: ['pin.spki'], engines: [] },
      }),
    `${LEAKED} verdict`,
  ],
  [
    'what a skip lacks',
    (report) => (of(report, SKIPPED)['missing'] = { capabilities: ['retry'], engines: [] }),
    `${SKIPPED} missing/capabilities/0`,
  ],
]

function setOutcome(report: Draft, scenario: string): void {
  const [step] = of(report, scenario)['expected'] as { expect: Json }[]
  if (step !== undefined) step.expect['outcome'] = 'delivered'
}

/** Nothing follows from these: only the seal knows. */
export const CARELESS: readonly (readonly [string, (report: Draft) => void])[] = [
  ['the name', (report) => (report.dispatcher = { ...report.dispatcher, name: 'Better hooks' })],
  ['the version', (report) => (report.dispatcher = { ...report.dispatcher, version: '9.9.9' })],
  ['a date', (report) => (report.run = { ...report.run, startedAt: '2020-01-01T00:00:00Z' })],
  ['a version of a part', (report) => (report.run = { ...report.run, versions: {} })],
  ['a duration', (report) => (of(report, LEAKED)['durationMs'] = 1)],
  ['a header', (report) => (seen(report, LEAKED, 'request')['headers'] = {})],
  ['the stimulus', (report) => (of(report, LEAKED)['stimulus'] = {})],
  ['the seal itself', (report) => (report.seal = `sha256:${'0'.repeat(64)}`)],
]
