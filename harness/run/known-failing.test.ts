import { expect, test } from '@playwright/test'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sampleReport } from '../report/sample-for-tests.ts'
import { staleEntries, withKnown } from './known-failing.ts'
import { settingsFrom } from './settings.ts'

const entry = (line: number) => ({
  scenario: `a/${line}`,
  reason: 'It is so.',
  link: 'https://example.org',
  file: 'known-failing.yaml',
  line,
})

test('the usual file is taken where it is there, another where it is named', () => {
  const folder = mkdtempSync(join(tmpdir(), 'hookproof-known-'))
  const file = (options: object, environment = {}) =>
    settingsFrom(options, environment, folder).knownFailing
  try {
    expect(file({})).toBeNull()
    expect(file({ knownFailing: 'mine.yaml' })).toBe(join(folder, 'mine.yaml'))
    const environment = { HOOKPROOF_KNOWN_FAILING: 'theirs.yaml' }
    expect(file({ knownFailing: 'mine.yaml' }, environment)).toBe(join(folder, 'theirs.yaml'))
    writeFileSync(join(folder, 'known-failing.yaml'), '')
    expect(file({})).toBe(join(folder, 'known-failing.yaml'))
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test('only a failure can be known', () => {
  for (const result of sampleReport().results) {
    const { known } = withKnown(result, entry(1))
    expect(known, result.scenario).toEqual(
      result.verdict === 'failed'
        ? { reason: 'It is so.', link: 'https://example.org' }
        : undefined,
    )
    expect(withKnown(result, null)).toBe(result)
  }
})

test('entries whose scenarios passed are told in the order of the file', () => {
  expect(staleEntries([])).toBeNull()
  expect(staleEntries([entry(4)])?.message).toBe(
    'known-failing.yaml:4: a/4 is listed as known to fail, but it passed.',
  )
  expect(staleEntries([entry(12), entry(4)])?.message).toMatch(
    /^2 scenarios passed that .*\n {2}known-failing\.yaml:4: .*\n {2}known-failing\.yaml:12: /,
  )
})
