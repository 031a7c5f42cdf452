import { mkdirSync, mkdtempSync, rmSync, writeFileSync, readFileSync } from 'node:fs'
import { randomBytes } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** What all processes of one run share. */
export interface SharedRun {
  /** Private temporary folder (mode 0700): keys, restart counters. Removed when the run ends. */
  readonly folder: string
  /** Identifies the run in the report. */
  readonly id: string
  /** The run's one `now`: certificates are minted relative to it. */
  readonly now: Date
}

/** The variable by which the runner tells its workers about the run. */
const VARIABLE = 'HOOKPROOF_RUN_FOLDER'

/** The runs that this process opened and has not closed. */
const open = new Set<SharedRun>()

function closeAll(): void {
  for (const run of open) closeRun(run)
}

/**
 * Creates the run's folder, and tells child processes about it through the environment. It is removed
 * when this process ends, at the latest.
 */
export function openRun(): SharedRun {
  const folder = mkdtempSync(join(tmpdir(), 'hookproof-run-'))
  mkdirSync(join(folder, 'keys'), { mode: 0o700 })
  const run = {
    id: randomBytes(8).toString('hex'),
    now: new Date().toISOString(),
  }
  writeFileSync(join(folder, 'run.json'), JSON.stringify(run), { mode: 0o600 })
  process.env[VARIABLE] = folder
  const opened = { folder, id: run.id, now: new Date(run.now) }
  if (open.size === 0) process.once('exit', closeAll)
  open.add(opened)
  return opened
}

/** The run that this process belongs to; opens one where there is none yet. */
export function currentRun(): SharedRun {
  const folder = process.env[VARIABLE]
  if (folder === undefined) return openRun()
  const stored: unknown = JSON.parse(readFileSync(join(folder, 'run.json'), 'utf8'))
  if (typeof stored !== 'object' || stored === null || !('id' in stored) || !('now' in stored)) {
    throw new Error(`${folder}/run.json is not a run of hookproof`)
  }
  return { folder, id: String(stored.id), now: new Date(String(stored.now)) }
}

/** Removes the run's folder with every key in it. */
export function closeRun(run: SharedRun): void {
  open.delete(run)
  if (open.size === 0) process.off('exit', closeAll)
  rmSync(run.folder, { recursive: true, force: true })
  if (process.env[VARIABLE] === run.folder) Reflect.deleteProperty(process.env, VARIABLE)
}
