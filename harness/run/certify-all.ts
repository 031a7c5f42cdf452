import type { ScenarioResult } from '../report/model.ts'
import type { Scenario, Step } from '../scenario/types.ts'
import type { Session } from './session.ts'

/**
 * Certifies scenarios in one session, several at a time, as far as the adapter allows. A scenario that
 * resets the dispatcher would disturb its neighbours: those run alone, at the end. Of those that enroll
 * keys one runs at a time, beside the others: a dispatcher that mixes its keys up would mix up those of
 * several scenarios, now in one way and now in another.
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
  const does = ({ steps }: Scenario, what: Step['do']) => steps.some((step) => step.do === what)
  const alone = scenarios.filter((scenario) => does(scenario, 'reset'))
  const together = scenarios.filter((scenario) => !alone.includes(scenario))
  const enrolling = together.filter((scenario) => does(scenario, 'enroll'))
  const queue = together.filter((scenario) => !enrolling.includes(scenario)).values()
  const limit = Math.max(1, Math.min(atOnce, session.adapter.hello.limits.maxParallel))
  await Promise.all(
    Array.from({ length: limit }, async (_, lane) => {
      if (lane === 0) for (const scenario of enrolling) await certify(scenario)
      for (const scenario of queue) await certify(scenario)
    }),
  )
  for (const scenario of alone) await certify(scenario)
  return results
}
