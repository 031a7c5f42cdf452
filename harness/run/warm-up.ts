import { warmUp } from '../pki/key-pool.ts'
import { wantedKeys } from './wanted-keys.ts'
import { currentCorpus } from './corpus.ts'
import { currentRun } from './run-folder.ts'
import { currentSettings } from './settings.ts'

/**
 * Begins to make the RSA keys of the run, in the runner's process, while the workers start: they take
 * long, and every worker waits for the one file. Playwright calls it before the first test.
 */
export default function startWarmUp(): void {
  const { profiles } = currentSettings()
  const scenarios = currentCorpus().scenarios.filter((one) => profiles.includes(one.profile))
  // A failure here is not lost: a worker that needs the key makes it, and meets the same error.
  warmUp(wantedKeys(scenarios), `${currentRun().folder}/keys`).catch(() => undefined)
}
