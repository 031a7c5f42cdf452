import { expect, test } from '@playwright/test'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { exitStatusOf, HarnessError } from '../errors.ts'
import { readReport } from './read.ts'
import { sampleReport } from './sample-for-tests.ts'
import { ensureWritable, writeReport } from './write.ts'

let folder = ''
test.beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hookproof-report-'))
})
test.afterEach(() => {
  rmSync(folder, { recursive: true, force: true })
})

function errorOf(action: () => unknown): HarnessError {
  try {
    action()
  } catch (error) {
    if (error instanceof HarnessError) return error
    throw error
  }
  throw new Error('nothing was thrown')
}

test('writes both files into a folder that it makes, and leaves nothing else', () => {
  const target = join(folder, 'deep', 'conformance-report')
  const report = sampleReport()
  const written = writeReport(report, target)
  expect(readdirSync(target).sort()).toEqual([
    'badge.svg',
    'index.html',
    'junit.xml',
    'report.json',
    'summary.md',
  ])
  expect(readReport(written.json)).toEqual(report)
  expect(readFileSync(written.html, 'utf8')).toMatch(/^<!doctype html>/)
})

test('replaces an earlier report', () => {
  writeFileSync(join(folder, 'report.json'), 'old')
  writeReport(sampleReport(), folder)
  expect(readReport(join(folder, 'report.json')).schema).toBe('hookproof.report/v1')
})

test('a folder that cannot be one is bad usage, and the message names it', () => {
  const file = join(folder, 'file')
  writeFileSync(file, '')
  for (const action of [ensureWritable, (at: string) => writeReport(sampleReport(), at)]) {
    const error = errorOf(() => {
      action(file)
    })
    expect(error.code).toBe('ERR_REPORT_UNWRITABLE')
    expect(error.message).toContain(file)
    expect(error.hint).toContain('--report')
    expect(exitStatusOf(error)).toBe(2)
  }
})

test('a file that cannot be replaced keeps its folder clean', () => {
  // A folder of that name cannot be replaced by a file, whoever runs this.
  mkdirSync(join(folder, 'index.html', 'inside'), { recursive: true })
  expect(errorOf(() => writeReport(sampleReport(), folder)).code).toBe('ERR_REPORT_UNWRITABLE')
  expect(readdirSync(folder).sort()).toEqual(['index.html', 'report.json'])
})

test('the check before a run leaves the folder and nothing in it', () => {
  const target = join(folder, 'later')
  ensureWritable(target)
  expect(readdirSync(target)).toEqual([])
})

test('what cannot be read as a report says which file and why', () => {
  const file = join(folder, 'report.json')
  expect(errorOf(() => readReport(file)).message).toContain(file)
  writeFileSync(file, '{"schema":')
  expect(errorOf(() => readReport(file)).code).toBe('ERR_REPORT_INVALID')
  writeFileSync(file, '{}')
  expect(errorOf(() => readReport(file)).message).toMatch(/required property/)
})
