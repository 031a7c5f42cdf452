import { expect, test as base } from '@playwright/test'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { packageRoot } from '../package-root.ts'
import { readReport } from '../report/read.ts'
import { readStream } from '../report/read-stream.ts'
import { Machine } from './machines-for-tests.ts'

const test = base.extend<{ folder: string }>({
  folder: async ({}, use) => {
    const folder = mkdtempSync(join(tmpdir(), 'hookproof-retries-'))
    await use(folder)
    rmSync(folder, { recursive: true, force: true })
  },
})

const program = (name: string): string =>
  JSON.stringify(pathToFileURL(join(packageRoot, `dist/fixtures/dispatchers/${name}/main.js`)))

/** Takes an expired certificate in its first process, and in no later one. */
const LUCKY = `
  import { existsSync, writeFileSync } from 'node:fs'
  const isFirst = !existsSync('was-here')
  writeFileSync('was-here', '')
  process.argv[2] = 'accepts-expired-certificate'
  await import(isFirst ? ${program('miniatures')} : ${program('reference')})
`

test('a leak is a leak, also when a second attempt finds none', async ({ folder }) => {
  test.setTimeout(120_000)
  const machine = new Machine(folder, 'node lucky.mjs')
  writeFileSync(join(machine.folder, 'lucky.mjs'), LUCKY)
  const only = ['--grep', 'server-validity/end-entity-expired:', '--workers', '1']
  const run = await machine.playwright('test', '--retries', '1', ...only)
  expect(run.output).toContain('1 flaky')
  expect(run.status, run.output).toBe(1)
  const report = readReport(join(machine.folder, 'conformance-report/report.json'))
  expect(report).toMatchObject({ verdict: 'nonconformant', summary: { failed: 1, passed: 0 } })
  const stream = readStream(join(machine.folder, 'conformance-report/results.jsonl'))
  expect(stream.results).toMatchObject([{ verdict: 'failed', reason: 'leak' }])
})
