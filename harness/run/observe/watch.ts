import type { Exposure, StartedEngine, StartedScenario } from '../../engine/types.ts'
import { Ledger } from '../../observation/ledger.ts'
import type { Observation } from '../../observation/types.ts'
import type { Pki } from '../../pki/issue.ts'
import type { IssuedMaterial } from '../../pki/types.ts'
import { isSettled, progressOf, type Progress } from './progress.ts'
import type { Situation } from './situation.ts'

/** Longest wait for open connections to end, once the watch is over. */
const SETTLE_MS = 250

/** What a watch needs. The engine and the PKI are the caller's. */
export interface WatchOptions {
  readonly situations: readonly Situation[]
  readonly engine: StartedEngine
  readonly pki: Pki
  /** How other machines reach the endpoints; null = they do not. */
  readonly exposure: Exposure | null
}

/** One endpoint under watch. */
export interface Watched extends Situation {
  /** From 1, in the order of the scenarios: all that a person has to go by. */
  readonly number: number
  readonly url: string
  readonly material: IssuedMaterial
}

/** What was seen at one endpoint, after the watch. */
export interface Sighting extends Watched {
  readonly observations: readonly Observation[]
  readonly watchedMs: number
}

interface Post extends Watched {
  readonly stage: StartedScenario
  readonly ledger: Ledger
}

/** Endpoints that listen all at once, each on a port of its own. Disposing of it closes them. */
export class Watch implements AsyncDisposable {
  readonly #posts: readonly Post[]
  readonly #began = performance.now()

  private constructor(posts: readonly Post[]) {
    this.#posts = posts
  }

  /**
   * Stands every situation up.
   *
   * @throws HarnessError `ERR_PORT_TAKEN`, `ERR_PKI` or `ERR_ENGINE_FAULT`; nothing is left listening
   */
  static async start(options: WatchOptions): Promise<Watch> {
    const posts: Post[] = []
    try {
      // One after the other, so that ports follow the order of the numbers.
      for (const [index, situation] of options.situations.entries()) {
        posts.push(await standUp(situation, index + 1, options))
      }
      return new Watch(posts)
    } catch (error) {
      await Promise.all(posts.map(({ stage }) => stage[Symbol.asyncDispose]()))
      throw error
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#posts.map(({ stage }) => stage[Symbol.asyncDispose]()))
  }

  get watched(): readonly Watched[] {
    return this.#posts
  }

  /** Milliseconds since the endpoints began to listen. */
  get elapsedMs(): number {
    return performance.now() - this.#began
  }

  /** How far the dispatcher has come, by number. */
  progress(): ReadonlyMap<number, Progress> {
    return new Map(
      this.#posts.map(({ number, ledger }) => [number, progressOf(ledger.observations())]),
    )
  }

  /** Whether the dispatcher came to every endpoint and has kept still there for `quietMs`. */
  isSettled(quietMs: number): boolean {
    const now = this.elapsedMs
    return [...this.progress().values()].every((one) => isSettled(one, now, quietMs))
  }

  /** What has been seen so far, as if the watch ended now. */
  sightings(): readonly Sighting[] {
    const watchedMs = Math.round(this.elapsedMs)
    return this.#posts.map((post) => ({
      ...post,
      watchedMs,
      observations: ended(post.ledger, watchedMs),
    }))
  }

  /** Ends the watch: closes every endpoint, and gives what was seen until then. */
  async end(): Promise<readonly Sighting[]> {
    await Promise.all(this.#posts.map(({ stage }) => stage.settle(SETTLE_MS)))
    await this[Symbol.asyncDispose]()
    return this.sightings()
  }
}

async function standUp(
  situation: Situation,
  number: number,
  { engine, pki, exposure }: WatchOptions,
): Promise<Post> {
  const [{ endpoint, elsewhere }] = situation.scenarios
  const ledger = new Ledger()
  const material = await pki.issue(situation.certificates)
  const stage = await engine.startScenario({
    endpoint,
    elsewhere,
    tokenServer: null,
    material,
    ledger,
    event: { secrets: [] },
    ...(exposure === null ? {} : { exposure }),
  })
  ledger.record({ kind: 'step', step: 0, action: 'deliver' })
  return { ...situation, number, material, ledger, stage, url: stage.urls.endpoint ?? '' }
}

/** The ledger with its end written: that nobody was heard, and whether the ledger had room for all. */
function ended(ledger: Ledger, watchedMs: number): readonly Observation[] {
  const seen = ledger.observations()
  const at = Math.max(watchedMs, seen.at(-1)?.at ?? 0)
  const overflow: readonly Observation[] =
    ledger.overflow === 0
      ? []
      : [
          {
            kind: 'harness-fault',
            at,
            detail: `so much arrived that ${ledger.overflow} observations were dropped`,
          },
        ]
  return [...seen, ...overflow, { kind: 'unheard', at, waitedMs: watchedMs }]
}
