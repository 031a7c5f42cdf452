import type {
  FullConfig,
  FullResult,
  Reporter,
  Suite,
  TestCase,
  TestResult,
} from '@playwright/test/reporter'
import { join } from 'node:path'
import { renderError } from '../errors.ts'
import { assemble, planEntries, reportedResult, type PlannedScenario } from '../report/assemble.ts'
import type { Report, ScenarioResult } from '../report/model.ts'
import { ResultStream } from '../report/stream.ts'
import { RESULTS_FILE } from '../report/write.ts'
import type { KnownFailingEntry } from '../scenario/known-failing.ts'
import { scenarioOf } from './annotation.ts'
import { currentCorpus, planOf } from './corpus.ts'
import { suiteVersion } from './facts.ts'
import { staleEntries } from './known-failing.ts'
import { leaveError } from './outcome-file.ts'
import { playwrightCommand } from './playwright-command.ts'
import { playwrightStatus, publishReport, tellReport } from './publish-report.ts'
import { reproduceEnvironment } from './reproduce.ts'
import { messageAmong, type Shard, type WorkerFacts } from './result-message.ts'
import { currentRun } from './run-folder.ts'
import { currentSettings } from './settings.ts'
import { MergeReporter } from './merge-reporter.ts'

/**
 * Collects the results of all workers and writes the conformance report, also when the run was
 * interrupted or a worker died: what was planned and has no result is inconclusive. In
 * `npx playwright merge-reports` it makes the one report of all shards.
 */
export default class ConformanceReporter implements Reporter {
  readonly #merge = playwrightCommand() === 'merge-reports' ? new MergeReporter() : null
  #plan: readonly PlannedScenario[] = []
  readonly #results = new Map<string, ScenarioResult>()
  readonly #startedAt = new Date()
  /** Entries of known failures whose scenarios passed. */
  readonly #stale: KnownFailingEntry[] = []
  #about: WorkerFacts | null = null
  #shard: Shard | null = null
  #stream: ResultStream | null = null
  #ran: 'nothing' | 'something' = 'nothing'
  /** The first thing that kept the stream from being written; told at the end, with the report out. */
  #streamFault: Error | null = null

  /** Playwright's own list stays: this reporter prints its summary at the end only. */
  printsToStdio(): boolean {
    return false
  }

  onBegin(config: FullConfig, suite: Suite): void {
    if (this.#merge !== null) {
      this.#merge.onBegin(suite)
      return
    }
    const selected = new Set(suite.allTests().map(scenarioOf))
    const settings = currentSettings()
    const asked = { profiles: settings.profiles, reproduce: reproduceEnvironment(settings) }
    this.#plan = planOf(currentCorpus(), asked, (id) => selected.has(id))
    this.#shard = config.shard
  }

  /** Not earlier: with `--list` Playwright has a beginning and an end, and must leave the last report. */
  onTestBegin(): void {
    if (this.#merge !== null || this.#ran === 'something') return
    this.#ran = 'something'
    if (this.#nothingSelected()) return
    this.#streaming(() => {
      this.#stream = this.#beginStream()
    })
  }

  onTestEnd(test: TestCase, result: TestResult): void {
    if (this.#merge !== null) {
      this.#merge.onTestEnd(test, result)
      return
    }
    const message = messageAmong(result.attachments)
    if (message === null) return
    const { result: scenarioResult, entry, ...about } = message
    // The first verdict counts: with `--retries` a dispatcher could try until it is lucky.
    if (this.#results.has(scenarioResult.scenario)) return
    this.#results.set(scenarioResult.scenario, scenarioResult)
    this.#about ??= about
    if (entry !== null && scenarioResult.verdict === 'passed') this.#stale.push(entry)
    const planned = this.#plan.find(({ id }) => id === scenarioResult.scenario)
    if (planned === undefined) return
    const { capabilities } = about.dispatcher
    this.#streaming(() => {
      this.#stream?.add(
        reportedResult(planned, scenarioResult, { capabilities, engine: about.engine }),
      )
    })
  }

  onEnd(run: FullResult): Promise<{ status?: FullResult['status'] }> {
    if (this.#merge === null) return Promise.resolve(this.#end(run))
    this.#merge.onEnd(run)
    return Promise.resolve({})
  }

  #end(run: FullResult): { status?: FullResult['status'] } {
    if (this.#nothingSelected() || (this.#ran === 'nothing' && run.status === 'passed')) return {}
    try {
      const report = this.#report(run)
      const { report: folder } = currentSettings()
      const stale = staleEntries(this.#stale)
      publishReport(report, folder, stale)
      this.#streaming(() => this.#stream?.end(report))
      tellReport(report, folder, stale)
      if (this.#shard !== null) process.stdout.write(`${partOfARun(this.#shard)}\n`)
      if (this.#streamFault !== null) throw this.#streamFault
      return playwrightStatus(report, stale) === 'passed' ? {} : { status: 'failed' }
    } catch (error) {
      process.stderr.write(`\n${renderError(error)}\n`)
      leaveError(currentRun(), error)
      return { status: 'failed' }
    }
  }

  #nothingSelected(): boolean {
    return this.#plan.every(({ selection }) => selection !== 'selected')
  }

  #beginStream(): ResultStream {
    const { scenarios, digest } = currentCorpus()
    return ResultStream.begin(join(currentSettings().report, RESULTS_FILE), {
      suite: { version: suiteVersion(), corpus: digest, scenarios: scenarios.length },
      run: { id: currentRun().id, startedAt: this.#startedAt.toISOString() },
      plan: planEntries(this.#plan),
    })
  }

  /** A stream that breaks must not cost the report: it is given up, and its error told at the end. */
  #streaming(work: () => void): void {
    if (this.#streamFault !== null) return
    try {
      work()
    } catch (error) {
      this.#streamFault = error instanceof Error ? error : new Error(String(error))
    }
  }

  #report(run: FullResult): Report {
    const { id } = currentRun()
    return assemble(this.#plan, this.#results, {
      suite: { version: suiteVersion(), corpus: currentCorpus().digest },
      run: {
        id,
        startedAt: this.#startedAt.toISOString(),
        finishedAt: new Date().toISOString(),
        engine: this.#about?.engine ?? 'embedded',
        versions: this.#about?.versions ?? {},
      },
      dispatcher: this.#about?.dispatcher ?? {
        name: 'unknown',
        version: 'unknown',
        capabilities: [],
        carrier: 'stdio',
      },
      ending: run.status === 'interrupted' ? 'interrupted' : 'completed',
    })
  }
}

function partOfARun({ current, total }: Shard): string {
  return (
    `This is shard ${current} of ${total}, and its report is a part of one. ` +
    'Merge the blob reports of all shards: npx playwright merge-reports --reporter hookproof/reporter'
  )
}
