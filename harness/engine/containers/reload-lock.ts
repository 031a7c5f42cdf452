import { randomBytes } from 'node:crypto'
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { HarnessError } from '../../errors.ts'

const LOCK = 'reload.lock'
const QUIET = 'quiet-'
const RELOADED = 'reloaded'

/**
 * For so long after a reload the retired worker of nginx still takes connections, and closes them when
 * they are idle. nginx itself waits 100 ms before it retires it.
 */
export const RETIRING_MS = 200

/** How often it is looked whether the lock is free. */
const POLL_MS = 5

/** Longest wait: a scenario with keep-alive and all its deadlines, several times. */
const PATIENCE_MS = 45_000

/**
 * Lets the workers of a run take turns at reloading the containers that they share, through files in the
 * run's folder. A reload closes idle keep-alive connections, so it waits for scenarios that need them,
 * and they wait for it. What a dead process left behind does not count.
 */
export class ReloadLock {
  readonly #folder: string
  readonly #own = `${QUIET}${process.pid}-${randomBytes(4).toString('hex')}`
  #count = 0

  constructor(folder: string) {
    this.#folder = folder
  }

  /** Does something that no other worker may do at the same time, and that quiet scenarios would suffer from. */
  async alone<T>(work: () => Promise<T>): Promise<T> {
    await this.#take()
    try {
      await this.#until(() => this.#quietOnes().length === 0)
      return await work()
    } finally {
      this.#give()
    }
  }

  /** A reload is over: what begins in the next {@link RETIRING_MS} may still meet the retired worker. */
  reloaded(): void {
    writeFileSync(join(this.#folder, RELOADED), '', { mode: 0o600 })
  }

  /**
   * Keeps other workers' reloads away until it is disposed of.
   *
   * @param afterMs how long the last reload must be over when it begins
   */
  async quiet(afterMs: number): Promise<Disposable> {
    const path = join(this.#folder, `${this.#own}-${++this.#count}`)
    await this.#take()
    try {
      writeFileSync(path, String(process.pid), { mode: 0o600 })
    } finally {
      this.#give()
    }
    const reloaded = statSync(join(this.#folder, RELOADED), { throwIfNoEntry: false })
    const rest = (reloaded?.mtimeMs ?? 0) + afterMs - Date.now()
    await sleep(Math.min(Math.max(0, rest), afterMs))
    return {
      [Symbol.dispose]() {
        rmSync(path, { force: true })
      },
    }
  }

  async #take(): Promise<void> {
    const path = join(this.#folder, LOCK)
    await this.#until(() => {
      try {
        writeFileSync(path, String(process.pid), { flag: 'wx', mode: 0o600 })
        return true
      } catch (error) {
        if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
        if (isLeftBehind(path)) rmSync(path, { force: true })
        return false
      }
    })
  }

  #give(): void {
    rmSync(join(this.#folder, LOCK), { force: true })
  }

  #quietOnes(): readonly string[] {
    return readdirSync(this.#folder).filter((name) => {
      // One's own scenario knows what it does.
      if (!name.startsWith(QUIET) || name.startsWith(this.#own)) return false
      const path = join(this.#folder, name)
      if (!isLeftBehind(path)) return true
      rmSync(path, { force: true })
      return false
    })
  }

  async #until(isSo: () => boolean): Promise<void> {
    const limit = performance.now() + PATIENCE_MS
    while (!isSo()) {
      if (performance.now() > limit) {
        throw new HarnessError(
          'ERR_ENGINE_FAULT',
          `Another worker kept the containers from being reloaded for ${PATIENCE_MS / 1000} s.`,
          { hint: 'Run with one worker (`--workers 1`), and report this.' },
        )
      }
      await sleep(POLL_MS)
    }
  }
}

/** Whether the process that wrote the file is gone. A file that is not yet written is not left behind. */
export function isLeftBehind(path: string): boolean {
  let pid: number
  try {
    pid = Number(readFileSync(path, 'utf8'))
  } catch {
    return false
  }
  if (!Number.isInteger(pid) || pid <= 0 || pid === process.pid) return false
  try {
    process.kill(pid, 0)
    return false
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ESRCH'
  }
}
