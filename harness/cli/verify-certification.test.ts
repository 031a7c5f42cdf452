import { expect, test } from '@playwright/test'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { packageRoot } from '../package-root.ts'
import { assemble } from '../report/assemble.ts'
import type { Report, ScenarioResult } from '../report/model.ts'
import { readReport } from '../report/read.ts'
import { sealOf } from '../report/seal.ts'
import { planOf } from '../run/corpus.ts'
import { suiteVersion } from '../run/facts.ts'
import { DEFAULT_PROFILES, settingsFrom } from '../run/settings.ts'
import { loadScenarios } from '../scenario/load.ts'
import type { EngineName } from '../scenario/vocabulary.ts'
import { notApplicable } from '../verdict/applicability.ts'
import { judgedSteps } from '../verdict/judged-step.ts'
import { hookproof } from './run-for-tests.ts'

// One run serves all tests: they stay in one worker. Slow on a busy machine.
test.describe.configure({ mode: 'default', timeout: 120_000 })

const MINIATURES = join(packageRoot, 'dist/fixtures/dispatchers/miniatures/main.js')
const LEAKED = 'server-validity/end-entity-expired'

const corpus = loadScenarios([join(packageRoot, 'scenarios')])
let folder = ''
let ran: Report
let whole: Report

test.beforeAll(async () => {
  test.setTimeout(240_000)
  const dispatcher = `node '${MINIATURES}' accepts-expired-certificate`
  const ended = await hookproof(['certify', '--dispatcher', dispatcher, '--grep', `${LEAKED}:`])
  expect(ended.status, ended.output).toBe(1)
  const [leaked] = readReport(join(ended.folder, 'conformance-report/report.json')).results
  if (leaked === undefined) throw new Error(`the run has no ${LEAKED}`)
  ran = modest('embedded', leaked)
  whole = modest('containers', leaked)
})
test.beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hookproof-publish-'))
})
test.afterEach(() => {
  rmSync(folder, { recursive: true, force: true })
})

/**
 * What a whole run on this engine would leave of a dispatcher that declares nothing, and of which one
 * failure is known: the rest was skipped, or broke before it was driven. Sound, since nothing is claimed.
 */
function modest(engine: EngineName, leaked: ScenarioResult): Report {
  const dispatcher = {
    name: 'Modest',
    version: '1.0.0',
    capabilities: [],
    carrier: 'stdio',
  } as const
  const bare = { capabilities: [], carrier: 'stdio', engine } as const
  const settings = settingsFrom({}, {}, packageRoot)
  const asked = { profiles: settings.profiles, reproduce: '' }
  const plan = planOf(corpus, asked, (id) =>
    DEFAULT_PROFILES.some((profile) => profile === corpus.resolve(id).profile),
  )
  const results = plan.flatMap((scenario): ScenarioResult[] => {
    if (scenario.id === LEAKED) return [leaked]
    if (scenario.selection !== 'selected' || notApplicable(scenario, bare) === null) return []
    const { id, title, topic, level, profile, references, steps, reproduce } = scenario
    const about = { scenario: id, title, topic, level, profile, references, reproduce }
    const verdict = { verdict: 'skipped', grade: null, reason: null, control: null } as const
    const explanation = 'Not run: it needs what was not declared.'
    const rest = { stimulus: {}, expected: judgedSteps(steps), observations: [], advisories: [] }
    return [{ ...about, ...verdict, ...rest, explanation, durationMs: 0 }]
  })
  const versions = { hookproof: suiteVersion(), node: '20.19.0' }
  const terminators = engine === 'containers' ? { nginx: '1.28.0', haproxy: '3.2.4' } : {}
  return assemble(plan, new Map(results.map((result) => [result.scenario, result])), {
    suite: { version: suiteVersion(), corpus: corpus.digest },
    run: {
      id: 'modest',
      startedAt: '2026-09-24T10:00:00.000Z',
      finishedAt: '2026-09-24T10:00:04.000Z',
      engine,
      versions: { ...versions, ...terminators },
    },
    dispatcher,
    ending: 'completed',
  })
}

/** The one on containers, changed and sealed again. */
function forged(change: Partial<Report>): Report {
  const report = { ...whole, ...change }
  return { ...report, seal: sealOf(report) }
}

async function verify(report: Report, ...more: readonly string[]) {
  const file = join(folder, 'report.json')
  writeFileSync(file, JSON.stringify(report))
  const { status, output } = await hookproof(['verify', '--certification', ...more, file])
  return { status, output }
}

