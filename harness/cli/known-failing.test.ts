import { expect, test } from '@playwright/test'
import { spawnSync } from 'node:child_process'
import { rmSync, symlinkSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { packageRoot } from '../package-root.ts'
import { readReport } from '../report/read.ts'
import { verifyReport } from '../report/verify.ts'
import { loadScenarios } from '../scenario/load.ts'
import { hookproof, OURS } from './run-for-tests.ts'

// Each starts the tool, which starts Playwright, which starts workers: slow on a busy machine.
test.describe.configure({ timeout: 120_000 })

const MINIATURES = join(packageRoot, 'dist/fixtures/dispatchers/miniatures/main.js')
const FOLLOWS = `node '${MINIATURES}' follows-redirects`
const FAILING = 'redirects/elsewhere-302'
const PASSING = 'server-validity/end-entity-expired'

const entry = (scenario: string): string =>
  `- scenario: ${scenario}\n  reason: We do so until 5.0.\n  link: https://example.org/issues/12\n`

const certify = (grep: string, files: Readonly<Record<string, string>>, ...more: string[]) =>
  hookproof(['certify', '--dispatcher', FOLLOWS, '--grep', grep, ...more], { files })

const reportIn = (folder: string) => readReport(join(folder, 'conformance-report/report.json'))

/** A project of a vendor's, with hookproof installed, after `npx playwright test`. */
function playwright(folder: string, grep: string) {
  mkdirSync(join(folder, 'node_modules/@playwright'), { recursive: true })
  symlinkSync(packageRoot, join(folder, 'node_modules/hookproof'))
  const own = join(packageRoot, 'node_modules/@playwright/test')
  symlinkSync(own, join(folder, 'node_modules/@playwright/test'))
  writeFileSync(
    join(folder, 'playwright.config.mjs'),
    `import { hookproof } from 'hookproof/playwright'\nexport default hookproof({ dispatcher: ${JSON.stringify(FOLLOWS)} })\n`,
  )
  const inherited = Object.entries(process.env).filter(([name]) => !OURS.test(name))
  const env = { ...Object.fromEntries(inherited), HOOKPROOF_ENGINE: 'embedded', CI: '1' }
  const args = [join(own, 'cli.js'), 'test', '--grep', grep, '--reporter=json,hookproof/reporter']
  const ran = spawnSync(process.execPath, args, {
    cwd: folder,
    env: { ...env, PLAYWRIGHT_JSON_OUTPUT_NAME: 'tests.json' },
    encoding: 'utf8',
  })
  return { status: ran.status, output: ran.stdout + ran.stderr }
}

test('a new failure prints its entry; filled in, it opens the gate and changes no verdict', async () => {
  // Three runs.
  test.setTimeout(240_000)
  const first = await certify(`${FAILING}:`, {})
  expect(first.status, first.output).toBe(1)
  const printed = `- scenario: ${FAILING}\n  reason: #`
  // At the end of the summary, and in the failure of the test, where Playwright indents it.
  expect(first.output).toContain(`\n${printed}`)
  expect(first.output).toContain(
    `add to known-failing.yaml:\n    ${printed.replace('\n', '\n    ')}`,
  )

  const [pasted = ''] = /^- scenario: .*\n {2}reason:.*\n {2}link:.*\n/m.exec(first.output) ?? []
  writeFileSync(join(first.folder, 'known-failing.yaml'), pasted)
  const unfilled = playwright(first.folder, `${FAILING}:`)
  expect(unfilled.status, unfilled.output).toBe(1)
  expect(unfilled.output).toContain('known-failing.yaml:2: [0].reason: must be a sentence')

  const filled = pasted
    .replace(/reason:.*/, 'reason: We do so until 5.0.')
    .replace(/link:.*/, 'link: https://example.org/issues/12')
  writeFileSync(join(first.folder, 'known-failing.yaml'), filled)
  rmSync(join(first.folder, 'node_modules'), { recursive: true })
  const gate = playwright(first.folder, `${FAILING}:`)
  expect(gate.status, gate.output).toBe(0)
  expect(gate.output).toContain('✗ nonconformant')
  expect(gate.output).toContain('1 known failure, listed with a reason and a link; none is new.')

  const report = reportIn(first.folder)
  expect(report.verdict).toBe('nonconformant')
  const known = { reason: 'We do so until 5.0.', link: 'https://example.org/issues/12' }
  expect(report.results).toEqual([expect.objectContaining({ verdict: 'failed', known })])
  const corpus = loadScenarios([join(packageRoot, 'scenarios')])
  expect(verifyReport(report, corpus).differences).toEqual([])
})

test('certify says nonconformant with exit status 1, however well known it is', async () => {
  const files = { 'mine.yaml': entry(FAILING) }
  const ran = await certify(`${FAILING}:`, files, '--known-failing', 'mine.yaml')
  expect(ran.status, ran.output).toBe(1)
  expect(ran.output).toContain('1 passed')
  expect(reportIn(ran.folder).summary.failed).toBe(1)
})

test('an entry whose scenario passes fails the run, with file and line', async () => {
  const files = { 'known-failing.yaml': `# Was so once.\n${entry(PASSING)}` }
  const ran = await certify(`${PASSING}:`, files)
  expect(ran.status, ran.output).toBe(2)
  const sentence = `known-failing.yaml:2: ${PASSING} is listed as known to fail, but it passed.`
  expect(ran.output).toContain(`ERR_KNOWN_FAILING_STALE: ${sentence}`)
  expect(ran.output).toContain(`NotPassed: ${sentence}`)
  expect(reportIn(ran.folder)).toMatchObject({ verdict: 'partial', summary: { passed: 1 } })
})

test('an entry for what was filtered out or skipped is left unjudged', async () => {
  const files = {
    'known-failing.yaml': entry(FAILING) + entry('pins/mismatch'),
    'adapter.mjs': withoutPins,
  }
  const ran = await hookproof(
    ['certify', '--dispatcher', 'node adapter.mjs', '--grep', 'pins/mismatch:|end-entity-expired:'],
    { files },
  )
  expect(ran.status, ran.output).toBe(4)
  expect(reportIn(ran.folder).summary).toMatchObject({ passed: 1, skipped: 1 })
})

test('what is inconclusive is not excused', async () => {
  const files = {
    'known-failing.yaml': entry(FAILING),
    'mortal.mjs': mortal,
  }
  const ran = await hookproof(
    ['certify', '--dispatcher', 'node mortal.mjs', '--grep', `${FAILING}:`],
    { files },
  )
  expect(ran.status, ran.output).toBe(3)
  expect(ran.output).toContain('1 failed')
  expect(reportIn(ran.folder).results[0]).not.toHaveProperty('known')
})

for (const [what, text, sentence] of [
  [
    'an unknown scenario',
    entry('redirects/elsewhere-320'),
    'known-failing.yaml:1: [0].scenario: no scenario is called "redirects/elsewhere-320" (did you mean',
  ],
  [
    'no reason',
    entry(FAILING).replace(/ {2}reason.*\n/, ''),
    'known-failing.yaml:1: [0]: reason: must be a sentence',
  ],
] as const) {
  test(`${what} is exit status 2, before anything is started`, async () => {
    const ran = await certify(`${FAILING}:`, { 'known-failing.yaml': text })
    expect(ran.status, ran.output).toBe(2)
    expect(ran.output).toContain(sentence)
    expect(ran.output).not.toContain('Running')
  })
}

test('a file that is named must be there', async () => {
  const ran = await certify(`${FAILING}:`, {}, '--known-failing', 'none.yaml')
  expect([ran.status, ran.output]).toEqual([2, expect.stringContaining('none.yaml cannot be read')])
})

/** The reference dispatcher, which does not declare pins here. */
const withoutPins = `
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
const main = ${JSON.stringify(join(packageRoot, 'dist/fixtures/dispatchers/reference/main.js'))}
const child = spawn(process.execPath, [main], { stdio: ['pipe', 'pipe', 'inherit'] })
process.stdin.pipe(child.stdin)
createInterface(child.stdout).on('line', (line) => {
  console.log(line.replace('"pin.spki",', ''))
})
`

/** Says hello, and dies of the first thing it is told to do. */
const mortal = `
import { createInterface } from 'node:readline'
const capabilities = ['client-certificate.pem', 'trust.private-ca']
for await (const line of createInterface({ input: process.stdin })) {
  const { id, cmd } = JSON.parse(line)
  if (cmd !== 'hello') process.exit(9)
  const dispatcher = { name: 'mortal', version: '1' }
  console.log(JSON.stringify({ id, protocol: 1, dispatcher, capabilities }))
}
`
