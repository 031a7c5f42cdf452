import type { Corpus } from '../scenario/load.ts'
import { OPT_IN_PROFILES } from '../scenario/vocabulary.ts'
import { differences, type Difference } from './difference.ts'
import type { Report } from './model.ts'

/** What of a corpus a report is checked against. */
export type InstalledCorpus = Pick<Corpus, 'digest' | 'scenarios'>

/** Whether the scenarios of this installation are those of the report. */
export function corpusIs(report: Report, corpus: InstalledCorpus): 'the-same' | 'another' {
  return report.suite.corpus === corpus.digest ? 'the-same' : 'another'
}

function planAgainstCorpus(report: Report, corpus: InstalledCorpus): readonly Difference[] {
  const { digest, scenarios } = corpus
  const digests = differences(null, 'suite/corpus', report.suite.corpus, digest)
  // Of other scenarios nothing more can be said.
  if (digests.length > 0) return digests
  const planned = new Map(report.plan.map((entry) => [entry.scenario, entry]))
  const own = new Map(scenarios.map((scenario) => [scenario.id, scenario]))
  const missing = scenarios.filter(({ id }) => !planned.has(id))
  return [
    ...missing.flatMap(({ id }) => differences(id, 'plan', undefined, 'planned')),
    ...report.plan.flatMap(({ scenario, profile }) => {
      const known = own.get(scenario)
      if (known === undefined) return differences(scenario, 'plan', 'planned', 'not in the corpus')
      return differences(scenario, 'plan/profile', profile, known.profile)
    }),
    ...(missing.length > 0
      ? []
      : differences(
          null,
          'plan',
          report.plan.map(({ scenario }) => scenario),
          scenarios.map(({ id }) => id),
        )),
  ]
}

/** Only what nobody asked for may be left out without a loss. */
function selections(report: Report): readonly Difference[] {
  return report.plan.flatMap(({ scenario, profile, selection }) =>
    selection === 'opt-in' && !OPT_IN_PROFILES.includes(profile)
      ? differences(scenario, 'plan/selection', selection, 'selected or filtered-out')
      : [],
  )
}

function resultsAgainstPlan(report: Report): readonly Difference[] {
  const entries = new Map(report.plan.map((entry) => [entry.scenario, entry]))
  const selected = report.plan.filter((entry) => entry.selection === 'selected')
  const reported = report.results.map(({ scenario }) => scenario)
  const twice = (ids: readonly string[]) => ids.filter((id, index) => ids.indexOf(id) < index)
  return [
    ...twice(report.plan.map(({ scenario }) => scenario)).flatMap((id) =>
      differences(id, 'plan', 'planned twice', 'planned once'),
    ),
    ...twice(reported).flatMap((id) => differences(id, 'results', 'there twice', 'there once')),
    ...selected.flatMap(({ scenario }) =>
      reported.includes(scenario)
        ? []
        : differences(scenario, 'results', undefined, 'a result, as planned'),
    ),
    ...report.results.flatMap(({ scenario, profile }) => {
      const entry = entries.get(scenario)
      if (entry?.selection !== 'selected') {
        return differences(
          scenario,
          'results',
          'a result',
          `nothing: ${entry?.selection ?? 'not'} planned`,
        )
      }
      return differences(scenario, 'profile', profile, entry.profile)
    }),
    ...(reported.length === selected.length
      ? differences(
          null,
          'results',
          reported,
          selected.map(({ scenario }) => scenario),
        )
      : []),
  ]
}

/** Checks suite and plan against the installed scenarios, and the results against the plan. Pure. */
export function verifyPlan(report: Report, corpus: InstalledCorpus): readonly Difference[] {
  const filtered = report.plan.some(({ selection }) => selection === 'filtered-out')
  return [
    ...planAgainstCorpus(report, corpus),
    ...selections(report),
    ...resultsAgainstPlan(report),
    ...differences(null, 'suite/scenarios', report.suite.scenarios, report.plan.length),
    ...differences(null, 'run/filtered', report.run.filtered, filtered),
  ]
}
