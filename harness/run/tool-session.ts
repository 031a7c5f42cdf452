import { parseDispatcher } from '../dispatcher/description.ts'
import { memoryRestartBudget } from '../dispatcher/restart-budget.ts'
import { startEngine, startGround } from '../engine/start.ts'
import type { StartedEngine } from '../engine/types.ts'
import { KeyPool } from '../pki/key-pool.ts'
import { Pki } from '../pki/issue.ts'
import { loadScenarios, type Corpus } from '../scenario/load.ts'
import { reproduceLine } from './reproduce.ts'
import { closeRun, openRun } from './run-folder.ts'
import { Session } from './session.ts'
import { settingsFrom, type HookproofOptions } from './settings.ts'

/** A session outside Playwright: for the benchmark, the kill matrix and the doctor. */
export interface ToolSession extends AsyncDisposable {
  readonly session: Session
  readonly corpus: Corpus
  readonly engine: StartedEngine
}

/**
 * Starts engine, PKI and adapter in this process. Options as in `hookproof.config.ts`; the environment
 * is not looked at.
 */
export async function startSessionForTools(options: HookproofOptions): Promise<ToolSession> {
  const settings = settingsFrom({ engine: 'embedded', ...options }, {}, process.cwd())
  const corpus = loadScenarios(settings.scenarios)
  const run = openRun()
  const started: AsyncDisposable[] = []
  const stop = async (): Promise<void> => {
    for (const one of started.toReversed()) await one[Symbol.asyncDispose]()
    closeRun(run)
  }
  try {
    const ground = await startGround(settings.engine, run)
    started.push(ground)
    const engine = await startEngine(ground.engine, run.folder)
    started.push(engine)
    const session = await Session.start({
      dispatcher: parseDispatcher(settings.dispatcher, settings.cwd),
      restarts: memoryRestartBudget(Number.MAX_SAFE_INTEGER),
      engine,
      pki: new Pki({ now: run.now, keys: new KeyPool({ folder: `${run.folder}/keys` }) }),
      now: run.now,
      certificates: corpus.scenarios[0]?.certificates ?? {},
      folder: run.folder,
      cwd: settings.cwd,
      scenarioById: (id) => corpus.byId.get(id),
      reproduce: (id) => reproduceLine(id, settings),
    })
    return {
      session,
      corpus,
      engine,
      [Symbol.asyncDispose]: async () => {
        await session[Symbol.asyncDispose]()
        await stop()
      },
    }
  } catch (error) {
    await stop()
    throw error
  }
}
