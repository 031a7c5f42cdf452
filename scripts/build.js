// Compiles the sources to dist/, makes the command-line entry executable, and bundles the backend.
// The whole product runs from dist: what is tested is what is published.
import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { bundleBackend } from './bundle-backend.js'

const root = fileURLToPath(new URL('..', import.meta.url))
const tsc = join(
  dirname(createRequire(import.meta.url).resolve('typescript/package.json')),
  'bin',
  'tsc',
)
const { status } = spawnSync(process.execPath, [tsc, '-p', 'tsconfig.build.json'], {
  cwd: root,
  stdio: 'inherit',
})
const entry = join(root, 'dist/harness/cli/main.js')
if (existsSync(entry)) chmodSync(entry, 0o755)
if (status === 0) await bundleBackend(join(root, 'dist/backend'))
process.exit(status ?? 1)
