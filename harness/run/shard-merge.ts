import type { FullResult, Suite, TestCase, TestResult } from '@playwright/test/reporter'
import { join, resolve } from 'node:path'
import { HarnessError } from '../errors.ts'
import { packageRoot } from '../package-root.ts'
import { assemble } from '../report/assemble.ts'
import type { Report } from '../report/model.ts'
import { parseReport } from '../report/validate.ts'
import { loadScenarios } from '../scenario/load.ts'
import { scenarioOf } from './annotation.ts'
import { planOf } from './corpus.ts'
import { suiteVersion } from './facts.ts'
import { staleEntries } from './known-failing.ts'
import type { ResultMessage } from './result-message.ts'
import { currentRun } from './run-folder.ts'
import { mergedFacts, missingShards, refuseAnother, shardName } from './shard-facts.ts'

/** The report of all shards, and what a reader must know about how it was made. */
export interface MergedReport {
  readonly report: Report
  /** The scenarios that a shard sent a result of. */
  readonly reported: ReadonlySet<string>
  /** The error for entries of known failures whose scenarios passed; null = none did. */
  readonly stale: HarnessError | null
  /** Null when every shard is in it. */
  readonly warning: string | null
}

/**
 * Makes the one report of a sharded run from the results in the blob reports of its shards. Nothing is
 * run: what the plan needs came with the results, and the scenarios are those installed here.
 */
export class ShardMerge {
  readonly #messages = new Map<
    string,
    { readonly message: ResultMessage; readonly test: TestCase }
  >()
  #suite: Suite | null = null
  #ending: 'completed' | 'interrupted' = 'completed'

  begin(suite: Suite): void {
    this.#suite = suite
  }

  /** Notes how a test ended: of interrupted shards beside failed ones Playwright tells no more. */
  ended({ status }: TestResult): void {
    if (status === 'interrupted') this.#ending = 'interrupted'
  }

  /**
   * Takes one result. The first attempt of a test counts, however often it was retried.
   *
   * @throws HarnessError `ERR_SHARDS_OVERLAP` for a second test of the same scenario
   */
  add(test: TestCase, message: ResultMessage): void {
    const { scenario } = message.result
    const known = this.#messages.get(scenario)
    if (known?.test === test) return
    if (known !== undefined) {
      throw new HarnessError(
        'ERR_SHARDS_OVERLAP',
        `There are two results of ${scenario}: one from ${shardName(known.message.shard)}, one from ${shardName(message.shard)}.`,
        {
          hint: "Give the blob report of each shard once, in a folder without an earlier run's.",
        },
      )
    }
    this.#messages.set(scenario, { message, test })
  }

  /**
   * The report of everything that was taken.
   *
   * @throws HarnessError `ERR_SHARDS_DIFFER` when the shards are not of one run or not of this
   *   installation, `ERR_NOTHING_SELECTED` when there is no result at all
   */
  report(run: FullResult): MergedReport {
    const messages = [...this.#messages.values()].map(({ message }) => message)
    const [first, ...others] = messages
    if (first === undefined) throw nothingToMerge()
    const { suite, dispatcher, engine, versions, ...asked } = mergedFacts(first, others)
    refuseAnother('the version of hookproof', suite.version, suiteVersion())
    const corpus = loadScenarios([
      join(packageRoot, 'scenarios'),
      ...asked.ownScenarios.map((folder) => resolve(folder)),
    ])
    refuseAnother('the scenarios', suite.corpus, corpus.digest)
    const selected = new Set(this.#suite?.allTests().map(scenarioOf))
    const report = assemble(
      planOf(corpus, asked, (id) => selected.has(id)),
      new Map(messages.map(({ result }) => [result.scenario, result])),
      {
        suite,
        run: {
          id: currentRun().id,
          startedAt: run.startTime.toISOString(),
          finishedAt: new Date(run.startTime.getTime() + Math.round(run.duration)).toISOString(),
          engine,
          versions,
        },
        dispatcher,
        ending: run.status === 'interrupted' ? 'interrupted' : this.#ending,
      },
    )
    return {
      // A blob report comes from outside, unlike what a worker sends.
      report: parseReport(report),
      reported: new Set(this.#messages.keys()),
      stale: staleEntries(
        messages.flatMap(({ entry, result }) =>
          entry !== null && result.verdict === 'passed' ? [entry] : [],
        ),
      ),
      warning: missingShards(messages.map(({ shard }) => shard)),
    }
  }
}

function nothingToMerge(): HarnessError {
  return new HarnessError(
    'ERR_NOTHING_SELECTED',
    'No result of a conformance scenario is in these blob reports.',
    { hint: 'Run the shards with `npx playwright test --shard=1/4 --reporter=blob`.' },
  )
}
