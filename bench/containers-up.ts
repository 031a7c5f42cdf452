import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startEngine, startGround } from '../harness/engine/start.ts'
import { HarnessError } from '../harness/errors.ts'

/**
 * Time from nothing until a worker can start scenarios in containers, with the images built before, in
 * milliseconds; null where containers cannot be had.
 */
export async function containersUpMs(): Promise<number | null> {
  const folder = mkdtempSync(join(tmpdir(), 'hookproof-bench-'))
  const run = { id: randomBytes(8).toString('hex'), folder }
  try {
    const began = performance.now()
    await using ground = await startGround('containers', run)
    await using engine = await startEngine(ground.engine, folder)
    return engine.name === 'containers' ? performance.now() - began : null
  } catch (error) {
    if (error instanceof HarnessError) return null
    throw error
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
