import type { ScenarioResult } from '../report/model.ts'
import type { Scenario } from '../scenario/types.ts'
import { explain } from '../verdict/explain.ts'
import { judgedSteps } from '../verdict/judged-step.ts'
import type { Verdict } from '../verdict/types.ts'

/** What a scenario came to, beside what it is. */
export interface Ending extends Pick<
  ScenarioResult,
  'control' | 'observations' | 'durationMs' | 'stimulus' | 'reproduce'
> {
  readonly verdict: Verdict
}

/** One scenario in the report, with the verdict put into words. Pure. */
export function scenarioResult(scenario: Scenario, ending: Ending): ScenarioResult {
  const { level, steps } = scenario
  const { verdict, control, observations } = ending
  return {
    scenario: scenario.id,
    title: scenario.title,
    topic: scenario.topic,
    level,
    profile: scenario.profile,
    references: scenario.references,
    verdict: verdict.verdict,
    grade: verdict.verdict === 'passed' ? verdict.grade : null,
    reason: 'reason' in verdict ? verdict.reason : null,
    explanation: explain({ level, steps, observations, control }, verdict),
    control,
    stimulus: ending.stimulus,
    expected: judgedSteps(steps),
    observations,
    advisories: 'advisories' in verdict ? verdict.advisories : [],
    durationMs: ending.durationMs,
    reproduce: ending.reproduce,
  }
}
