import { miniatures } from '../../fixtures/dispatchers/miniatures/registry.ts'
import type { Scenario } from '../../harness/scenario/types.ts'

/** A dispatcher and the scenarios that both engines certify it in. */
export interface Meeting {
  /** Null = the reference. */
  readonly miniature: string | null
  readonly scenarios: readonly Scenario[]
}

/** `whole`: every miniature meets every scenario that names it. `chosen`: one of them. Or these miniatures, whole. */
export type Extent = 'whole' | 'chosen' | readonly string[]

/** What the miniatures meet that no scenario names, because they break too much. */
const FOR_THE_UNNAMED = /^server-validity\/end-entity-/

const REFERENCE_MEETINGS = 4

/**
 * Who meets what. The reference always meets every scenario that both engines serve; a scenario brings its
 * control along, which is run beside it anyway.
 *
 * Chosen is, for each miniature, the first scenario that names it and that no miniature before it was given,
 * else its first: so every miniature is met, and as many scenarios as can be.
 */
export function planOf(corpus: readonly Scenario[], extent: Extent): readonly Meeting[] {
  const shared = corpus.filter(({ engines }) => engines.length === 2)
  const names = Object.keys(miniatures)
  const given = new Set<string>()
  const choose = (named: readonly Scenario[]): readonly Scenario[] => {
    const one = named.find(({ id }) => !given.has(id)) ?? named[0]
    if (one === undefined) return []
    given.add(one.id)
    return [one]
  }
  const meetings = names.map((miniature): Meeting => {
    const named = shared.filter(({ killedBy }) => killedBy.includes(miniature))
    const unnamed = shared.filter(({ id }) => FOR_THE_UNNAMED.test(id))
    const all = corpus.some(({ killedBy }) => killedBy.includes(miniature)) ? named : unnamed
    const met = extent === 'chosen' ? choose(all) : all
    return { miniature, scenarios: withControls(met, shared) }
  })
  const asked = meetings.filter(
    ({ miniature, scenarios }) =>
      scenarios.length > 0 &&
      (typeof extent === 'string' || (miniature !== null && extent.includes(miniature))),
  )
  return typeof extent === 'string' ? [...referenceMeetings(shared), ...asked] : asked
}

/** Several, for several workers. Topics stay together: their scenarios share a control. */
function referenceMeetings(shared: readonly Scenario[]): readonly Meeting[] {
  const topics = [...new Set(shared.map(({ topic }) => topic))]
  const size = Math.ceil(topics.length / REFERENCE_MEETINGS)
  return Array.from({ length: REFERENCE_MEETINGS }, (_, index) => ({
    miniature: null,
    scenarios: shared.filter(({ topic }) => Math.floor(topics.indexOf(topic) / size) === index),
  }))
}

function withControls(some: readonly Scenario[], all: readonly Scenario[]): readonly Scenario[] {
  const wanted = new Set(some.flatMap(({ id, control }) => [id, control]))
  return all.filter(({ id }) => wanted.has(id))
}

/** Meetings in about so many portions of like size, in which the largest begin. */
export function portionsOf(
  meetings: readonly Meeting[],
  count: number,
): readonly (readonly Meeting[])[] {
  const portions = Array.from({ length: count }, () => ({ size: 0, meetings: [] as Meeting[] }))
  const bySize = meetings.toSorted((one, other) => other.scenarios.length - one.scenarios.length)
  for (const meeting of bySize) {
    const [least] = portions.toSorted((one, other) => one.size - other.size)
    if (least === undefined) break
    least.meetings.push(meeting)
    // Starting an adapter on either engine takes as long as a scenario or two.
    least.size += meeting.scenarios.length + 2
  }
  return portions.map((portion) => portion.meetings).filter((portion) => portion.length > 0)
}
