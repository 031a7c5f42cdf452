import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { HarnessError } from '../../errors.ts'
import { isLeftBehind, type ReloadLock } from './reload-lock.ts'

/** The numbers that one worker has to itself. Disposing of it frees them. */
export interface Claim extends Disposable {
  readonly index: number
  /** Claims of workers that have ended. Their slots are still configured, until somebody takes them out. */
  readonly abandoned: readonly number[]
  /** Engine-wide numbers of connections. */
  readonly connections: { readonly first: number; readonly count: number }
  /** Ports of slots. */
  readonly slots: { readonly first: number; readonly count: number }
}

/** Ports below are for other uses, ports above are what the kernel gives to outgoing connections. */
const FIRST_SLOT = 20_000
/** Enough that none is needed again soon after it was given back. */
const SLOTS = 300
const MOST_CLAIMS = 40
/** All claims together stay below the 16,777,214 connections that an address can name. */
const CONNECTIONS = 2 ** 18

const CLAIM = 'claim-'
const LEFT = 'left-'
const LATEST = 'latest-claim'

/**
 * Claims a range of slots and connections for this worker, through a file in the run's folder. What others
 * had is claimed as late as can be: after a reload the retired worker of nginx still takes connections, and
 * would judge them by the trust anchors of whoever had the slot before.
 *
 * @throws HarnessError `ERR_ENGINE_FAULT` when all are taken
 */
export async function claimNumbers(folder: string, lock: ReloadLock): Promise<Claim> {
  return await lock.alone(() => Promise.resolve(claimNext(folder)))
}

function claimNext(folder: string): Claim {
  for (const name of readdirSync(folder).filter((one) => one.startsWith(CLAIM))) {
    if (isLeftBehind(join(folder, name))) leave(folder, name.slice(CLAIM.length))
  }
  const latest = latestIn(folder)
  for (let step = 1; step <= MOST_CLAIMS; step++) {
    const index = (latest + step) % MOST_CLAIMS
    try {
      const flag = 'wx'
      writeFileSync(join(folder, `${CLAIM}${index}`), String(process.pid), { flag, mode: 0o600 })
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'EEXIST') continue
      throw error
    }
    writeFileSync(join(folder, LATEST), String(index), { mode: 0o600 })
    return {
      index,
      abandoned: abandonedIn(folder).filter((one) => one !== index),
      connections: { first: 1 + index * CONNECTIONS, count: CONNECTIONS },
      slots: { first: FIRST_SLOT + index * SLOTS, count: SLOTS },
      [Symbol.dispose]() {
        leave(folder, String(index))
      },
    }
  }
  throw new HarnessError('ERR_ENGINE_FAULT', `More than ${MOST_CLAIMS} workers share one run.`, {
    hint: 'Run with fewer workers.',
  })
}

function leave(folder: string, index: string): void {
  try {
    writeFileSync(join(folder, `${LEFT}${index}`), '', { mode: 0o600 })
  } catch (error) {
    // With the run's folder everything is gone that could be left.
    if (!isMissing(error)) throw error
  }
  rmSync(join(folder, `${CLAIM}${index}`), { force: true })
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT'
}

/** Each is told once: whoever is told takes its slots out. */
function abandonedIn(folder: string): readonly number[] {
  const names = readdirSync(folder).filter((one) => one.startsWith(LEFT))
  for (const name of names) rmSync(join(folder, name), { force: true })
  return names.map((name) => Number(name.slice(LEFT.length)))
}

/** The index that was claimed last; -1 = none was. */
function latestIn(folder: string): number {
  try {
    return Number(readFileSync(join(folder, LATEST), 'utf8'))
  } catch (error) {
    if (isMissing(error)) return -1
    throw error
  }
}
