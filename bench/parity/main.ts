/**
 * `npm run parity -- [miniature …]`: every miniature meets every scenario of both engines that names it, on
 * both; `npm test` has a choice of these pairs. Prints both ledgers beside each other where verdicts differ,
 * and exits 1. Needs a Docker engine.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { findDocker } from '../../harness/engine/containers/docker-address.ts'
import { packageRoot } from '../../harness/package-root.ts'

const names = process.argv.slice(2)
const finding = await findDocker()
if (finding.found === 'none') {
  process.stderr.write('npm run parity needs a Docker engine, and none answers.\n')
  process.exit(2)
}
const playwright = join(packageRoot, 'node_modules/@playwright/test/cli.js')
const config = join(packageRoot, 'playwright.self-test.config.ts')
const test = spawn(
  process.execPath,
  [playwright, 'test', '-c', config, 'bench/parity/parity.test.ts'],
  {
    cwd: packageRoot,
    stdio: 'inherit',
    env: { ...process.env, HOOKPROOF_PARITY: names.length === 0 ? 'whole' : names.join(',') },
  },
)
const [status] = (await once(test, 'exit')) as [number | null]
process.exitCode = status ?? 1
