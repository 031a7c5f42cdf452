import { closeSync, mkdirSync, openSync } from 'node:fs'
import { join } from 'node:path'

/** How often a broken adapter may be started again before it is given up. */
export interface RestartBudget {
  /** Takes one restart, if there is one left. */
  take(): 'granted' | 'exhausted'
}

/** Restarts that one run allows, over all its workers. */
export const RESTARTS_A_RUN = 3

/** A budget of this process alone. */
export function memoryRestartBudget(restarts: number): RestartBudget {
  let left = restarts
  return { take: () => (left-- > 0 ? 'granted' : 'exhausted') }
}

/**
 * A budget that all workers of a run share: each restart is a file that only one of them can create.
 *
 * @param folder - Belongs to this run alone; created where it is missing.
 * @throws A system error where the folder cannot be created.
 */
export function fileRestartBudget(folder: string, restarts: number): RestartBudget {
  mkdirSync(folder, { recursive: true })
  return {
    take() {
      for (let restart = 1; restart <= restarts; restart++) {
        if (create(join(folder, `restart-${restart}`)) === 'created') return 'granted'
      }
      return 'exhausted'
    },
  }
}

// A folder that vanished or a full disk counts as taken: a run must end rather than restart for ever.
function create(path: string): 'created' | 'not-created' {
  try {
    closeSync(openSync(path, 'wx', 0o600))
    return 'created'
  } catch {
    return 'not-created'
  }
}
