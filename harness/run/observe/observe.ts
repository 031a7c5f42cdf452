import type { Exposure } from '../../engine/types.ts'
import { startEngine } from '../../engine/start.ts'
import { KeyPool } from '../../pki/key-pool.ts'
import { Pki } from '../../pki/issue.ts'
import { assemble, type PlannedScenario } from '../../report/assemble.ts'
import type { Report, ScenarioResult } from '../../report/model.ts'
import type { Corpus } from '../../scenario/load.ts'
import type { Scenario } from '../../scenario/types.ts'
import { suiteVersion, versionsOf } from '../facts.ts'
import { closeRun, openRun } from '../run-folder.ts'
import { handOut, type HandOut } from './hand-out.ts'
import { configurationsOf } from './instructions.ts'
import { judgeSightings } from './judge-sightings.ts'
import type { Progress } from './progress.ts'
import { situationsOf } from './situation.ts'
import { Watch } from './watch.ts'

/** How often is looked whether something happened. */
const POLL_MS = 100

/** One endpoint while it is watched. */
export interface Row {
  readonly number: number
  readonly progress: Progress
  /** The scenarios that it is about, each with its verdict as it would be now. */
  readonly results: readonly Pick<ScenarioResult, 'title' | 'verdict' | 'reason'>[]
}

/** What an observed run needs. */
export interface ObserveOptions {
  readonly corpus: Corpus
  /** Every scenario of the corpus; those that are selected are observed. */
  readonly plan: readonly PlannedScenario[]
  readonly dispatcher: Omit<Report['dispatcher'], 'carrier'>
  readonly exposure: Exposure | null
  /** Absolute path of the folder for what the person is given. */
  readonly folder: string
  /** Longest wait for the dispatcher. */
  readonly timeoutMs: number
  /** How long an endpoint must have been left alone before nothing more is expected there. */
  readonly quietMs: number
  /** Ends the watch early, with what was seen until then. */
  readonly signal: AbortSignal
  /** Called once, when every endpoint listens and everything is written. */
  readonly onListening: (handOut: HandOut) => void
  /** Called whenever something was seen, and every second. */
  readonly onProgress: (rows: readonly Row[], elapsedMs: number) => void
}

/**
 * Watches the endpoints of the selected scenarios while a person sets the dispatcher up, and judges by what
 * was seen. The report says that nobody heard the dispatcher: it never comes to `conformant`.
 *
 * @throws HarnessError for what cannot be started or written; not for anything that a dispatcher does
 */
export async function observe(options: ObserveOptions): Promise<Report> {
  const { corpus, plan, exposure, signal } = options
  const startedAt = new Date()
  const run = openRun()
  try {
    await using engine = await startEngine('embedded', run.folder)
    const pki = new Pki({ now: run.now, keys: new KeyPool({ folder: `${run.folder}/keys` }) })
    const host = exposure?.host ?? null
    const situations = situationsOf(selectedOf(corpus, plan), host)
    await using watch = await Watch.start({ situations, engine, pki, exposure })
    using given = handOut(options.folder, configurationsOf(watch.watched), run.now)
    options.onListening(given)
    const reproduce = (id: string) => plan.find((one) => one.id === id)?.reproduce ?? ''
    const ending = await waitFor(watch, options, reproduce)
    const results = judgeSightings(await watch.end(), reproduce)
    return assemble(plan, results, {
      suite: { version: suiteVersion(), corpus: corpus.digest },
      run: {
        id: run.id,
        startedAt: startedAt.toISOString(),
        finishedAt: new Date().toISOString(),
        engine: engine.name,
        versions: versionsOf(engine),
      },
      dispatcher: { ...options.dispatcher, carrier: 'observe' },
      ending: ending === 'settled' || !signal.aborted ? 'completed' : 'interrupted',
    })
  } finally {
    closeRun(run)
  }
}

function selectedOf(corpus: Corpus, plan: readonly PlannedScenario[]): readonly Scenario[] {
  const ids = new Set(plan.flatMap(({ id, selection }) => (selection === 'selected' ? [id] : [])))
  return corpus.scenarios.filter(({ id }) => ids.has(id))
}

/** Waits until the dispatcher has come everywhere and keeps still, the time is over, or someone ends it. */
async function waitFor(
  watch: Watch,
  { timeoutMs, quietMs, signal, onProgress }: ObserveOptions,
  reproduce: (id: string) => string,
): Promise<'settled' | 'over'> {
  let told = ''
  while (watch.elapsedMs < timeoutMs && !signal.aborted) {
    const progress = [...watch.progress().values()]
    const state = JSON.stringify([progress, Math.floor(watch.elapsedMs / 1000)])
    if (state !== told) {
      told = state
      onProgress(rowsOf(watch, reproduce), watch.elapsedMs)
    }
    if (watch.isSettled(quietMs)) return 'settled'
    await new Promise((resolve) => setTimeout(resolve, POLL_MS))
  }
  return 'over'
}

function rowsOf(watch: Watch, reproduce: (id: string) => string): readonly Row[] {
  const sightings = watch.sightings()
  const results = judgeSightings(sightings, reproduce)
  const progress = watch.progress()
  return sightings.map(({ number, scenarios }) => ({
    number,
    progress: progress.get(number) ?? NOTHING,
    results: scenarios.flatMap(({ id }) => results.get(id) ?? []),
  }))
}

const NOTHING: Progress = { stage: 'waiting', connections: 0, requests: 0, open: 0, lastAt: 0 }
