import { HarnessError } from '../errors.ts'
import type { EngineName } from '../scenario/vocabulary.ts'
import { startEmbeddedEngine } from './embedded.ts'
import type { StartedEngine } from './types.ts'

/**
 * Starts the engine that was asked for; `auto` takes the embedded one.
 *
 * @throws HarnessError `ERR_ENGINE_UNAVAILABLE` for an engine that this version does not bring
 */
export async function startEngine(wanted: EngineName | 'auto'): Promise<StartedEngine> {
  switch (wanted) {
    case 'auto':
    case 'embedded':
      return startEmbeddedEngine()
    case 'containers':
      throw new HarnessError(
        'ERR_ENGINE_UNAVAILABLE',
        'The containers engine is not part of this version of hookproof.',
        { hint: 'Use HOOKPROOF_ENGINE=embedded, which needs Node alone.' },
      )
  }
}
