import { parseDispatcher } from '../dispatcher/description.ts'
import { memoryRestartBudget } from '../dispatcher/restart-budget.ts'
import { startEngine, startGround } from '../engine/start.ts'
import type { StartedEngine } from '../engine/types.ts'
import { KeyPool } from '../pki/key-pool.ts'
import { Pki } from '../pki/issue.ts'
import { loadScenarios, type Corpus } from '../scenario/load.ts'
import { reproduceEnvironment, reproduceLine } from './reproduce.ts'
import { closeRun, openRun } from './run-folder.ts'
import { Session } from './session.ts'
import { settingsFrom, type HookproofOptions } from './settings.ts'

/** A session outside Playwright: for the benchmark and the doctor. */
export interface ToolSession extends AsyncDisposable {
  readonly session: Session
  readonly corpus: Corpus
  readonly engine: StartedEngine
}

/** Corpus, engine and keys for several dispatchers, one after the other or at once: for the kill matrix. */
export interface Workbench extends AsyncDisposable {
  readonly corpus: Corpus
  readonly engine: StartedEngine
  /**
   * Starts a session with certificates of its own, minted for this moment; only the keys are shared.
   * The session is the caller's to dispose of.
   *
   * @param dispatcher - as `--dispatcher`; default that of the options.
   * @param now - the session's one moment; default this one.
   */
  open(dispatcher?: string, now?: Date): Promise<Session>
}

/**
 * Starts engine and key pool in this process. Options as in `hookproof.config.ts`; the environment is
 * not looked at.
 */
export async function startWorkbench(options: HookproofOptions): Promise<Workbench> {
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
    const keys = new KeyPool({ folder: `${run.folder}/keys` })
    return {
      corpus,
      engine,
      open: (dispatcher = settings.dispatcher, now = new Date()) =>
        Session.start({
          dispatcher: parseDispatcher(dispatcher, settings.cwd),
          restarts: memoryRestartBudget(Number.MAX_SAFE_INTEGER),
          engine,
          pki: new Pki({ now, keys }),
          now,
          certificates: corpus.scenarios[0]?.certificates ?? {},
          folder: run.folder,
          cwd: settings.cwd,
          corpus,
          reproduce: (scenario) => reproduceLine(scenario, reproduceEnvironment(settings)),
        }),
      [Symbol.asyncDispose]: stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}

/** Starts a workbench with one session on it. */
export async function startSessionForTools(options: HookproofOptions): Promise<ToolSession> {
  const bench = await startWorkbench(options)
  try {
    const session = await bench.open()
    return {
      session,
      corpus: bench.corpus,
      engine: bench.engine,
      [Symbol.asyncDispose]: async () => {
        await session[Symbol.asyncDispose]()
        await bench[Symbol.asyncDispose]()
      },
    }
  } catch (error) {
    await bench[Symbol.asyncDispose]()
    throw error
  }
}
