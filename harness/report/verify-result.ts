import type { Observation } from '../observation/types.ts'
import type { Scenario } from '../scenario/types.ts'
import { notApplicable } from '../verdict/applicability.ts'
import { ofKind } from '../verdict/delivery.ts'
import { judge } from '../verdict/judge.ts'
import { judgedSteps } from '../verdict/judged-step.ts'
import type { Verdict } from '../verdict/types.ts'
import { missingFor } from './assemble.ts'
import { differences, type Difference } from './difference.ts'
import type { Report, ReportedResult } from './model.ts'

/** A result of a report, with what it is checked against. */
export interface Subject {
  readonly result: ReportedResult
  readonly report: Report
  /** The installed scenario of that id; null = the report is about other scenarios. */
  readonly scenario: Scenario | null
}

/** What only an adapter can have said. */
const FROM_ADAPTER: readonly Observation['kind'][] = [
  'configured',
  'reply',
  'dropped',
  'inspected',
  'enrolled',
  'secret-told',
  'adapter-fault',
]

/** The scenario is what it is called: nobody changed what was asked of the dispatcher. */
function identity({ result, scenario }: Subject): readonly Difference[] {
  if (scenario === null) return []
  const { id, title, topic, level, profile, references, steps } = scenario
  const own = { title, topic, level, profile, references, expected: judgedSteps(steps) }
  return Object.entries(own).flatMap(([field, value]) =>
    differences(id, field, result[field as keyof typeof own], value),
  )
}

/** Whether the harness gave up before anything was driven: such a scenario may be one to skip as well. */
function neverDriven(result: ReportedResult): 'never-driven' | 'driven' {
  return result.observations.every(({ kind }) => kind === 'harness-fault')
    ? 'never-driven'
    : 'driven'
}

/** What a skipped scenario lacks; without the installed scenario, whether the dispatcher has it after all. */
function lacking({ result, report, scenario }: Subject): readonly Difference[] {
  const { missing } = result
  if (missing === null) return []
  const { capabilities } = report.dispatcher
  const { engine } = report.run
  const lacks =
    scenario === null
      ? {
          capabilities: missing.capabilities.filter((one) => !capabilities.includes(one)),
          engines: missing.engines.includes(engine) ? [] : missing.engines,
        }
      : missingFor(scenario, { capabilities, engine })
  return differences(result.scenario, 'missing', missing, lacks)
}

/** Skips that nothing explains, and scenarios that were run although they should have been skipped. */
function applicability({ result, report, scenario }: Subject): readonly Difference[] {
  const skippedUndriven = result.verdict === 'skipped' && result.observations.length === 0
  if (scenario === null) {
    const { capabilities = [], engines = [] } = result.missing ?? {}
    const explained =
      capabilities.length + engines.length > 0 || report.dispatcher.carrier === 'exec'
    return skippedUndriven && !explained
      ? differences(result.scenario, 'verdict', 'skipped', 'not skipped: nothing is missing')
      : []
  }
  const { capabilities, carrier } = report.dispatcher
  const because = notApplicable(scenario, { capabilities, carrier, engine: report.run.engine })
  if (because === null && skippedUndriven) {
    return differences(result.scenario, 'verdict', 'skipped', 'not skipped: nothing is missing')
  }
  if (because === null || skippedUndriven || neverDriven(result) === 'never-driven') return []
  return differences(result.scenario, 'verdict', result.verdict, `skipped: ${because}`)
}

/** The words of a verdict; explanations and details are not among them, since words may improve. */
function wordsOf(verdict: Verdict) {
  return {
    verdict: verdict.verdict,
    grade: verdict.verdict === 'passed' ? verdict.grade : null,
    reason: 'reason' in verdict ? verdict.reason : null,
    advisories:
      'advisories' in verdict
        ? verdict.advisories.map(({ code, reason }) => ({ code, reason }))
        : [],
  }
}

/** Judges the scenario again from what the report says was seen. */
function judgement({ result }: Subject): readonly Difference[] {
  const { scenario, level, observations, control, expected } = result
  if (result.verdict === 'skipped' && observations.length === 0) return []
  const again = wordsOf(judge({ level, steps: expected, observations, control }))
  const recorded = {
    verdict: result.verdict,
    grade: result.grade,
    reason: result.reason,
    advisories: result.advisories.map(({ code, reason }) => ({ code, reason })),
  }
  return Object.entries(again).flatMap(([field, value]) =>
    differences(scenario, field, recorded[field as keyof typeof recorded], value),
  )
}

/** Only a failure can be known. Whether the vendor's reason is a good one, nobody can check. */
function known({ result }: Subject): readonly Difference[] {
  if (result.verdict === 'failed') return []
  return differences(result.scenario, 'known', result.known, undefined)
}

/** The ledger names each step that was begun: it must be a step of the scenario. */
function steps({ result }: Subject): readonly Difference[] {
  return ofKind(result.observations, 'step').flatMap(({ step, action }) =>
    differences(
      result.scenario,
      `observations/step ${step + 1}`,
      action,
      result.expected[step]?.do,
    ),
  )
}

/**
 * A control has none, and every other scenario that was driven has one, which ended as the report says
 * it did. Each worker runs its own: one that broke with the harness says nothing about another.
 */
function control({ result, report }: Subject): readonly Difference[] {
  const { scenario, control: recorded } = result
  const id = `${scenario.split('/')[0] ?? ''}/control`
  if (scenario === id) return differences(scenario, 'control', recorded, null)
  if (neverDriven(result) === 'never-driven') {
    // A harness that broke may have done so before or after the control.
    return result.verdict === 'skipped' ? differences(scenario, 'control', recorded, null) : []
  }
  if (recorded === null) return differences(scenario, 'control', null, 'how the control ended')
  const own = report.results.find((one) => one.scenario === id)
  if (own === undefined || own.reason === 'harness') return []
  return differences(scenario, 'control', recorded, own.verdict)
}

/** Whose word is missing is a matter of the carrier, the same in every scenario of the run. */
function witnesses({ result, report }: Subject): readonly Difference[] {
  const { carrier } = report.dispatcher
  return result.observations.flatMap(({ kind }) => {
    const foreign = carrier === 'observe' ? FROM_ADAPTER.includes(kind) : kind === 'unheard'
    return foreign
      ? differences(result.scenario, 'observations', kind, `none of that kind over ${carrier}`)
      : []
  })
}

/** Checks one result of a report: what it claims about the scenario, and the verdict. Pure. */
export function verifyResult(subject: Subject): readonly Difference[] {
  return [identity, applicability, lacking, steps, control, known, witnesses, judgement].flatMap(
    (check) => check(subject),
  )
}
