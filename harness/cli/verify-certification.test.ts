import { expect, test } from '@playwright/test'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { packageRoot } from '../package-root.ts'
import { missingFor } from '../report/assemble.ts'
import type { Report } from '../report/model.ts'
import { readReport } from '../report/read.ts'
import { sealOf } from '../report/seal.ts'
import { loadScenarios } from '../scenario/load.ts'
import { hookproof } from './run-for-tests.ts'

// One run serves all tests: they stay in one worker.
test.describe.configure({ mode: 'default', timeout: 120_000 })

/** A dispatcher that declares nothing: everything is skipped, so that a whole run is a short one. */
const MODEST = `
import { createInterface } from 'node:readline'
for await (const line of createInterface({ input: process.stdin })) {
  const { id } = JSON.parse(line)
  const dispatcher = { name: 'Modest', version: '1.0.0' }
  console.log(JSON.stringify({ id, ok: true, protocol: 1, dispatcher, capabilities: [] }))
}
`

const corpus = loadScenarios([join(packageRoot, 'scenarios')])
let ran: Report
let folder = ''

test.beforeAll(async () => {
  test.setTimeout(240_000)
  const ended = await hookproof(['certify', '--dispatcher', 'node modest.mjs'], {
    files: { 'modest.mjs': MODEST },
  })
  expect(ended.status, ended.output).toBe(4)
  ran = readReport(join(ended.folder, 'conformance-report/report.json'))
})
test.beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hookproof-publish-'))
})
test.afterEach(() => {
  rmSync(folder, { recursive: true, force: true })
})

/** The report of the same run on containers: nothing was driven, so that nothing else would differ. */
function onContainers(change: Partial<Report> = {}): Report {
  const run = {
    ...ran.run,
    engine: 'containers' as const,
    versions: { ...ran.run.versions, nginx: '1.28.0', haproxy: '3.2.4' },
  }
  const results = ran.results.map((result) => {
    const scenario = corpus.resolve(result.scenario)
    return { ...result, missing: missingFor(scenario, { capabilities: [], engine: run.engine }) }
  })
  const report = { ...ran, run, results, ...change }
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

test('a whole and sound run on containers may be published, as partial too', async () => {
  const { status, output } = await verify(onContainers())
  expect(status, output).toBe(0)
  expect(output).toContain(
    'fit to be published, as partial: every rule of reports/README.md is met',
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
    () => ({ run: { ...onContainers().run, interrupted: true }, verdict: 'conformant' as const }),
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
    expect(await unmet(onContainers(change()))).toEqual(rules)
  })
}

test('scenarios of one’s own are sound for who has them, and not public', async () => {
  const own = join(folder, 'own')
  mkdirSync(own)
  writeFileSync(
    join(own, 'ours.yaml'),
    `topic: Ours
role: dispatcher
profile: core
control:
  title: Delivers
  expect: { outcome: delivered, client-certificate: dispatcher }
scenarios: {}
`,
  )
  const both = loadScenarios([join(packageRoot, 'scenarios'), own])
  const report = onContainers({ suite: { ...ran.suite, corpus: both.digest } })
  expect(await unmet(report, '--scenarios', own)).toContain('public-scenarios')
})

test('in its folder, the suite and the README count as well', async () => {
  const report = JSON.stringify(onContainers())
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
