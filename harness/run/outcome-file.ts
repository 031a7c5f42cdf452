import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ERROR_KINDS, exitStatusOf, HarnessError, type ErrorCode } from '../errors.ts'
import { exitStatusOfRun } from '../report/standing.ts'
import type { RunVerdict } from '../verdict/types.ts'
import type { SharedRun } from './run-folder.ts'

/**
 * How a run in a child process ended, as an exit status. Playwright has only its own exit codes, so
 * the verdict goes through a file in the run's folder.
 */
const FILE = 'outcome.json'

/**
 * Leaves how a run ended for the process that started it: its verdict, or, where nothing worse is to be
 * told, that the list of known failures is not true any more.
 *
 * @param stale the error for entries whose scenarios passed; null = none did
 */
export function leaveOutcome(
  run: SharedRun,
  verdict: RunVerdict,
  stale: HarnessError | null,
): void {
  const nothingWorse = verdict === 'conformant' || verdict === 'partial'
  if (stale !== null && nothingWorse) leaveError(run, stale)
  else leave(run, { exitStatus: exitStatusOfRun(verdict) })
}

/** Leaves an error for the process that started the run. */
export function leaveError(run: SharedRun, error: unknown): void {
  const told =
    error instanceof HarnessError
      ? { code: error.code, sentence: error.message, hint: error.hint }
      : {}
  leave(run, { exitStatus: exitStatusOf(error), ...told })
}

function leave(run: SharedRun, outcome: object): void {
  writeFileSync(join(run.folder, FILE), JSON.stringify(outcome))
}

/** The exit status that the run left behind; null = it left none. */
export function exitStatusLeft(run: SharedRun): number | null {
  const { exitStatus } = outcomeLeft(run)
  return typeof exitStatus === 'number' ? exitStatus : null
}

/** The error that the run left behind; null = it left none, or one that is not ours. */
export function errorLeft(run: SharedRun): HarnessError | null {
  const { code, sentence, hint } = outcomeLeft(run)
  if (!isCode(code) || typeof sentence !== 'string' || typeof hint !== 'string') return null
  return new HarnessError(code, sentence, { hint })
}

function isCode(code: unknown): code is ErrorCode {
  return typeof code === 'string' && code in ERROR_KINDS
}

function outcomeLeft(run: SharedRun): Readonly<Record<string, unknown>> {
  try {
    const stored: unknown = JSON.parse(readFileSync(join(run.folder, FILE), 'utf8'))
    return typeof stored === 'object' && stored !== null ? (stored as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}
