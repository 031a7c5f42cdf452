import type { Scenario } from '../scenario/types.ts'
import { CORE_CAPABILITIES, type EngineName } from '../scenario/vocabulary.ts'

/** How a dispatcher is driven: through an adapter of one of three kinds, or by a person. */
export type Carrier = 'stdio' | 'http' | 'exec' | 'observe'

/** What a run has, beside what a scenario needs. */
export interface Circumstances {
  /** As the dispatcher declares them. */
  readonly capabilities: readonly string[]
  readonly engine: EngineName
  readonly carrier: Carrier
}

/**
 * Why a scenario is not for this dispatcher or engine, as the end of a sentence; null = it is. Pure:
 * the same words explain a skip in the run and check it in a report.
 */
export function notApplicable(
  scenario: Pick<Scenario, 'requires' | 'engines'> & { readonly steps: readonly { do: string }[] },
  circumstances: Circumstances,
): string | null {
  const missing = scenario.requires.filter(
    (one) => !CORE_CAPABILITIES.includes(one) && !circumstances.capabilities.includes(one),
  )
  if (missing.length > 0) return `the dispatcher does not declare ${missing.join(', ')}`
  if (!scenario.engines.includes(circumstances.engine)) {
    return `it needs the ${scenario.engines.join(' or ')} engine, and this is ${circumstances.engine}`
  }
  const deliveries = scenario.steps.filter((step) => step.do === 'deliver').length
  const { carrier } = circumstances
  if ((carrier === 'exec' || carrier === 'observe') && deliveries > 1) {
    return `the ${carrier} carrier runs stateless scenarios only`
  }
  return null
}
