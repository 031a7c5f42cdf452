/** What a Playwright project of your own needs: `import { hookproof } from 'hookproof/playwright'`. */
import { defineConfig, type PlaywrightTestConfig } from '@playwright/test'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { parseDispatcher } from '../dispatcher/description.ts'
import { renderError } from '../errors.ts'
import { packageRoot } from '../package-root.ts'
import { ensureWritable } from '../report/write.ts'
import { loadConfigFile, refuseUnknownKeys } from './config-file.ts'
import { leaveError } from './outcome-file.ts'
import { currentKnownFailing } from './known-failing.ts'
import { playwrightCommand } from './playwright-command.ts'
import { currentRun } from './run-folder.ts'
import { leaveSettings } from './settings-file.ts'
import { publishSettings, settingsFrom, type HookproofOptions } from './settings.ts'

export { expect } from '@playwright/test'
export { declareConformanceTests } from './conformance.ts'
export {
  test,
  type ConformanceFixtures,
  type ConformanceTest,
  type ConformanceWorkerFixtures,
  type DispatcherFacts,
} from './vendor-test.ts'
export type { HookproofOptions } from './settings.ts'
export type { Report, ScenarioResult } from '../report/model.ts'
export type { EngineName, Profile } from '../scenario/vocabulary.ts'

/** What {@link hookproof} takes. */
export interface HookproofPlaywrightOptions extends HookproofOptions {
  /**
   * Folder of your spec files, relative to the configuration file, as Playwright's own `testDir`. One of
   * them calls {@link declareConformanceTests}. Default: hookproof's spec, which does nothing else.
   */
  readonly testDir?: string
}

const isRunner = process.env['TEST_WORKER_INDEX'] === undefined

/** Workers get their settings from the runner; only the runner reads the file. */
const fromFile = isRunner ? await orFail(() => loadConfigFile(process.cwd())) : {}

/**
 * A Playwright configuration that certifies a dispatcher and writes the conformance report. What is
 * given here wins over `hookproof.config.ts`, and the environment wins over both. For anything else that
 * Playwright can be told: `defineConfig(hookproof({…}), { … })`.
 *
 * @throws HarnessError for an unknown engine or profile, a dispatcher that cannot be run, a report
 *   folder that cannot be written, or a list of known failures that breaks a rule
 */
export function hookproof(options: HookproofPlaywrightOptions = {}): PlaywrightTestConfig {
  const cwd = process.cwd()
  const { testDir, ...own } = options
  if (isRunner)
    orFailSync(() => {
      prepare({ ...fromFile, ...own }, cwd)
    })
  const compiled = join(packageRoot, 'dist/harness/run')
  return defineConfig({
    ...(testDir === undefined
      ? { testDir: compiled, testMatch: 'conformance.spec.js' }
      : { testDir }),
    fullyParallel: true,
    workers: Math.min(4, availableParallelism()),
    retries: 0,
    timeout: 60_000,
    outputDir: join(cwd, 'test-results'),
    globalSetup: join(compiled, 'warm-up.js'),
    reporter: [['dot'], [join(compiled, 'reporter.js')]],
  })
}

/** Finds bad usage before anything is started, and opens the run. */
function prepare(options: HookproofOptions, cwd: string): void {
  refuseUnknownKeys(options, 'hookproof({…})')
  const settings = settingsFrom(options, process.env, cwd)
  // First: a command that only wants to know them may not need the dispatcher.
  leaveSettings(currentRun(), settings)
  // Where reports are merged the dispatcher need not be installed: nothing starts it.
  if (playwrightCommand() === 'test') parseDispatcher(settings.dispatcher, cwd)
  ensureWritable(settings.report)
  publishSettings(settings)
  currentKnownFailing()
}

async function orFail<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw told(error)
  }
}

function orFailSync(work: () => void): void {
  try {
    work()
  } catch (error) {
    throw told(error)
  }
}

/** Playwright prints an error's stack: let that be the sentence and the hint. */
function told(error: unknown): unknown {
  leaveError(currentRun(), error)
  if (error instanceof Error) error.stack = renderError(error)
  return error
}
