import { HarnessError } from '../../errors.ts'
import { canonicalJson } from '../../pki/canonical-json.ts'
import type { Scenario } from '../../scenario/types.ts'
import type { Corpus } from '../../scenario/load.ts'
import { withIssuers } from './issuers.ts'
import { whyNotObservable, type Reach } from './observable.ts'

/**
 * How much is asked of the person: the first scenario of each topic that can be observed, which is the
 * plainest one, as far as it takes the same setup as most others; or everything that can.
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
  const chosen = amount === 'all' ? deviations : firstOfTopics(deviations, corpus)
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

/** The first deviation of each topic of which control and deviation are set up like most of all. */
function firstOfTopics(
  deviations: readonly Scenario[],
  { byId }: Pick<Corpus, 'byId'>,
): readonly Scenario[] {
  const setups = deviations.map(handedOver)
  const count = (setup: string): number => setups.filter((one) => one === setup).length
  const [commonest] = setups.toSorted((one, other) => count(other) - count(one))
  const alike = deviations.filter((one) => {
    const control = byId.get(one.control ?? '')
    return [one, control ?? one].every((scenario) => handedOver(scenario) === commonest)
  })
  return alike.filter(
    (one, index) => alike.findIndex(({ control }) => control === one.control) === index,
  )
}

/** The same text for scenarios that give the same things to a person, but for the keys. */
function handedOver({ dispatcher, certificates }: Scenario): string {
  const { clientCertificate: own, trustAnchors } = dispatcher
  const given = [
    ...(trustAnchors === 'own-store' ? [] : trustAnchors),
    ...(own === 'none' ? [] : [own.certificate, ...(own.chain === 'issuers' ? [] : own.chain)]),
  ]
  const names = withIssuers(given, certificates)
  const described = Object.fromEntries(names.map((name) => [name, certificates[name] ?? null]))
  return canonicalJson({ dispatcher, described })
}
