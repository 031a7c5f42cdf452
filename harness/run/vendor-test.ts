import type {
  PlaywrightTestArgs,
  PlaywrightTestOptions,
  PlaywrightWorkerArgs,
  PlaywrightWorkerOptions,
  TestType,
} from '@playwright/test'
import type { Report, ScenarioResult } from '../report/model.ts'
import { currentCorpus } from './corpus.ts'
import { test as internal } from './fixtures.ts'

/** What a report says of the dispatcher: name, version, declared capabilities, carrier. */
export type DispatcherFacts = Report['dispatcher']

/** Fixtures of one test. */
export interface ConformanceFixtures {
  /**
   * Runs one scenario beside its control, with the worker's adapter, and resolves to the result with
   * every observation. It is for tests of your own and leaves the conformance report alone; a scenario
   * that fails is a result and no error.
   *
   * @param id - As `npx hookproof list` shows it, or a former one.
   * @throws HarnessError `ERR_SCENARIO_NOT_FOUND`
   */
  readonly certify: (id: string) => Promise<ScenarioResult>
}

/** Fixtures of one worker. */
export interface ConformanceWorkerFixtures {
  /** Who the adapter says it is. */
  readonly dispatcher: DispatcherFacts
}

/** Playwright's own fixtures and ours. */
export type ConformanceTest = TestType<
  PlaywrightTestArgs & PlaywrightTestOptions & ConformanceFixtures,
  PlaywrightWorkerArgs & PlaywrightWorkerOptions & ConformanceWorkerFixtures
>

/** Playwright's `test`, for tests of your own beside the conformance tests. */
export const test: ConformanceTest = internal.extend<
  ConformanceFixtures,
  ConformanceWorkerFixtures
>({
  certify: async ({ worker }, use) => {
    await use((id) => worker.session.certify(currentCorpus().resolve(id)))
  },
  dispatcher: [
    async ({ worker }, use) => {
      await use(worker.about.dispatcher)
    },
    { scope: 'worker' },
  ],
})
