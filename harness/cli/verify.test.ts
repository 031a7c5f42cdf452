import { expect, test } from '@playwright/test'
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { packageRoot } from '../package-root.ts'
import type { Difference } from '../report/difference.ts'
import { readReport } from '../report/read.ts'
import { sealOf } from '../report/seal.ts'
import { verifyReport } from '../report/verify.ts'
import { loadScenarios } from '../scenario/load.ts'
import { careless, forgeries, of, type Draft } from './forgeries-for-tests.ts'
import { hookproof } from './run-for-tests.ts'

// One run serves all tests: they stay in one worker.
test.describe.configure({ mode: 'default' })

const LEAKED = 'server-validity/end-entity-expired'
const CAST = {
  control: 'server-validity/control',
  leaked: LEAKED,
  refused: 'server-validity/end-entity-not-yet-valid',
  skipped: 'pins/mismatch',
  inspected: 'rotation/shown-in-the-console',
  unwanted: 'pins/one-of-a-set',
}

/** What the forgeries are about: a leak, a refusal, a skip and inspections, each with its control. */
const SELECTED = 'server-validity/|pins/(control|mismatch)|rotation/(control|shown-in-the-console)'

/** A dispatcher with one fault, without pins, and with a name that no shell or page should obey. */
const ADAPTER = `
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
const main = ${JSON.stringify(join(packageRoot, 'dist/fixtures/dispatchers/miniatures/main.js'))}
const child = spawn(process.execPath, [main, 'accepts-expired-certificate'], {
  stdio: ['pipe', 'pipe', 'inherit'],
})
process.stdin.pipe(child.stdin)
createInterface(child.stdout).on('line', (line) => {
  const message = JSON.parse(line)
  if (message.dispatcher) {
    message.dispatcher.name = 'Acme <script>alert(1)</script>'
    message.capabilities = message.capabilities.filter((one) => one !== 'pin.spki')
  }
  console.log(JSON.stringify(message))
})
`

const corpus = loadScenarios([join(packageRoot, 'scenarios')])
let original = ''
let folder = ''

test.beforeAll(async () => {
  test.setTimeout(120_000)
  const ran = await hookproof(['certify', '--dispatcher', 'node adapter.mjs', '--grep', SELECTED], {
    files: { 'adapter.mjs': ADAPTER },
    env: { GITHUB_STEP_SUMMARY: 'job-page.md' },
  })
  expect(ran.status, ran.output).toBe(1)
  original = ran.folder
})
test.afterAll(() => {
  rmSync(original, { recursive: true, force: true })
})
test.beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hookproof-verify-'))
  cpSync(join(original, 'conformance-report'), folder, { recursive: true })
})
test.afterEach(() => {
  rmSync(folder, { recursive: true, force: true })
})

const draft = (): Draft => JSON.parse(readFileSync(join(folder, 'report.json'), 'utf8')) as Draft

const spelled = ({ scenario, field }: Difference): string => `${scenario ?? 'run'} ${field}`

test('a run leaves every file, and its summary on the job page', () => {
  expect(readdirSync(folder).sort()).toEqual([
    'badge.svg',
    'index.html',
    'junit.xml',
    'report.json',
    'results.jsonl',
    'summary.md',
  ])
  expect(readFileSync(join(original, 'job-page.md'), 'utf8')).toBe(
    `${readFileSync(join(folder, 'summary.md'), 'utf8')}\n`,
  )
  const report = readReport(join(folder, 'report.json'))
  const { passed, failed, skipped } = report.summary
  expect(failed).toBe(4)
  expect(skipped).toBeGreaterThan(1)
  expect(passed).toBeGreaterThan(3)
})

test('an honest report is sound, although nonconformant', async () => {
  expect(verifyReport(draft(), corpus)).toEqual({ differences: [], corpus: 'the-same' })
  const { status, output } = await hookproof(['verify', join(folder, 'report.json')])
  expect(status, output).toBe(0)
  expect(output).toContain('sound: ')
  expect(output).toContain('nonconformant')
  const { planned, skipped } = draft().summary
  expect(output).toContain(`${planned - skipped} scenarios of ${planned} judged again`)
})

