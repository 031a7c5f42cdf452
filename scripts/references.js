// Writes docs/references.md: every section that a scenario cites, in our own words.
// usage: npm run docs:references
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parse } from 'yaml'
import { loadScenarios } from '../dist/harness/scenario/load.js'
import { referenceTable } from '../dist/harness/scenario/reference-table.js'

const root = fileURLToPath(new URL('..', import.meta.url))
const { scenarios } = loadScenarios([join(root, 'scenarios')])
const clauses = parse(readFileSync(join(root, 'docs/clauses.yaml'), 'utf8'))
const { markdown, problems } = referenceTable(scenarios, clauses)
if (problems.length > 0) {
  process.stderr.write(problems.map((problem) => `${problem}\n`).join(''))
  process.exit(1)
}
writeFileSync(join(root, 'docs/references.md'), markdown)
