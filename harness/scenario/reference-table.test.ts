import { expect, test } from '@playwright/test'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { packageRoot } from '../package-root.ts'
import { loadScenarios } from './load.ts'
import { clausesFrom, referenceTable } from './reference-table.ts'

const read = (path: string) => readFileSync(join(packageRoot, path), 'utf8')

test('docs/references.md is fresh, and every section cited is told in our own words', () => {
  const { scenarios } = loadScenarios([join(packageRoot, 'scenarios')])
  const { markdown, problems } = referenceTable(scenarios, clausesFrom(read('docs/clauses.yaml')))
  expect(problems).toEqual([])
  expect(read('docs/references.md'), 'run npm run references').toBe(markdown)
})

test('docs/clauses.yaml holds nothing that no scenario cites', () => {
  const { scenarios } = loadScenarios([join(packageRoot, 'scenarios')])
  const cited = new Set(scenarios.flatMap(({ references }) => references))
  const clauses = [...clausesFrom(read('docs/clauses.yaml')).keys()]
  expect(clauses.filter((clause) => !cited.has(clause))).toEqual([])
})

test('every claim that is cited is one of the adapter protocol', () => {
  const { scenarios } = loadScenarios([join(packageRoot, 'scenarios')])
  const protocol = read('docs/adapter-protocol.md')
  const claims = new Set(
    scenarios.flatMap(({ references }) =>
      references.flatMap((one) => /^Adapter protocol: (.+)$/.exec(one)?.[1] ?? []),
    ),
  )
  expect(claims.size).toBeGreaterThan(0)
  for (const claim of claims) {
    // `tls.min_version` is the key min_version of the object tls.
    for (const word of claim.split('.'))
      expect(protocol, claim).toMatch(new RegExp(`["\`]${word}["\`]`))
  }
})

test('sections stand in the order of their numbers, by standard', () => {
  const { markdown, problems } = referenceTable(
    [
      { id: 'a/one', references: ['RFC 5280 4.2.1.10', 'Standard Webhooks: Payload size'] },
      { id: 'a/two', references: ['RFC 5280 4.2.1.9', 'CVE-2021-44532'] },
      { id: 'b/one', references: ['RFC 5280 4.2.1.9', 'RFC 821 3'] },
    ],
    clausesFrom('RFC 5280 4.2.1.9: Nine.\nRFC 821 3: Old.\nRFC 1 1: Older.\n'),
  )
  expect(markdown.slice(markdown.indexOf('## '))).toBe(`## RFC 821

- **3** Old. \`b/one\`

## RFC 5280

- **4.2.1.9** Nine. \`a/two\`, \`b/one\`
- **4.2.1.10**  \`a/one\`

## Others

- **CVE-2021-44532**  \`a/two\`

## Standard Webhooks

- **Payload size**  \`a/one\`
`)
  expect(problems).toEqual([
    'a/one cites RFC 5280 4.2.1.10, which is not in clauses.yaml',
    'a/two cites CVE-2021-44532, which is not in clauses.yaml',
    'a/one cites Standard Webhooks: Payload size, which is not in clauses.yaml',
  ])
})

test('a file of clauses that holds something else is refused', () => {
  expect(() => clausesFrom('')).toThrow('holds no clause')
  expect(() => clausesFrom("'RFC 1 1':\n")).toThrow('says nothing about "RFC 1 1"')
  expect(() => clausesFrom('RFC 1 1: [one, two]\n')).toThrow('says nothing about "RFC 1 1"')
})
