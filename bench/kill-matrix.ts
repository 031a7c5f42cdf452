/**
 * `npm run kill-matrix [name …]`: miniatures against every scenario, as a table; all of them unless some
 * are named. Exits 1 where a miniature fails a scenario that does not name it, or passes one that does.
 */
import { join } from 'node:path'
import { miniatures } from '../fixtures/dispatchers/miniatures/registry.ts'
import { packageRoot } from '../harness/package-root.ts'
import { certifyAll } from '../harness/run/certify-all.ts'
import { BROAD, BROKEN, discrepancies, fateOf, type Fate } from '../harness/run/kill-row.ts'
import { startWorkbench } from '../harness/run/tool-session.ts'

const SIGNS: Readonly<Record<Fate, string>> = {
  killed: 'X',
  survived: '.',
  skipped: '-',
  inconclusive: '?',
}

/** Scenarios at once: their waits overlap. */
const AT_ONCE = 6

const program = join(packageRoot, 'dist/fixtures/dispatchers/miniatures/main.js')
const asked = process.argv.slice(2)
const names =
  asked.length === 0 ? Object.keys(miniatures).filter((name) => !BROKEN.includes(name)) : asked
const width = Math.max(...names.map((name) => name.length))
process.stdout.write('X killed · . survived · - skipped · ? inconclusive\n')

await using workbench = await startWorkbench({})
const scenarios = workbench.corpus.scenarios.filter(({ engines }) =>
  engines.includes(workbench.engine.name),
)
for (const name of names) {
  await using session = await workbench.open(`node '${program}' ${name}`)
  const results = await certifyAll(session, scenarios, AT_ONCE)
  const killed: string[] = []
  let row = ''
  let topic = ''
  for (const scenario of scenarios) {
    const result = results.get(scenario.id)
    const fate = result === undefined ? 'inconclusive' : fateOf(result)
    if (fate === 'killed') killed.push(scenario.id)
    row += `${scenario.topic === topic ? '' : ' '}${SIGNS[fate]}`
    topic = scenario.topic
  }
  process.stdout.write(`${name.padEnd(width)} ${row}\n`)
  if (asked.length > 0) process.stdout.write(killed.map((id) => `  ${id}\n`).join(''))
  if (BROAD.includes(name)) continue
  for (const sentence of discrepancies(name, scenarios, results)) {
    process.stdout.write(`  ! ${sentence}\n`)
    process.exitCode = 1
  }
}
