import { HarnessError } from '../errors.ts'
import type { EngineName } from '../scenario/vocabulary.ts'
import { findDocker, urlOf } from './containers/docker-address.ts'
import { startContainersEngine } from './containers/engine.ts'
import { startContainers } from './containers/start-containers.ts'
import { startEmbeddedEngine } from './embedded.ts'
import type { StartedEngine } from './types.ts'

/** The engine of a run, and what all its workers share. Disposing of it removes the latter. */
export interface StartedGround extends AsyncDisposable {
  readonly engine: EngineName
  /** Why it is this engine: what comes after `because`. */
  readonly because: string
}

/** A run, as far as an engine has to know it. */
export interface RunForEngine {
  readonly id: string
  /** Private to the run; its processes share it. */
  readonly folder: string
}

/**
 * Settles which engine a run takes, and starts what all its workers share. Call it once a run, in the
 * runner's process, and dispose of it when the last worker has ended.
 *
 * `auto` takes containers where a Docker engine answers within two seconds and they come up, else the
 * embedded engine, which shares nothing.
 *
 * @throws HarnessError for containers that were asked for: `ERR_ENGINE_UNAVAILABLE` when they cannot be
 *   had here, `ERR_ENGINE_FAULT` when they do not come up
 */
export async function startGround(
  wanted: EngineName | 'auto',
  run: RunForEngine,
): Promise<StartedGround> {
  switch (wanted) {
    case 'embedded':
      return embedded('it was asked for')
    case 'containers':
      return containers('it was asked for', await startContainers(run))
    case 'auto': {
      const finding = await findDocker()
      if (finding.found === 'none') return embedded(`no Docker engine answers (${finding.because})`)
      try {
        const started = await startContainers(run)
        return containers(`a Docker engine answers at ${urlOf(finding.address)}`, started)
      } catch (error) {
        if (!(error instanceof HarnessError)) throw error
        return embedded(`the containers cannot be had: ${error.message} ${error.hint}`)
      }
    }
  }
}

function embedded(because: string): StartedGround {
  return { engine: 'embedded', because, [Symbol.asyncDispose]: () => Promise.resolve() }
}

function containers(because: string, started: AsyncDisposable): StartedGround {
  return {
    engine: 'containers',
    because,
    [Symbol.asyncDispose]: async () => {
      await started[Symbol.asyncDispose]()
    },
  }
}

/**
 * Starts a worker's engine, on the ground that {@link startGround} has laid for the run.
 *
 * @throws HarnessError `ERR_ENGINE_UNAVAILABLE` for containers that were not started, `ERR_ENGINE_FAULT`
 *   for those that do not answer
 */
export async function startEngine(engine: EngineName, runFolder: string): Promise<StartedEngine> {
  switch (engine) {
    case 'embedded':
      return await startEmbeddedEngine()
    case 'containers':
      return await startContainersEngine(runFolder)
  }
}
