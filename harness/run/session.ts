import { mkdtempSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { startAdapter, type StartedAdapter } from '../dispatcher/index.ts'
import type { DispatcherDescription } from '../dispatcher/description.ts'
import type { RestartBudget } from '../dispatcher/restart-budget.ts'
import type { Soon, StartedEngine } from '../engine/types.ts'
import { HarnessError } from '../errors.ts'
import { Ledger } from '../observation/ledger.ts'
import type { Pki } from '../pki/issue.ts'
import type { ScenarioResult } from '../report/model.ts'
import { FIXED_CERTIFICATES } from '../scenario/defaults.ts'
import type { Corpus } from '../scenario/load.ts'
import type { EndpointSetup } from '../scenario/setup.ts'
import type { Scenario } from '../scenario/types.ts'
import { notApplicable } from '../verdict/applicability.ts'
import { judge } from '../verdict/judge.ts'
import type { Verdict } from '../verdict/types.ts'
import { drive } from './drive.ts'
import { overheard } from './overhear.ts'
import { scenarioResult } from './result.ts'
import { stimulusForReport } from './stimulus.ts'

/** What a session is made of. It owns the adapter; engine and PKI are the caller's. */
export interface SessionOptions {
  readonly dispatcher: DispatcherDescription
  readonly restarts: RestartBudget
  readonly engine: StartedEngine
  readonly pki: Pki
  /** The run's one `now`. */
  readonly now: Date
  /** The certificates of any scenario: the fixed ones among them make the host's store. */
  readonly certificates: Scenario['certificates']
  /** A private folder for the file with the stand-in public root. */
  readonly folder: string
  /** Where commands and files of the dispatcher are looked up. */
  readonly cwd: string
  /** Where controls are found, and what is likely to be run next. */
  readonly corpus: Pick<Corpus, 'byId' | 'scenarios'>
  readonly reproduce: (scenario: Scenario) => string
}

/** One worker's adapter, and everything needed to certify scenarios with it, one after the other. */
export class Session implements AsyncDisposable {
  readonly adapter: StartedAdapter
  readonly #options: SessionOptions
  readonly #controls = new Map<string, Promise<ScenarioResult>>()
  /** Scenario by key: two scenarios never have one key of the dispatcher. */
  readonly #enrolledKeys = new Map<string, string>()
  readonly #words = new Map<string, readonly string[]>()

  private constructor(adapter: StartedAdapter, options: SessionOptions) {
    this.adapter = adapter
    this.#options = options
  }

  /**
   * Starts the adapter. Its process trusts the stand-in public root as a machine trusts the web PKI:
   * through `SSL_CERT_FILE` (OpenSSL, Go) and `NODE_EXTRA_CA_CERTS`.
   *
   * @throws HarnessError when the adapter cannot be started or does not introduce itself
   */
  static async start(options: SessionOptions): Promise<Session> {
    const issued = await options.pki.issue(options.certificates)
    const store = join(mkdtempSync(join(options.folder, 'store-')), 'host-store.pem')
    writeFileSync(store, FIXED_CERTIFICATES.map((name) => issued.get(name).pem).join(''))
    const adapter = await startAdapter(options.dispatcher, {
      // The last one only because a machine that sets it would hide the first from curl.
      env: { SSL_CERT_FILE: store, NODE_EXTRA_CA_CERTS: store, CURL_CA_BUNDLE: store },
      restarts: options.restarts,
      cwd: options.cwd,
    })
    return new Session(adapter, options)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.adapter[Symbol.asyncDispose]()
  }

  /**
   * What the adapter wrote on stderr while the scenario ran, a paragraph for each request, redacted; empty =
   * nothing. No part of the result: reports are published, and this is for whoever debugs the adapter.
   */
  adapterWords(scenario: Scenario): string {
    return (this.#words.get(scenario.id) ?? []).join('\n')
  }

  /** Runs one scenario beside its control and judges it. Never rejects: every fault is a result. */
  async certify(scenario: Scenario): Promise<ScenarioResult> {
    const because = this.#skipped(scenario)
    if (because !== null)
      return this.#result(scenario, { verdict: 'skipped', because }, null, [], 0)
    if (scenario.control === null) return this.#controlResult(scenario)
    const control = this.#options.corpus.byId.get(scenario.control)
    if (control === undefined) throw new Error(`no control ${scenario.control} for ${scenario.id}`)
    const { verdict } = await this.#controlResult(control)
    return this.#run(scenario, verdict)
  }

  #controlResult(control: Scenario): Promise<ScenarioResult> {
    const known = this.#controls.get(control.id)
    if (known !== undefined) return known
    const because = this.#skipped(control)
    const result =
      because === null
        ? this.#run(control, null)
        : Promise.resolve(this.#result(control, { verdict: 'skipped', because }, null, [], 0))
    this.#controls.set(control.id, result)
    return result
  }

  /** Why the scenario is not for this dispatcher or engine; null = it is. */
  #skipped(scenario: Scenario): string | null {
    return notApplicable(scenario, {
      capabilities: this.adapter.hello.capabilities,
      engine: this.#options.engine.name,
      carrier: this.adapter.carrier,
    })
  }

  async #run(scenario: Scenario, control: Verdict['verdict'] | null): Promise<ScenarioResult> {
    const began = performance.now()
    const ledger = new Ledger()
    const words: string[] = []
    this.#words.set(scenario.id, words)
    try {
      const material = await this.#options.pki.issue(scenario.certificates, new Date())
      const { engine, now, pki } = this.#options
      const adapter = overheard(this.adapter, (command, text) => {
        words.push(`[${command}]`, text)
      })
      const enrolledKeys = this.#enrolledKeys
      const soon = () => this.#soonAfter(scenario)
      await drive({ scenario, material, pki, enrolledKeys, adapter, engine, ledger, now, soon })
    } catch (error) {
      ledger.record({ kind: 'harness-fault', detail: faultSentence(error) })
    }
    const observations = ledger.observations()
    const { level, steps } = scenario
    const verdict = judge({ level, steps, observations, control })
    const durationMs = Math.round(performance.now() - began)
    return this.#result(scenario, verdict, control, observations, durationMs)
  }

  /** The situations of what follows in the topic: the runner takes a topic's scenarios in order. */
  async #soonAfter(scenario: Scenario): Promise<readonly Soon[]> {
    const { corpus, pki } = this.#options
    const following = corpus.scenarios
      .slice(corpus.scenarios.findIndex(({ id }) => id === scenario.id) + 1)
      .filter((one) => one.topic === scenario.topic && this.#skipped(one) === null)
    return await Promise.all(
      following.map(async (one) => ({
        setups: setupsOf(one),
        material: await pki.issue(one.certificates),
      })),
    )
  }

  #result(
    scenario: Scenario,
    verdict: Verdict,
    control: Verdict['verdict'] | null,
    observations: ScenarioResult['observations'],
    durationMs: number,
  ): ScenarioResult {
    return scenarioResult(scenario, {
      verdict,
      control,
      observations,
      durationMs,
      stimulus: stimulusForReport(scenario),
      reproduce: this.#options.reproduce(scenario),
    })
  }
}

/** Every setup that a scenario has a slot for. */
function setupsOf({ endpoint, tokenServer, elsewhere, steps }: Scenario): readonly EndpointSetup[] {
  const rotations = steps.filter((step) => step.do === 'rotate')
  const tokenServers = [tokenServer, ...rotations.map((step) => step.tokenServer)]
  return [
    endpoint,
    elsewhere,
    ...rotations.map((step) => step.endpoint),
    ...tokenServers.map((server) => server?.endpoint ?? null),
  ].filter((setup) => setup !== null)
}

function faultSentence(error: unknown): string {
  if (error instanceof HarnessError) return `${error.code}: ${error.message}`
  return error instanceof Error ? error.message : String(error)
}
