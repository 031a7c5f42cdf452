import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { packageRoot } from '../harness/package-root.ts'

/** Wall time of `hookproof certify` on the embedded engine, in milliseconds. */
export async function wholeRunMs(): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'hookproof-bench-'))
  try {
    const began = performance.now()
    const child = spawn(
      process.execPath,
      [
        join(packageRoot, 'dist/harness/cli/main.js'),
        'certify',
        '--engine',
        'embedded',
        '--report',
        folder,
      ],
      { cwd: packageRoot, stdio: 'ignore' },
    )
    await new Promise((resolve, reject) => {
      child.once('error', reject)
      child.once('exit', resolve)
    })
    return performance.now() - began
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
