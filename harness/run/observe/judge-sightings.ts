import type { ScenarioResult } from '../../report/model.ts'
import type { Scenario } from '../../scenario/types.ts'
import { judge } from '../../verdict/judge.ts'
import type { VerdictWord } from '../../verdict/types.ts'
import { scenarioResult } from '../result.ts'
import { stimulusForReport } from '../stimulus.ts'
import type { Sighting } from './watch.ts'

/**
 * Judges every scenario by what was seen at its endpoint, controls first: a refusal counts only beside a
 * delivery to the control. By id.
 */
export function judgeSightings(
  sightings: readonly Sighting[],
  reproduce: (id: string) => string,
): ReadonlyMap<string, ScenarioResult> {
  const results = new Map<string, ScenarioResult>()
  const settle = (scenario: Scenario, sighting: Sighting, control: VerdictWord | null): void => {
    const { observations, watchedMs, url } = sighting
    const { level, steps } = scenario
    results.set(
      scenario.id,
      scenarioResult(scenario, {
        verdict: judge({ level, steps, observations, control }),
        control,
        observations,
        durationMs: watchedMs,
        stimulus: { ...stimulusForReport(scenario), host: new URL(url).hostname },
        reproduce: reproduce(scenario.id),
      }),
    )
  }
  const all = sightings.flatMap((sighting) =>
    sighting.scenarios.map((scenario) => ({ scenario, sighting })),
  )
  for (const { scenario, sighting } of all) {
    if (scenario.control === null) settle(scenario, sighting, null)
  }
  for (const { scenario, sighting } of all) {
    if (scenario.control === null) continue
    const control = results.get(scenario.control)
    if (control === undefined) throw new Error(`${scenario.id} is observed without its control`)
    settle(scenario, sighting, control.verdict)
  }
  return results
}
