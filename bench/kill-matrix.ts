/**
 * `npm run kill-matrix -- [--write] [name …]`: miniatures against every scenario, as a table; all of them
 * unless some are named. Exits 1 where a miniature fails a scenario that does not name it, or passes one
 * that does. With `--write` the topic files name what was measured, for `git diff` to be read: a kill is
 * right only if it happens for the reason that the scenario's title gives.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { miniatures } from '../fixtures/dispatchers/miniatures/registry.ts'
import { packageRoot } from '../harness/package-root.ts'
import { certifyAll } from '../harness/run/certify-all.ts'
import { BROAD, BROKEN, discrepancies, fateOf, type Fate } from '../harness/run/kill-row.ts'
import { startWorkbench } from '../harness/run/tool-session.ts'
import type { Scenario } from '../harness/scenario/types.ts'
import { withKilledBy } from './killed-by.ts'

const SIGNS: Readonly<Record<Fate, string>> = {
  killed: 'X',
  survived: '.',
  skipped: '-',
  inconclusive: '?',
}

/** Scenarios at once: their waits overlap. */
const AT_ONCE = 6

const program = join(packageRoot, 'dist/fixtures/dispatchers/miniatures/main.js')
const asked = process.argv.slice(2).filter((word) => word !== '--write')
const mode = process.argv.includes('--write') ? 'write' : 'compare'
const names =
  asked.length === 0 ? Object.keys(miniatures).filter((name) => !BROKEN.includes(name)) : asked
const width = Math.max(...names.map((name) => name.length))
process.stdout.write('X killed · . survived · - skipped · ? inconclusive\n')

await using workbench = await startWorkbench({})
const scenarios = workbench.corpus.scenarios.filter(({ engines }) =>
  engines.includes(workbench.engine.name),
)
/** What became of a miniature in a scenario, by miniature and id. */
const fates = new Map<string, ReadonlyMap<string, Fate>>()
for (const name of names) {
  await using session = await workbench.open(`node '${program}' ${name}`)
  const results = await certifyAll(session, scenarios, AT_ONCE)
  const found = new Map<string, Fate>()
  let row = ''
  let topic = ''
  for (const scenario of scenarios) {
    const result = results.get(scenario.id)
    const fate = result === undefined ? 'inconclusive' : fateOf(result)
    found.set(scenario.id, fate)
    row += `${scenario.topic === topic ? '' : ' '}${SIGNS[fate]}`
    topic = scenario.topic
  }
  process.stdout.write(`${name.padEnd(width)} ${row}\n`)
  if (asked.length > 0) {
    for (const [id, fate] of found) if (fate === 'killed') process.stdout.write(`  ${id}\n`)
  }
  if (BROAD.includes(name)) continue
  fates.set(name, found)
  if (mode === 'write') continue
  for (const sentence of discrepancies(name, scenarios, results)) {
    process.stdout.write(`  ! ${sentence}\n`)
    process.exitCode = 1
  }
}
if (mode === 'write') {
  for (const file of new Set(scenarios.map((scenario) => scenario.file))) {
    write(
      file,
      scenarios.filter((scenario) => scenario.file === file),
    )
  }
}

/** Of what was run the measurement decides; what was not, here or on this engine, keeps its word. */
function write(file: string, some: readonly Scenario[]): void {
  const lists = some.map(({ id, killedBy }) => {
    const fateBy = (name: string): Fate => fates.get(name)?.get(id) ?? 'skipped'
    const kept = killedBy.filter((name) => fateBy(name) === 'skipped')
    const killers = [...fates.keys()].filter((name) => fateBy(name) === 'killed')
    return [id.slice(id.indexOf('/') + 1), [...kept, ...killers]] as const
  })
  const text = readFileSync(file, 'utf8')
  writeFileSync(file, withKilledBy(text, new Map(lists)))
}
