import { expect, test } from '@playwright/test'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sampleReport } from '../report/sample-for-tests.ts'
import { hookproof } from './run-for-tests.ts'

const LEAKED = 'sample-server-validity/end-entity-expired-by-a-second'

let folder = ''
test.beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hookproof-diff-'))
})
test.afterEach(() => {
  rmSync(folder, { recursive: true, force: true })
})

/** Two reports in files: in the second, a leak of the first was mended. */
function reports(): readonly [leaking: string, mended: string] {
  const report = sampleReport()
  const results = report.results.map((result) =>
    result.scenario === LEAKED
      ? { ...result, verdict: 'passed', grade: 'strict', reason: null }
      : result,
  )
  return [report, { ...report, results }].map((one, index) => {
    const path = join(folder, `${index}.json`)
    writeFileSync(path, JSON.stringify(one))
    return path
  }) as [string, string]
}

test('the same report twice is exit status 0', async () => {
  const [leaking] = reports()
  const { status, output } = await hookproof(['diff', leaking, leaking])
  expect(status, output).toBe(0)
  expect(output).toBe('Every scenario ended as before.\n')
})

test('a new failure is exit status 1, and stands first', async () => {
  const [leaking, mended] = reports()
  const { status, output } = await hookproof(['diff', mended, leaking])
  expect(status, output).toBe(1)
  expect(output).toContain(`New failures: 1\n  ${LEAKED}: passed → failed (leak)`)
})

test('a change for the better is exit status 4, also for programs', async () => {
  const [leaking, mended] = reports()
  const { status, output } = await hookproof(['diff', '--json', leaking, mended])
  expect(status, output).toBe(4)
  expect(JSON.parse(output)).toMatchObject({
    direction: 'changed',
    changes: [{ kind: 'mended', scenario: LEAKED }],
  })
})

test('bad usage and what is no report are exit status 2', async () => {
  const [leaking, mended] = reports()
  const missing = await hookproof(['diff', leaking])
  expect(missing.status).toBe(2)
  expect(missing.output).toContain('The argument new.json is missing')
  expect((await hookproof(['diff', leaking, mended, leaking])).status).toBe(2)
  expect((await hookproof(['diff', leaking, join(folder, 'none.json')])).status).toBe(2)
  const help = await hookproof(['diff', '--help'])
  expect(help.status).toBe(0)
  expect(help.output).toContain('regressions')
})
