/** `npm run kill-matrix [name …]`: every miniature against every scenario, as a table. */
import { join } from 'node:path'
import { miniatures } from '../fixtures/dispatchers/miniatures/registry.ts'
import { packageRoot } from '../harness/package-root.ts'
import { certifyAll } from '../harness/run/certify-all.ts'
import { fateOf, type Fate } from '../harness/run/kill-row.ts'
import { startSessionForTools } from '../harness/run/tool-session.ts'

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
const names = asked.length === 0 ? Object.keys(miniatures) : asked
const width = Math.max(...names.map((name) => name.length))
process.stdout.write('X killed · . survived · - skipped · ? inconclusive\n')

for (const name of names) {
  await using tools = await startSessionForTools({ dispatcher: `node '${program}' ${name}` })
  const { scenarios } = tools.corpus
  const results = await certifyAll(tools.session, scenarios, AT_ONCE)
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
}
