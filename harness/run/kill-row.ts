import type { ScenarioResult } from '../report/model.ts'
import type { Scenario } from '../scenario/types.ts'

/** Miniatures that break so much that no list could name it all; each has a rule of its own. */
export const BROAD: readonly string[] = ['null', 'always-refuse', 'always-deliver']

/** Miniatures whose adapter breaks: nothing may be said about them, and no run may hang. */
export const BROKEN: readonly string[] = [
  'crashes-on-refusal',
  'errs-on-refusal',
  'hangs',
  'prints-garbage',
  'floods-stdout',
]

/** How a miniature fared in one scenario. */
export type Fate = 'killed' | 'survived' | 'skipped' | 'inconclusive'

/** A SHOULD kills by its advisory: that is all it can do. */
export function fateOf(result: ScenarioResult): Fate {
  switch (result.verdict) {
    case 'failed':
      return 'killed'
    case 'passed':
      return result.advisories.some(({ code }) => code === 'unmet-should') ? 'killed' : 'survived'
    case 'skipped':
    case 'inconclusive':
      return result.verdict
  }
}

/** What is wrong between a miniature and the scenarios that name it, one sentence each. */
export function discrepancies(
  miniature: string,
  scenarios: readonly Scenario[],
  results: ReadonlyMap<string, ScenarioResult>,
): readonly string[] {
  return scenarios.flatMap((scenario) => {
    const result = results.get(scenario.id)
    if (result === undefined) return [`${scenario.id} was not run against ${miniature}`]
    const fate = fateOf(result)
    const named = scenario.killedBy.includes(miniature)
    if (named === (fate === 'killed')) return []
    return named
      ? [`${scenario.id} names ${miniature}, which ${fate} it: ${result.explanation}`]
      : [`${scenario.id} does not name ${miniature}, and kills it: ${result.explanation}`]
  })
}

/** Miniatures that scenarios name, with rows of their own; `null` and the like have other rules. */
export function namedMiniatures(scenarios: readonly Scenario[]): readonly string[] {
  const named = new Set(scenarios.flatMap(({ killedBy }) => killedBy))
  return [...named].filter((name) => ![...BROAD, ...BROKEN].includes(name)).toSorted()
}

/** Scenarios that no miniature is named for: they could not fail, as far as anyone has shown. */
export function toothless(scenarios: readonly Scenario[]): readonly string[] {
  return scenarios
    .filter(({ control, killedBy }) => control !== null && killedBy.length === 0)
    .map(({ id }) => id)
}
