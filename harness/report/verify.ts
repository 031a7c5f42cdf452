import { leftOutByProfile } from './assemble.ts'
import { differences, type Difference } from './difference.ts'
import type { Report } from './model.ts'
import type { ResultsRead } from './read-stream.ts'
import { sealOf } from './seal.ts'
import { countsOf, profilesOf, runVerdict } from './standing.ts'
import { corpusIs, verifyPlan, type InstalledCorpus } from './verify-plan.ts'
import { verifyResult } from './verify-result.ts'

/** What came of checking a report. */
export interface Verification {
  /** None = the report is sound, which is not the same as conformant. */
  readonly differences: readonly Difference[]
  /**
   * Whether the installed scenarios are those of the report. Against others, what was asked of the
   * dispatcher cannot be checked; what was seen is judged all the same.
   */
  readonly corpus: 'the-same' | 'another'
}

/** Counts, profiles and verdict follow from plan and results. */
function standing(report: Report): readonly Difference[] {
  const { carrier } = report.dispatcher
  const leftOut = leftOutByProfile(report.plan)
  const leftOutInAll = [...leftOut.values()].reduce((sum, some) => sum + some, 0)
  const profiles = profilesOf(report.results, leftOut, carrier)
  const byId = (all: Report['profiles']) => Object.fromEntries(all.map((one) => [one.id, one]))
  const verdict = runVerdict(report.results, profiles, leftOutInAll, carrier)
  return [
    ...differences(null, 'summary', report.summary, countsOf(report.results)),
    ...differences(null, 'profiles', byId(report.profiles), byId(profiles)),
    ...differences(
      null,
      'profiles',
      report.profiles.map(({ id }) => id),
      profiles.map(({ id }) => id),
    ),
    ...differences(null, 'verdict', report.verdict, verdict),
  ]
}

/**
 * Checks a report against itself and against the installed scenarios: corpus, plan, results, the
 * verdict on each scenario from its recorded observations, counts, profiles, the run's verdict, and the
 * seal. Pure: never throws for a report that fits its schema.
 */
export function verifyReport(report: Report, corpus: InstalledCorpus): Verification {
  const same = corpusIs(report, corpus)
  const installed = new Map(
    same === 'the-same' ? corpus.scenarios.map((one) => [one.id, one] as const) : [],
  )
  return {
    corpus: same,
    differences: [
      ...verifyPlan(report, corpus),
      ...report.results.flatMap((result) =>
        verifyResult({ result, report, scenario: installed.get(result.scenario) ?? null }),
      ),
      ...standing(report),
      ...differences(null, 'seal', report.seal, sealOf(report)),
    ],
  }
}

/** Checks that a `results.jsonl` is of the same run as the report beside it, and says the same. Pure. */
export function verifyStream(report: Report, stream: ResultsRead): readonly Difference[] {
  const { header, footer, results } = stream
  const { id, startedAt, finishedAt } = report.run
  const { summary, verdict, seal, suite, plan } = report
  const reported = new Map(report.results.map((result) => [result.scenario, result]))
  const streamed = new Set(results.map(({ scenario }) => scenario))
  return [
    ...differences(null, 'results.jsonl/suite', header.suite, suite),
    ...differences(null, 'results.jsonl/run', header.run, { id, startedAt }),
    ...differences(null, 'results.jsonl/plan', header.plan, plan),
    ...results.flatMap((result) =>
      differences(result.scenario, 'results.jsonl', result, reported.get(result.scenario)),
    ),
    ...report.results.flatMap(({ scenario, reason }) =>
      streamed.has(scenario) || reason === 'harness'
        ? []
        : differences(scenario, 'results.jsonl', undefined, 'a line, as in the report'),
    ),
    ...differences(null, 'results.jsonl/footer/finishedAt', footer.finishedAt, finishedAt),
    ...differences(null, 'results.jsonl/footer/summary', footer.summary, summary),
    ...differences(null, 'results.jsonl/footer/verdict', footer.verdict, verdict),
    ...differences(null, 'results.jsonl/footer/seal', footer.seal, seal),
  ]
}
