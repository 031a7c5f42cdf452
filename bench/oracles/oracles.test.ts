import { expect, test } from '@playwright/test'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { packageRoot } from '../../harness/package-root.ts'
import { loadScenarios } from '../../harness/scenario/load.ts'
import { coveredBy, oraclePage, toCover, type OracleRow } from './page.ts'
import { qualifying } from './qualify.ts'

const { scenarios, resolve } = loadScenarios([join(packageRoot, 'scenarios')])

test('docs/oracles.md has a row for each scenario that a stock client can be held against', () => {
  const page = readFileSync(join(packageRoot, 'docs/oracles.md'), 'utf8')
  expect(coveredBy(page), 'run npm run oracles').toEqual(toCover(qualifying(scenarios)))
})

test('what qualifies is decided by the server, in one delivery', () => {
  const ids = qualifying(scenarios).map(({ id }) => id)
  expect(ids).toContain('server-validity/end-entity-expired')
  expect(ids).toContain('server-trust/intermediate-not-sent')
  expect(ids).toContain('tls-versions/only-tls-1-1')
  // A control, a URL without TLS, a certificate and a configuration of the dispatcher's, an answer.
  for (const id of [
    'server-validity/control',
    'tls-versions/plaintext-url',
    'client-certificate-expired/answered-400',
    'tls-versions/below-the-configured-version',
    'delivery/answered-404',
  ]) {
    expect(ids, resolve(id).title).not.toContain(id)
  }
})

const CLIENTS = [
  { name: 'one', about: 'One 1.0' },
  { name: 'two', about: 'Two 2.0' },
]

const row = (id: string, more: Partial<OracleRow['scenario']>, ...fates: OracleRow['fates']) => ({
  scenario: { id, title: `Does ${id}`, level: 'MUST', profile: 'core', ...more } as const,
  fates,
})

test('a page tells who breaks what', () => {
  const { markdown, problems } = oraclePage(CLIENTS, [
    row('a/kept', {}, 'survived', 'survived'),
    row('a/broken', {}, 'survived', 'killed'),
    row('a/advised', { level: 'SHOULD' }, 'killed', 'killed'),
    row('a/strict', { profile: 'strict' }, 'killed', 'killed'),
  ])
  expect(problems).toEqual([])
  expect(coveredBy(markdown)).toEqual([
    'a/kept: MUST',
    'a/broken: MUST',
    'a/advised: SHOULD',
    'a/strict: MUST, strict',
  ])
  expect(markdown.slice(markdown.indexOf('- **one**'))).toBe(`- **one** One 1.0
- **two** Two 2.0

✓ does what the scenario asks · ✗ does not. 4 scenarios, of which 3 are a MUST.

| scenario | level | one | two |
|---|---|:-:|:-:|
| \`a/kept\` | MUST | ✓ | ✓ |
| \`a/broken\` | MUST | ✓ | ✗ |
| \`a/advised\` | SHOULD | ✗ | ✗ |
| \`a/strict\` | MUST, strict | ✗ | ✗ |

## A MUST that no stock client meets

- \`a/strict\`: Does a/strict.

## A MUST that some stock clients break

- \`a/broken\`: Does a/broken. Broken by two.
`)
})

test('a MUST that nobody meets, and a client that broke, need a human', () => {
  const { problems } = oraclePage(CLIENTS, [
    row('a/ours', {}, 'killed', 'killed'),
    row('a/open', {}, 'survived', 'inconclusive'),
    row('b/open', {}, 'survived', 'skipped'),
  ])
  expect(problems).toEqual([
    'a/ours is a MUST that no stock client meets: look again',
    'nothing can be said about two in a/open, b/open',
  ])
})
