import type { EngineName } from '../scenario/vocabulary.ts'
import { startContainersEngine } from './containers/engine.ts'
import { startContainers } from './containers/start-containers.ts'
import { startEmbeddedEngine } from './embedded.ts'
import type { StartedEngine } from './types.ts'

/** Which engine a run takes, and why: one sentence. */
export interface EngineChoice {
  readonly engine: EngineName
  readonly because: string
}

/** What `auto` takes. Never rejects, and takes at most two seconds. */
export function chooseEngine(wanted: EngineName | 'auto'): Promise<EngineChoice> {
  return Promise.resolve(
    wanted === 'auto'
      ? { engine: 'embedded', because: 'it needs Node alone' }
      : { engine: wanted, because: 'it was asked for' },
  )
}

/** What all workers of a run share and only the runner starts: nothing, for the embedded engine. */
export type StartedGround = AsyncDisposable

/**
 * Starts what all workers of a run share. Call it once a run, in the runner's process, and dispose of it
 * when the last worker has ended.
 *
 * @throws HarnessError `ERR_ENGINE_UNAVAILABLE` when the engine cannot be had here, `ERR_ENGINE_FAULT`
 *   when it does not come up
 */
export async function startGround(
  engine: EngineName,
  run: { readonly id: string; readonly folder: string },
): Promise<StartedGround> {
  switch (engine) {
    case 'embedded':
      return { [Symbol.asyncDispose]: () => Promise.resolve() }
    case 'containers':
      return await startContainers(run)
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
