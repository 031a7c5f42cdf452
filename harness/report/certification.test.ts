import { expect, test } from '@playwright/test'
import { unmetRules, type CertificationSubject } from './certification.ts'
import type { Report } from './model.ts'
import { SAMPLE_FACTS, sampleReport } from './sample-for-tests.ts'
import { versionFault } from './version-fault.ts'

const FACTS = {
  ...SAMPLE_FACTS,
  run: {
    ...SAMPLE_FACTS.run,
    engine: 'containers',
    versions: { ...SAMPLE_FACTS.run.versions, nginx: '1.28.0', haproxy: '3.2.4' },
  },
} as const

const report = sampleReport(FACTS)
const subject: CertificationSubject = {
  report,
  differences: [],
  installed: { version: report.suite.version, corpus: report.suite.corpus },
  readme: '# Acme\n\n## Reproduce\n\nnpx hookproof certify\n',
  folderVersion: null,
}

const but = (change: Partial<Report>): CertificationSubject => ({
  ...subject,
  report: { ...report, ...change },
})
const ran = (change: Partial<Report['run']>) => but({ run: { ...report.run, ...change } })
const by = (change: Readonly<Record<string, unknown>>) =>
  but({ dispatcher: { ...report.dispatcher, ...change } })

test('a nonconformant report of a whole run on containers may be published', () => {
  expect(report.verdict).toBe('nonconformant')
  expect(unmetRules(subject)).toEqual([])
  expect(unmetRules(but({ verdict: 'partial' }))).toEqual([])
  expect(unmetRules({ ...subject, folderVersion: null, readme: null })).toEqual([])
  const bare = unmetRules({ ...subject, folderVersion: report.suite.version, readme: null })
  expect(bare.map(({ rule }) => rule)).toEqual(['reproduce'])
})

const DIFFERENCE = { scenario: 'a/b', field: 'verdict', recorded: 'passed', recomputed: 'failed' }
const CORPUS = { scenario: null, field: 'suite/corpus', recorded: 'x', recomputed: 'y' }
const FILTERED = report.plan.map((entry, index) =>
  index < 2 ? { ...entry, selection: 'filtered-out' as const } : entry,
)
const withoutNginx = Object.fromEntries(
  Object.entries(report.run.versions).filter(([name]) => name !== 'nginx'),
)

for (const [rule, what, broken, says] of [
  [
    'sound',
    'a difference',
    { ...subject, differences: [DIFFERENCE] },
    '1 difference, the first in a/b verdict',
  ],
  [
    'suite-version',
    'another suite',
    { ...subject, installed: { ...subject.installed, version: '9.0.0' } },
    'of suite "0.1.0"; this is 9.0.0',
  ],
  [
    'suite-version',
    'a suite that did not run it',
    ran({ versions: { ...report.run.versions, hookproof: '0.0.9' } }),
    'of suite "0.1.0", but was run by "0.0.9"',
  ],
  [
    'public-scenarios',
    'other scenarios',
    { ...subject, differences: [CORPUS], installed: { ...subject.installed, corpus: 'sha256:00' } },
    'are not those that come with hookproof 0.1.0 (sha256:00)',
  ],
  ['dispatcher', 'no name', by({ name: ' ' }), 'names no product'],
  [
    'dispatcher-version',
    'a branch',
    by({ version: 'main' }),
    'version, "main", is the name of a branch',
  ],
  ['carrier', 'a watched dispatcher', by({ carrier: 'observe' }), '("observe"): that is evidence'],
  ['engine', 'the embedded engine', ran({ engine: 'embedded' }), 'took the embedded engine'],
  ['engine', 'an unnamed nginx', ran({ versions: withoutNginx }), 'does not say which nginx'],
  [
    'whole',
    'a filter',
    but({ plan: FILTERED, run: { ...report.run, filtered: true } }),
    'left out 2 scenarios: ',
  ],
  ['uninterrupted', 'an interrupt', ran({ interrupted: true }), 'was interrupted'],
  [
    'conclusive',
    'no verdict',
    but({ verdict: 'inconclusive' }),
    '3 of 19 scenarios gave no verdict',
  ],
  [
    'folder',
    'another folder',
    { ...subject, folderVersion: '0.2.0' },
    'for suite "0.2.0", the report is of "0.1.0"',
  ],
  [
    'reproduce',
    'no section',
    { ...subject, readme: '# Acme\n\nReproduce\n' },
    'no section "## Reproduce"',
  ],
  [
    'reproduce',
    'an empty section',
    { ...subject, readme: '## Reproduce\n\n## Notes\n\nx\n' },
    'no section "## Reproduce"',
  ],
] as const) {
  test(`${rule} is not met by ${what}, and says so with a hint`, () => {
    const unmet = unmetRules(broken)
    expect(unmet.map((one) => one.rule)).toEqual([rule])
    expect(unmet[0]?.says).toContain(says)
    expect(unmet[0]?.hint).toMatch(/\.$/)
  })
}

test('every unmet rule is named, and foreign text cannot steer a terminal', () => {
  const unmet = unmetRules(by({ name: 'unknown', version: '\u001b[J', carrier: '\u202e' }))
  expect(unmet.map(({ rule }) => rule)).toEqual(['dispatcher', 'dispatcher-version', 'carrier'])
  expect(JSON.stringify(unmet)).not.toMatch(/\\u001b|\u202e/)
})

test('versions that stay what they are, and those that do not', () => {
  const good = [
    '1.0.0',
    'v2',
    '4.2.1-rc.1',
    '2026-09-24',
    '4f2a91c',
    'release-7',
    'main-4f2a91c',
    '0.0.1',
    'R14B',
    '0.1',
  ]
  for (const version of good) expect(versionFault(version), version).toBeNull()
  const bad = [
    '',
    ' ',
    'master',
    'Main',
    'trunk',
    'develop',
    'HEAD',
    'latest',
    'dev',
    'SNAPSHOT',
    'unknown',
    '0.0.0',
    'v0.0.0',
    '0.0.0-dev.5',
    '0',
    '1.2.0-SNAPSHOT',
    '5.1-dev',
    'feature/x1',
    'refs/heads/v2',
    '1.2.3-dirty',
    'jellyfish',
  ]
  for (const version of bad) expect(versionFault(version), version).not.toBeNull()
})