for (const [what, change, difference] of forgeries(CAST)) {
  test(`finds a forger who changes ${what}`, () => {
    const report = draft()
    change(report)
    report.seal = sealOf(report)
    expect(verifyReport(report, corpus).differences.map(spelled)).toContain(difference)
  })
}

for (const [what, change] of careless(CAST)) {
  test(`the seal finds a careless change of ${what}`, () => {
    const report = draft()
    change(report)
    expect(verifyReport(report, corpus).differences.map(spelled)).toEqual(['run seal'])
  })
}

test('words that were improved are no difference', () => {
  const report = draft()
  of(report, LEAKED)['explanation'] = 'Better words for the same.'
  report.seal = sealOf(report)
  expect(verifyReport(report, corpus).differences).toEqual([])
})

test('the command names each difference, exit status 1, also for programs', async () => {
  const report = draft()
  of(report, LEAKED)['reason'] = 'storm'
  report.suite = { ...report.suite, corpus: `sha256:${'0'.repeat(64)}` }
  const file = join(folder, 'report.json')
  writeFileSync(file, JSON.stringify(report))
  const told = await hookproof(['verify', file])
  expect(told.status).toBe(1)
  expect(told.output).toMatch(/end-entity-expired {2}reason\n +recorded +storm\n +recomputed +leak/)
  expect(told.output).toContain('not the scenarios of this installation')
  const { status, output } = await hookproof(['verify', '--json', file])
  expect(status).toBe(1)
  const parsed = JSON.parse(output) as { result: string; differences: Difference[] }
  expect(parsed.result).toBe('different')
  expect(parsed.differences.map(spelled)).toEqual(
    expect.arrayContaining(['run suite/corpus', `${LEAKED} reason`, 'run seal']),
  )
})

test('a stream beside the report has to be whole and to say the same', async () => {
  const path = join(folder, 'results.jsonl')
  const lines = readFileSync(path, 'utf8').split('\n').slice(0, -1)
  const verify = async (changed: readonly string[]) => {
    writeFileSync(path, changed.map((line) => `${line}\n`).join(''))
    const { status, output } = await hookproof(['verify', join(folder, 'report.json')])
    return `${status ?? ''} ${output}`
  }
  expect(await verify(lines.slice(0, -1))).toMatch(/^1 [\s\S]*results\.jsonl has no footer/)
  const footer = (lines.at(-1) ?? '').replace('"nonconformant"', '"conformant"')
  expect(await verify(lines.with(-1, footer))).toMatch(/^1 [\s\S]*results\.jsonl\/footer\/verdict/)
  rmSync(path)
  expect((await hookproof(['verify', join(folder, 'report.json')])).status).toBe(0)
})

test('what cannot be read is exit status 2, with the reason', async () => {
  const file = join(folder, 'report.json')
  const text = readFileSync(file, 'utf8')
  const verify = async (changed: string) => {
    writeFileSync(file, changed)
    const { status, output } = await hookproof(['verify', file])
    return `${status ?? ''} ${output}`
  }
  expect(await verify(text.replace('{', '{ "extra": 1,'))).toMatch(/^2 .*"extra" is not known/)
  expect(await verify(text.slice(0, -200))).toMatch(/^2 .*ERR_REPORT_INVALID/)
  const deep = `{"a":${'['.repeat(50_000)}${']'.repeat(50_000)}}`
  expect(
    await verify(text.replace(/"stimulus": \{\}|"stimulus": \{/, `"stimulus": {"x":${deep},`)),
  ).toMatch(/^2 .*ERR_REPORT_INVALID/)
  expect((await hookproof(['verify'])).output).toContain('The argument report.json is missing')
  expect((await hookproof(['verify', '--help'])).status).toBe(0)
})
