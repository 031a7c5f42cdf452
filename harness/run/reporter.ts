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
import { assemble, type PlannedScenario } from '../report/assemble.ts'
import type { Report, ScenarioResult } from '../report/model.ts'
import { renderTerminal } from '../report/terminal.ts'
import { writeReport } from '../report/write.ts'
import { SCENARIO_ANNOTATION } from './annotation.ts'
import { currentCorpus, planOf } from './corpus.ts'
import { RESULT_ATTACHMENT, suiteVersion, type ResultMessage } from './facts.ts'
import { leaveError, leaveVerdict } from './outcome-file.ts'
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
  #about: Omit<ResultMessage, 'result'> | null = null

  /** Playwright's own list stays: this reporter prints its summary at the end only. */
  printsToStdio(): boolean {
    return false
  }

  onBegin(_config: FullConfig, suite: Suite): void {
    const selected = new Set(suite.allTests().map(scenarioOf))
    this.#plan = planOf(currentCorpus(), currentSettings(), (id) => selected.has(id))
  }

  onTestEnd(_test: TestCase, result: TestResult): void {
    const body = result.attachments.find(({ name }) => name === RESULT_ATTACHMENT)?.body
    if (body === undefined) return
    const { result: scenarioResult, ...about } = JSON.parse(body.toString()) as ResultMessage
    this.#results.set(scenarioResult.scenario, scenarioResult)
    this.#about ??= about
  }

  onEnd(run: FullResult): Promise<{ status?: FullResult['status'] }> {
    return Promise.resolve(this.#end(run))
  }

  #end(run: FullResult): { status?: FullResult['status'] } {
    if (this.#plan.every(({ selection }) => selection !== 'selected')) return {}
    try {
      const report = this.#report(run)
      const { report: folder } = currentSettings()
      writeReport(report, folder)
      leaveVerdict(currentRun(), report.verdict)
      const colour = process.stdout.isTTY ? 'ansi' : 'none'
      process.stdout.write(
        `\n${renderTerminal(report, { colour, reportAt: join(folder, 'index.html') })}\n`,
      )
      return report.verdict === 'conformant' || report.verdict === 'partial'
        ? {}
        : { status: 'failed' }
    } catch (error) {
      process.stderr.write(`\n${renderError(error)}\n`)
      leaveError(currentRun(), error)
      return { status: 'failed' }
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
