import type { Report } from '../report/model.ts'

/** A value of JSON that a test takes to pieces. */
export type Json = Record<string, unknown>

/** A report to be changed. */
export type Draft = { -readonly [K in keyof Report]: Report[K] }

/** The scenarios of a run that a forger changes, by the part that they play. */
export interface Cast {
  readonly control: string
  /** One that failed with a leak. */
  readonly leaked: string
  /** One that passed: the endpoint was refused. */
  readonly refused: string
  readonly skipped: string
  /** One whose first step is an inspection. */
  readonly inspected: string
  /** One that a filter left out. */
  readonly unwanted: string
}

/** A change of a report, with a name. */
export type Change = readonly [what: string, change: (report: Draft) => void]

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
export const forgeries = ({
  control,
  leaked,
  refused,
  skipped,
  inspected,
  unwanted,
}: Cast): readonly (readonly [...Change, difference: string])[] => [
  [
    'a verdict',
    (report) =>
      Object.assign(of(report, leaked), { verdict: 'passed', grade: 'strict', reason: null }),
    `${leaked} verdict`,
  ],
  ['a reason', (report) => (of(report, leaked)['reason'] = 'storm'), `${leaked} reason`],
  ['a grade', (report) => (of(report, refused)['grade'] = 'loose'), `${refused} grade`],
  [
    'an advisory',
    (report) =>
      (of(report, refused)['advisories'] = [{ code: 'said-failed', reason: null, text: 'x' }]),
    `${refused} advisories/0`,
  ],
  ['a level', (report) => (of(report, leaked)['level'] = 'SHOULD'), `${leaked} level`],
  ['a title', (report) => (of(report, leaked)['title'] = 'Does well'), `${leaked} title`],
  ['a reference', (report) => (of(report, leaked)['references'] = []), `${leaked} references/0`],
  ['a profile', (report) => (of(report, leaked)['profile'] = 'strict'), `${leaked} profile`],
  [
    'an expectation',
    (report) => {
      setOutcome(report, leaked)
    },
    `${leaked} expected/0/expect/outcome`,
  ],
  [
    'steps',
    (report) => (of(report, inspected)['expected'] = []),
    `${inspected} observations/step 1`,
  ],
  [
    'the order of steps',
    (report) => (seen(report, inspected, 'step')['action'] = 'deliver'),
    `${inspected} observations/step 1`,
  ],
  [
    'a request away',
    (report) => {
      without(report, control, 'request')
    },
    `${control} verdict`,
  ],
  [
    'a reply away',
    (report) => {
      without(report, refused, 'reply')
    },
    `${refused} verdict`,
  ],
  [
    'a ClientHello away',
    (report) => {
      without(report, refused, 'client-hello')
    },
    `${refused} verdict`,
  ],
  [
    'an inspection away',
    (report) => {
      without(report, inspected, 'inspected')
    },
    `${inspected} verdict`,
  ],
  [
    'decrypted bytes',
    (report) => (seen(report, refused, 'connection-closed')['decryptedBytes'] = 1),
    `${refused} verdict`,
  ],
  [
    'a certificate',
    (report) => (seen(report, inspected, 'inspected')['name'] = 'rogue'),
    `${inspected} verdict`,
  ],
  ['a control', (report) => (of(report, refused)['control'] = 'failed'), `${refused} control`],
  ['a control away', (report) => (of(report, refused)['control'] = null), `${refused} control`],
  [
    'a control of a control',
    (report) => (of(report, control)['control'] = 'passed'),
    `${control} control`,
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
    (report) => (report.plan = report.plan.filter(({ scenario }) => scenario !== leaked)),
    `${leaked} plan`,
  ],
  [
    'a result away',
    (report) => (report.results = report.results.filter(({ scenario }) => scenario !== leaked)),
    `${leaked} results`,
  ],
  [
    'a plan entry and its result away',
    (report) => {
      report.plan = report.plan.filter(({ scenario }) => scenario !== leaked)
      report.results = report.results.filter(({ scenario }) => scenario !== leaked)
    },
    `${leaked} plan`,
  ],
  [
    'an unwanted scenario to an opt-in one',
    (report) =>
      (report.plan = report.plan.map((entry) =>
        entry.selection === 'filtered-out' ? { ...entry, selection: 'opt-in' } : entry,
      )),
    `${unwanted} plan/selection`,
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
    `${skipped} verdict`,
  ],
  [
    'a capability away',
    (report) => {
      const capabilities = report.dispatcher.capabilities.filter((one) => one !== 'rotation')
      report.dispatcher = { ...report.dispatcher, capabilities }
    },
    `${inspected} verdict`,
  ],
  [
    'a failure to a skip',
    (report) =>
      Object.assign(of(report, leaked), {
        verdict: 'skipped',
        reason: null,
        control: null,
        observations: [],
        missing: { capabilities: ['pin.spki'], engines: [] },
      }),
    `${leaked} verdict`,
  ],
  [
    'what a skip lacks',
    (report) => (of(report, skipped)['missing'] = { capabilities: ['retry'], engines: [] }),
    `${skipped} missing/capabilities/0`,
  ],
]

function setOutcome(report: Draft, scenario: string): void {
  const [step] = of(report, scenario)['expected'] as { expect: Json }[]
  if (step !== undefined) step.expect['outcome'] = 'delivered'
}

/** Nothing follows from these: only the seal knows. */
export const careless = ({ leaked }: Cast): readonly Change[] => [
  ['the name', (report) => (report.dispatcher = { ...report.dispatcher, name: 'Better hooks' })],
  ['the version', (report) => (report.dispatcher = { ...report.dispatcher, version: '9.9.9' })],
  ['a date', (report) => (report.run = { ...report.run, startedAt: '2020-01-01T00:00:00Z' })],
  ['a version of a part', (report) => (report.run = { ...report.run, versions: {} })],
  ['a duration', (report) => (of(report, leaked)['durationMs'] = 1)],
  ['a header', (report) => (seen(report, leaked, 'request')['headers'] = {})],
  ['the stimulus', (report) => (of(report, leaked)['stimulus'] = {})],
  ['the seal itself', (report) => (report.seal = `sha256:${'0'.repeat(64)}`)],
]
