/**
 * `npm run oracles`: holds every scenario that a stock client can be held against, to all stock clients, and
 * writes docs/oracles.md. Exits 1 where a human must look: a MUST that none meets, a client that broke.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { packageRoot } from '../../harness/package-root.ts'
import { certifyAll } from '../../harness/run/certify-all.ts'
import { fateOf, type Fate } from '../../harness/run/kill-row.ts'
import { startWorkbench } from '../../harness/run/tool-session.ts'
import { prepareClients } from './clients.ts'
import { oraclePage } from './page.ts'
import { qualifying } from './qualify.ts'

const folder = mkdtempSync(join(tmpdir(), 'hookproof-oracles-'))
try {
  const clients = await prepareClients(folder)
  await using workbench = await startWorkbench({})
  const scenarios = qualifying(workbench.corpus.scenarios)
  const results = await Promise.all(
    clients.map(async ({ description }) => {
      await using session = await workbench.open(description)
      return await certifyAll(session, scenarios, 1)
    }),
  )
  const rows = scenarios.map((scenario) => ({
    scenario,
    fates: results.map((result): Fate => {
      const found = result.get(scenario.id)
      return found === undefined ? 'inconclusive' : fateOf(found)
    }),
  }))
  const { markdown, problems } = oraclePage(clients, rows)
  writeFileSync(join(packageRoot, 'docs/oracles.md'), markdown)
  for (const problem of problems) process.stdout.write(`! ${problem}\n`)
  process.exitCode = problems.length === 0 ? 0 : 1
} finally {
  rmSync(folder, { recursive: true, force: true })
}
