import { expect, test } from '@playwright/test'
import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { packageRoot } from '../package-root.ts'

const REPORT = join(packageRoot, 'docs/api.md')

function check(file: string): { readonly status: number | null; readonly output: string } {
  const script = join(packageRoot, 'scripts/api-report.js')
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, '--check', file], {
    encoding: 'utf8',
  })
  return { status, output: stdout + stderr }
}

test('docs/api.md is what the declarations say', () => {
  const { status, output } = check(REPORT)
  expect(status, output).toBe(0)
})

test('a change of the interface is shown, with how to accept it', ({}, info) => {
  const promised = readFileSync(REPORT, 'utf8')
  const option = '    readonly testDir?: string;\n'
  expect(promised).toContain(option)
  const other = info.outputPath('api.md')
  writeFileSync(other, promised.replace(option, '    readonly testDirectory?: string;\n'))
  const { status, output } = check(other)
  expect(status).toBe(1)
  expect(output).toContain(
    '-     readonly testDirectory?: string;\n+     readonly testDir?: string;',
  )
  expect(output).toContain('npm run api-report')
})
