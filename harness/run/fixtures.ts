import { test as base } from '@playwright/test'
import { parseDispatcher } from '../dispatcher/description.ts'
import { fileRestartBudget } from '../dispatcher/restart-budget.ts'
import type { StartedEngine } from '../engine/types.ts'
import { startEngine } from '../engine/start.ts'
import { KeyPool } from '../pki/key-pool.ts'
import { Pki } from '../pki/issue.ts'
import { currentCorpus } from './corpus.ts'
import { dispatcherFacts, suiteVersion, versionsOf } from './facts.ts'
import { reproduceEnvironment, reproduceLine } from './reproduce.ts'
import type { WorkerFacts } from './result-message.ts'
import { currentRun } from './run-folder.ts'
import { Session } from './session.ts'
import { currentSettings, engineInForce, ownScenarioFolders } from './settings.ts'

/** Restarts of a broken adapter that one run grants (adapter protocol, "Carriers"). */
const RESTARTS = 3

/** What a worker holds: a session, and the words about it that go with each result. */
export interface WorkerSession {
  readonly session: Session
  readonly about: WorkerFacts
  readonly engine: Pick<StartedEngine, 'state'>
}

/** Playwright's `test` with the worker's session. */
export const test = base.extend<object, { worker: WorkerSession }>({
  worker: [
    async ({}, use, { config }) => {
      const settings = currentSettings()
      const reproduce = reproduceEnvironment(settings)
      const run = currentRun()
      const corpus = currentCorpus()
      await using engine = await startEngine(engineInForce(settings), run.folder)
      await using session = await Session.start({
        dispatcher: parseDispatcher(settings.dispatcher, settings.cwd),
        restarts: fileRestartBudget(run.folder, RESTARTS),
        engine,
        pki: new Pki({ now: run.now, keys: new KeyPool({ folder: `${run.folder}/keys` }) }),
        now: run.now,
        certificates: corpus.scenarios[0]?.certificates ?? {},
        folder: run.folder,
        cwd: settings.cwd,
        corpus,
        reproduce: (scenario) => reproduceLine(scenario, reproduce),
      })
      const about = {
        suite: { version: suiteVersion(), corpus: corpus.digest },
        dispatcher: dispatcherFacts(session.adapter),
        engine: engine.name,
        versions: versionsOf(engine),
        profiles: settings.profiles,
        ownScenarios: ownScenarioFolders(settings),
        reproduce,
        shard: config.shard,
      }
      await use({ session, about, engine })
    },
    { scope: 'worker', timeout: 60_000 },
  ],
})
