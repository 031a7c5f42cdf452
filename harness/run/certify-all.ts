import type { ScenarioResult } from '../report/model.ts'
import type { Scenario } from '../scenario/types.ts'
import type { Session } from './session.ts'

/**
 * Certifies scenarios in one session, several at a time, as far as the adapter allows. A scenario that
 * resets the dispatcher would disturb its neighbours: those run alone, at the end.
 *
 * @param atOnce most scenarios at once; the adapter's own limit may be lower
 */
export async function certifyAll(
  session: Session,
  scenarios: readonly Scenario[],
  atOnce: number,
): Promise<ReadonlyMap<string, ScenarioResult>> {
  const results = new Map<string, ScenarioResult>()
  const certify = async (scenario: Scenario): Promise<void> => {
    results.set(scenario.id, await session.certify(scenario))
  }
  const alone = scenarios.filter(({ steps }) => steps.some((step) => step.do === 'reset'))
  const together = scenarios.filter((scenario) => !alone.includes(scenario))
  const queue = together.values()
  const limit = Math.min(atOnce, session.adapter.hello.limits.maxParallel)
  await Promise.all(
    Array.from({ length: Math.max(1, limit) }, async () => {
      for (const scenario of queue) await certify(scenario)
    }),
  )
  for (const scenario of alone) await certify(scenario)
  return results
}
