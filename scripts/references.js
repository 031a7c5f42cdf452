// Writes docs/references.md: every section that a scenario cites, in our own words.
// usage: npm run references
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { packageRoot } from '../dist/harness/package-root.js'
import { loadScenarios } from '../dist/harness/scenario/load.js'
import { clausesFrom, referenceTable } from '../dist/harness/scenario/reference-table.js'

const { scenarios } = loadScenarios([join(packageRoot, 'scenarios')])
const clauses = clausesFrom(readFileSync(join(packageRoot, 'docs/clauses.yaml'), 'utf8'))
const { markdown, problems } = referenceTable(scenarios, clauses)
for (const problem of problems) process.stderr.write(`${problem}\n`)
if (problems.length > 0) process.exit(1)
writeFileSync(join(packageRoot, 'docs/references.md'), markdown)