/** The rules that are not met, as a program reads them. */
async function unmet(report: Report, ...more: readonly string[]): Promise<readonly string[]> {
  const { status, output } = await verify(report, '--json', ...more)
  const told = JSON.parse(output) as { certification: string; unmet: { rule: string }[] }
  expect(status).toBe(told.certification === 'met' ? 0 : 1)
  return told.unmet.map(({ rule }) => rule)
}

test('a whole and sound run on containers may be published, whatever its verdict', async () => {
  const { status, output } = await verify(whole)
  expect(status, output).toBe(0)
  expect(output).toContain(
    'fit to be published, as nonconformant: every rule of reports/README.md is met',
  )
  expect(output).toContain(`reports/${ran.suite.version}/<vendor-dispatcher>/report.json`)
  expect(output).toContain('Still to write: a README.md')
})

test('an honest report of the embedded engine is sound, and names the one rule', async () => {
  const { status, output } = await verify(ran)
  expect(status).toBe(1)
  expect(output).toContain('sound: ')
  expect(output).toContain('not fit to be published: 1 rule is not met')
  expect(output).toMatch(/engine: the run took the embedded engine; .*\n {2}hint: Run again with/)
  // Without the flag nobody asks.
  const plain = await hookproof(['verify', join(folder, 'report.json')])
  expect([plain.status, plain.output]).toEqual([0, expect.not.stringContaining('published')])
})

for (const [rules, what, change] of [
  [
    ['dispatcher-version'],
    'a branch',
    () => ({ dispatcher: { ...ran.dispatcher, version: 'main' } }),
  ],
  [
    ['sound', 'uninterrupted'],
    'an interrupt and a verdict that does not follow',
    () => ({ run: { ...whole.run, interrupted: true }, verdict: 'conformant' as const }),
  ],
  [
    ['sound', 'suite-version'],
    'another suite',
    () => ({ suite: { ...ran.suite, version: '9.9.9', scenarios: 1 } }),
  ],
  [
    ['public-scenarios'],
    'other scenarios',
    () => ({ suite: { ...ran.suite, corpus: `sha256:${'0'.repeat(64)}` } }),
  ],
] as const) {
  test(`${rules.join(' and ')} by ${what}`, async () => {
    expect(await unmet(forged(change()))).toEqual(rules)
  })
}

test('scenarios of one’s own are sound for who has them, and not public', async () => {
  const own = join(folder, 'own')
  mkdirSync(own)
  writeFileSync(
    join(own, 'ours.yaml'),
    `topic: What we promise
role: dispatcher
profile: core
control:
  title: Delivers where it was told to
  expect: { outcome: delivered, client-certificate: dispatcher }
scenarios:
  again:
    title: Delivers where it was told to, again
    level: MUST
    references: [RFC 9110 15.3]
    endpoint: { reject-style: close }
    expect: { outcome: delivered, client-certificate: dispatcher }
`,
  )
  const both = loadScenarios([join(packageRoot, 'scenarios'), own])
  const report = forged({ suite: { ...ran.suite, corpus: both.digest } })
  expect(await unmet(report, '--scenarios', own)).toContain('public-scenarios')
})

test('in its folder, the suite and the README count as well', async () => {
  const report = JSON.stringify(whole)
  const place = (version: string) => join(folder, 'reports', version, 'modest')
  const check = (version: string) =>
    hookproof(['verify', '--certification', join(place(version), 'report.json')])
  for (const version of [ran.suite.version, '9.9.9']) {
    mkdirSync(place(version), { recursive: true })
    writeFileSync(join(place(version), 'report.json'), report)
    writeFileSync(join(place(version), 'README.md'), '# Modest\n\n## Reproduce\n\nnpm ci\n')
  }
  const right = await check(ran.suite.version)
  expect(right.status, right.output).toBe(0)
  expect(right.output).not.toContain('Still to write')
  writeFileSync(join(place('9.9.9'), 'README.md'), '# Modest\n')
  const wrong = await check('9.9.9')
  expect(wrong.status).toBe(1)
  expect(wrong.output).toContain('2 rules are not met')
  expect(wrong.output).toContain('folder: the folder is for suite "9.9.9"')
  expect(wrong.output).toContain('reproduce: the README.md beside the report has no section')
})

test('what is no report is exit status 2', async () => {
  writeFileSync(join(folder, 'report.json'), '{}')
  const { status, output } = await hookproof([
    'verify',
    '--certification',
    join(folder, 'report.json'),
  ])
  expect([status, output]).toEqual([2, expect.stringContaining('ERR_REPORT_INVALID')])
})
