import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { exitStatusOf } from '../errors.ts'
import { exitStatusOfRun } from '../report/standing.ts'
import type { RunVerdict } from '../verdict/types.ts'
import type { SharedRun } from './run-folder.ts'

/**
 * How a run in a child process ended, as an exit status. Playwright has only its own exit codes, so
 * the verdict goes through a file in the run's folder.
 */
const FILE = 'outcome.json'

/** Leaves the verdict for the process that started the run. */
export function leaveVerdict(run: SharedRun, verdict: RunVerdict): void {
  leave(run, exitStatusOfRun(verdict))
}

/** Leaves an error for the process that started the run. */
export function leaveError(run: SharedRun, error: unknown): void {
  leave(run, exitStatusOf(error))
}

function leave(run: SharedRun, exitStatus: number): void {
  writeFileSync(join(run.folder, FILE), JSON.stringify({ exitStatus }))
}

/** The exit status that the run left behind; null = it left none. */
export function exitStatusLeft(run: SharedRun): number | null {
  try {
    const stored: unknown = JSON.parse(readFileSync(join(run.folder, FILE), 'utf8'))
    return stored instanceof Object &&
      'exitStatus' in stored &&
      typeof stored.exitStatus === 'number'
      ? stored.exitStatus
      : null
  } catch {
    return null
  }
}
