import { expect, test } from '@playwright/test'
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { ERROR_KINDS } from './errors.ts'
import { packageRoot } from './package-root.ts'
import { REASONS } from './scenario/vocabulary.ts'
import type { Advisory, FailureReason, InconclusiveReason, RunVerdict } from './verdict/types.ts'

const read = (path: string): string => readFileSync(join(packageRoot, path), 'utf8')

/** First cell of each row whose first cell is code: `| `x` | …`. */
function firstCells(text: string): readonly string[] {
  return [...text.matchAll(/^\| `([^`]+)` \|/gm)].flatMap(([, name]) => name ?? [])
}

test('docs/reasons.md has a row for each reason of the protocol, and no other', () => {
  const reasons = firstCells(read('docs/reasons.md'))
  expect([...reasons].sort()).toEqual([...REASONS].sort())
})

// Records, so that a new word is missed by the type check before it is missed by a reader.
const FAILURES: Readonly<Record<FailureReason, true>> = {
  leak: true,
  'not-delivered': true,
  contradiction: true,
  'wrong-reason': true,
  'wrong-certificate': true,
  storm: true,
  'secret-told': true,
  unmet: true,
}
const OPEN: Readonly<Record<InconclusiveReason, true>> = {
  'no-attempt': true,
  control: true,
  resumed: true,
  adapter: true,
  harness: true,
  clock: true,
  unheard: true,
}
const ADVISORIES: Readonly<Record<Advisory['code'], true>> = {
  'unmet-should': true,
  'not-bound': true,
  'loose-reason': true,
  'said-failed': true,
  'reset-not-honoured': true,
  'account-unheard': true,
}
const RUNS: Readonly<Record<RunVerdict, true>> = {
  conformant: true,
  nonconformant: true,
  partial: true,
  inconclusive: true,
}

test('docs/reading-a-report.md explains each word that a verdict can have', () => {
  const text = read('docs/reading-a-report.md')
  const rows = firstCells(text)
  expect([...rows].sort()).toEqual([...Object.keys(FAILURES), ...Object.keys(OPEN)].sort())
  for (const code of Object.keys(ADVISORIES)) expect(text).toContain(`\`${code}\``)
  for (const verdict of Object.keys(RUNS)) expect(text).toContain(`| **${verdict}** |`)
})

test('docs/errors.md has each error with its exit status, and no other', () => {
  const rows = [...read('docs/errors.md').matchAll(/^\| `(ERR_\w+)` \| (\d) \|/gm)]
  const told = Object.fromEntries(rows.map(([, code = '', status = '']) => [code, status]))
  const kinds = Object.entries(ERROR_KINDS)
  expect(told).toEqual(
    Object.fromEntries(kinds.map(([code, kind]) => [code, kind === 'usage' ? '2' : '3'])),
  )
})

test('docs/licences.md lists what is locked', () => {
  const script = join(packageRoot, 'scripts/licences.js')
  const { status, stderr } = spawnSync(process.execPath, [script, '--check'], { encoding: 'utf8' })
  expect(stderr).toBe('')
  expect(status).toBe(0)
})

const DOCUMENTS = ['README.md', 'CONTRIBUTING.md', 'SECURITY.md', 'scenarios/README.md'].concat(
  readdirSync(join(packageRoot, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
)

for (const document of DOCUMENTS) {
  test(`every link of ${document} leads somewhere`, () => {
    const text = read(document)
    const links = [...text.matchAll(/(?:\]\(|(?:src|srcset)=")([^)\s"]+)/g)].flatMap(
      ([, to]) => to ?? [],
    )
    const dead = links
      .filter((link) => !/^[a-z]+:/.test(link))
      .filter((link) => {
        const [path = '', anchor] = link.split('#')
        const file = path === '' ? document : join(dirname(document), path)
        if (!existsSync(join(packageRoot, file))) return true
        return anchor !== undefined && !anchorsOf(read(file)).has(anchor)
      })
    expect(dead).toEqual([])
  })
}

/** The anchors that GitHub gives to a document's headings. */
function anchorsOf(text: string): ReadonlySet<string> {
  const headings = [...text.matchAll(/^#+ (.+)$/gm)].flatMap(([, heading]) => heading ?? [])
  return new Set(
    headings.map((heading) =>
      heading
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\s_-]/gu, '')
        .replaceAll(' ', '-'),
    ),
  )
}
