import { canonicalJson } from '../../pki/canonical-json.ts'
import type { Scenario } from '../../scenario/types.ts'
import { relocated } from './relocate.ts'

/** One endpoint with all the scenarios that ask for exactly it: what is seen there is judged for each. */
export interface Situation {
  readonly scenarios: readonly [Scenario, ...Scenario[]]
  /** Their certificates, for the host under which the endpoint is reached. */
  readonly certificates: Scenario['certificates']
}

/**
 * Scenarios by situation, in order. The controls of most topics are one and the same situation, which a
 * person should not set up again for each.
 *
 * @param host - Host of the URLs; null = as the scenarios say.
 */
export function situationsOf(
  scenarios: readonly Scenario[],
  host: string | null,
): readonly Situation[] {
  const situations = new Map<string, Situation>()
  for (const scenario of scenarios) {
    const { endpoint, elsewhere, dispatcher } = scenario
    const certificates =
      host === null ? scenario.certificates : relocated(scenario.certificates, host)
    const key = canonicalJson({ endpoint, elsewhere, dispatcher, certificates })
    const same = situations.get(key)
    situations.set(key, {
      scenarios: same === undefined ? [scenario] : [...same.scenarios, scenario],
      certificates,
    })
  }
  return [...situations.values()]
}
