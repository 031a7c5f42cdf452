import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { HarnessError } from '../../errors.ts'
import { isLeftBehind, type ReloadLock } from './reload-lock.ts'

/** The numbers that one worker has to itself. Disposing of it frees them. */
export interface Claim extends Disposable {
  readonly index: number
  /** Engine-wide numbers of connections. */
  readonly connections: { readonly first: number; readonly count: number }
  /** Ports of slots. */
  readonly slots: { readonly first: number; readonly count: number }
}

/** Ports below are for other uses, ports above are what the kernel gives to outgoing connections. */
const FIRST_SLOT = 20_000
const SLOTS = 200
const MOST_CLAIMS = 60
/** All claims together stay below the 16,777,214 connections that an address can name. */
const CONNECTIONS = 2 ** 18

/**
 * Claims a range of slots and connections for this worker, through a file in the run's folder. What a
 * dead worker claimed is free again.
 *
 * @throws HarnessError `ERR_ENGINE_FAULT` when all are taken
 */
export async function claimNumbers(folder: string, lock: ReloadLock): Promise<Claim> {
  return await lock.alone(() => Promise.resolve(claimFirstFree(folder)))
}

function claimFirstFree(folder: string): Claim {
  for (let index = 0; index < MOST_CLAIMS; index++) {
    const path = join(folder, `claim-${index}`)
    if (isLeftBehind(path)) rmSync(path, { force: true })
    try {
      writeFileSync(path, String(process.pid), { flag: 'wx', mode: 0o600 })
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'EEXIST') continue
      throw error
    }
    return {
      index,
      connections: { first: 1 + index * CONNECTIONS, count: CONNECTIONS },
      slots: { first: FIRST_SLOT + index * SLOTS, count: SLOTS },
      [Symbol.dispose]() {
        rmSync(path, { force: true })
      },
    }
  }
  throw new HarnessError('ERR_ENGINE_FAULT', `More than ${MOST_CLAIMS} workers share one run.`, {
    hint: 'Run with fewer workers.',
  })
}
