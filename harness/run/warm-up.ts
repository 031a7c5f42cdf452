import { startGround } from '../engine/start.ts'
import { renderError } from '../errors.ts'
import { warmUp } from '../pki/key-pool.ts'
import { currentCorpus } from './corpus.ts'
import { leaveError } from './outcome-file.ts'
import { currentRun } from './run-folder.ts'
import { currentSettings, publishSettings } from './settings.ts'
import { wantedKeys } from './wanted-keys.ts'

/**
 * Makes ready, in the runner's process, what all workers share. Playwright calls it before the first
 * test, and calls what it returns after the last, also when the run is interrupted.
 *
 * The RSA keys of the run are begun only: they take long, and every worker waits for the one file.
 */
export default async function warmUpRun(): Promise<() => Promise<void>> {
  const settings = currentSettings()
  const run = currentRun()
  const { profiles } = settings
  const scenarios = currentCorpus().scenarios.filter((one) => profiles.includes(one.profile))
  // A failure here is not lost: a worker that needs the key makes it, and meets the same error.
  warmUp(wantedKeys(scenarios), `${run.folder}/keys`).catch(() => undefined)
  try {
    const ground = await startGround(settings.engine, run)
    const { engine, because } = ground
    publishSettings({ ...settings, engine })
    process.stderr.write(`hookproof takes the ${engine} engine, because ${because}\n`)
    return async () => {
      await ground[Symbol.asyncDispose]()
    }
  } catch (error) {
    leaveError(run, error)
    // Playwright prints the stack: let that be the sentence and the hint.
    if (error instanceof Error) error.stack = renderError(error)
    throw error
  }
}
