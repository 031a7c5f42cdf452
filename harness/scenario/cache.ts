import { createHash, randomBytes } from 'node:crypto'
import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TopicFile } from './parse.ts'
import type { Scenario } from './types.ts'

/**
 * Scenarios as one process of a run leaves them for the others. The folder is the run's own, mode
 * 0700, and is gone with it: what is found there was written by this very version of the parser.
 */
function pathOf(folder: string, files: readonly TopicFile[]): string {
  const digest = createHash('sha256').update(JSON.stringify(files)).digest('hex')
  return join(folder, `corpus-${digest}.json`)
}

/** The scenarios of these very files, or null when nobody has left them yet. */
export function readCached(
  folder: string,
  files: readonly TopicFile[],
): readonly Scenario[] | null {
  try {
    return JSON.parse(readFileSync(pathOf(folder, files), 'utf8')) as readonly Scenario[]
  } catch {
    return null
  }
}

/** Leaves the scenarios for other processes. Failing to is no harm: they parse for themselves. */
export function writeCached(
  folder: string,
  files: readonly TopicFile[],
  scenarios: readonly Scenario[],
): void {
  const path = pathOf(folder, files)
  const partial = `${path}.${randomBytes(6).toString('hex')}`
  try {
    writeFileSync(partial, JSON.stringify(scenarios), { mode: 0o600 })
    // Whole or not at all: another process may be reading.
    renameSync(partial, path)
  } catch {
    // An unwritable folder is reported by whoever needs it for more than speed.
  }
}
