import { HarnessError } from '../../errors.ts'
import type { Scenario } from '../../scenario/types.ts'
import type { Corpus } from '../../scenario/load.ts'
import { whyNotObservable, type Reach } from './observable.ts'

/**
 * How much is asked of the person: the first scenario of each topic that can be observed, which is the
 * plainest one, or everything that can.
 */
export type Amount = 'first-of-topic' | 'all'

/** What can be chosen from. */
export interface Choice {
  readonly corpus: Corpus
  /** What profile and pattern leave, controls among them. */
  readonly wanted: readonly Scenario[]
  readonly reach: Reach
  readonly amount: Amount
}

/**
 * The scenarios to observe, in the order of the corpus: what is wanted and can be observed, and the control
 * of each. A control counts beside its deviations: alone it is only taken where nothing else is wanted of
 * its topic.
 *
 * @throws HarnessError `ERR_NOTHING_SELECTED` with the reason when nothing that is wanted can be observed
 */
export function selectObservable({ corpus, wanted, reach, amount }: Choice): readonly Scenario[] {
  const able = wanted.filter((scenario) => whyNotObservable(scenario, reach) === null)
  const deviations = able.filter(({ control }) => control !== null)
  const chosen =
    amount === 'all'
      ? deviations
      : deviations.filter(
          (one, index) => deviations.findIndex(({ control }) => control === one.control) === index,
        )
  const ids = new Set(
    chosen.length > 0
      ? chosen.flatMap(({ id, control }) => [id, control])
      : able.map(({ id }) => id),
  )
  // The control sets up what its deviations set up, but for the endpoint: it can be observed as they can.
  const selected = corpus.scenarios.filter(
    (scenario) => ids.has(scenario.id) && whyNotObservable(scenario, reach) === null,
  )
  if (selected.length > 0) return selected
  const [first] = wanted
  throw new HarnessError(
    'ERR_NOTHING_SELECTED',
    first === undefined
      ? 'No scenario matches.'
      : `None of the ${wanted.length} scenarios that match can be observed: of ${first.id}, ${whyNotObservable(first, reach) ?? 'nothing'}.`,
    { hint: 'Run `npx hookproof observe --list` for what can be observed, and why others cannot.' },
  )
}
