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
import { gateOf } from '../report/known.ts'
import type { Report, ScenarioResult } from '../report/model.ts'
import { ResultStream } from '../report/stream.ts'
import { renderTerminal } from '../report/terminal.ts'
import { appendSummary, RESULTS_FILE, writeReport } from '../report/write.ts'
import type { KnownFailingEntry } from '../scenario/known-failing.ts'
import { SCENARIO_ANNOTATION } from './annotation.ts'
import { currentCorpus, planOf } from './corpus.ts'
import { RESULT_ATTACHMENT, suiteVersion, type ResultMessage } from './facts.ts'
import { staleEntries } from './known-failing.ts'
import { leaveError, leaveOutcome } from './outcome-file.ts'
import { currentRun } from './run-folder.ts'
import { currentSettings } from './settings.ts'

function scenarioOf(test: TestCase): string | null {
  return test.annotations.find(({ type }) => type === SCENARIO_ANNOTATION)?.description ?? null
}

/**
 * Collects the results of all workers and writes the conformance report, also when the run was
 * interrupted or a worker died: what was planned and has no result is inconclusive.
 */
export default class ConformanceReporter implements Reporter {
  #plan: readonly PlannedScenario[] = []
  readonly #results = new Map<string, ScenarioResult>()
  readonly #startedAt = new Date()
  /** Entries of known failures whose scenarios passed. */
  readonly #stale: KnownFailingEntry[] = []
  #about: Omit<ResultMessage, 'result' | 'entry'> | null = null
  #stream: ResultStream | null = null
  #ran: 'nothing' | 'something' = 'nothing'
  /** The first thing that kept the stream from being written; told at the end, with the report out. */
  #streamFault: Error | null = null

  /** Playwright's own list stays: this reporter prints its summary at the end only. */
  printsToStdio(): boolean {
    return false
  }

  onBegin(_config: FullConfig, suite: Suite): void {
    const selected = new Set(suite.allTests().map(scenarioOf))
    this.#plan = planOf(currentCorpus(), currentSettings(), (id) => selected.has(id))
  }

  /** Not earlier: with `--list` Playwright has a beginning and an end, and must leave the last report. */
  onTestBegin(): void {
    if (this.#ran === 'something') return
    this.#ran = 'something'
    if (this.#nothingSelected()) return
    this.#streaming(() => {
      this.#stream = this.#beginStream()
    })
  }

  onTestEnd(_test: TestCase, result: TestResult): void {
    const body = result.attachments.find(({ name }) => name === RESULT_ATTACHMENT)?.body
    if (body === undefined) return
    const { result: scenarioResult, entry, ...about } = JSON.parse(body.toString()) as ResultMessage
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
    return Promise.resolve(this.#end(run))
  }

  #end(run: FullResult): { status?: FullResult['status'] } {
    if (this.#nothingSelected() || (this.#ran === 'nothing' && run.status === 'passed')) return {}
    try {
      const report = this.#report(run)
      const { report: folder } = currentSettings()
      writeReport(report, folder)
      this.#streaming(() => this.#stream?.end(report))
      summarise(report)
      const stale = staleEntries(this.#stale)
      leaveOutcome(currentRun(), report.verdict, stale)
      const colour = process.stdout.isTTY ? 'ansi' : 'none'
      process.stdout.write(
        `\n${renderTerminal(report, { colour, reportAt: join(folder, 'index.html') })}\n`,
      )
      if (stale !== null) process.stderr.write(`${renderError(stale)}\n`)
      if (this.#streamFault !== null) throw this.#streamFault
      return stale === null && gateOf(report) === 'open' ? {} : { status: 'failed' }
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

/** Adds the summary to the page of a GitHub job, where there is one. No verdict depends on it. */
function summarise(report: Report): void {
  const file = process.env['GITHUB_STEP_SUMMARY']
  if (file === undefined || file === '') return
  try {
    appendSummary(report, file)
  } catch (error) {
    process.stderr.write(`\n${renderError(error)}\n`)
  }
}
