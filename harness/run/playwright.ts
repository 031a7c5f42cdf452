/** What a Playwright project of your own needs: `import { hookproof } from 'hookproof/playwright'`. */
import { defineConfig, type PlaywrightTestConfig } from '@playwright/test'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { parseDispatcher } from '../dispatcher/description.ts'
import { renderError } from '../errors.ts'
import { packageRoot } from '../package-root.ts'
import { ensureWritable } from '../report/write.ts'
import { loadConfigFile } from './config-file.ts'
import { leaveError } from './outcome-file.ts'
import { currentRun } from './run-folder.ts'
import { publishSettings, settingsFrom, type HookproofOptions } from './settings.ts'

export type { HookproofOptions } from './settings.ts'
export { declareConformanceTests } from './conformance.ts'

const isRunner = process.env['TEST_WORKER_INDEX'] === undefined

/** Workers get their settings from the runner; only the runner reads the file. */
const fromFile = isRunner ? await orFail(() => loadConfigFile(process.cwd())) : {}

/**
 * A Playwright configuration that certifies a dispatcher and writes the conformance report. What is
 * given here wins over `hookproof.config.ts`, and the environment wins over both.
 *
 * @throws HarnessError for an unknown engine or profile, a dispatcher that cannot be run, or a report
 *   folder that cannot be written
 */
export function hookproof(options: HookproofOptions = {}): PlaywrightTestConfig {
  const cwd = process.cwd()
  if (isRunner)
    orFailSync(() => {
      prepare({ ...fromFile, ...options }, cwd)
    })
  const compiled = join(packageRoot, 'dist/harness/run')
  return defineConfig({
    testDir: compiled,
    testMatch: 'conformance.spec.js',
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
  const settings = settingsFrom(options, process.env, cwd)
  parseDispatcher(settings.dispatcher, cwd)
  ensureWritable(settings.report)
  publishSettings(settings)
  currentRun()
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
