import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { packageRoot } from '../harness/package-root.ts'
import type { EngineName } from '../harness/scenario/vocabulary.ts'

/** Wall time of `hookproof certify` on an engine, in milliseconds; null when the run came to nothing. */
export async function wholeRunMs(engine: EngineName): Promise<number | null> {
  const folder = mkdtempSync(join(tmpdir(), 'hookproof-bench-'))
  try {
    const began = performance.now()
    const child = spawn(
      process.execPath,
      [
        join(packageRoot, 'dist/harness/cli/main.js'),
        'certify',
        '--engine',
        engine,
        '--report',
        folder,
      ],
      { cwd: packageRoot, stdio: 'ignore' },
    )
    const status = await new Promise((resolve, reject) => {
      child.once('error', reject)
      child.once('exit', resolve)
    })
    // 3: the adapter or the environment broke, for example because there is no Docker engine.
    return status === 3 ? null : performance.now() - began
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
