import { loadScenarios, type Corpus } from '../scenario/load.ts'
import type { PlannedScenario } from '../report/assemble.ts'
import type { Scenario } from '../scenario/types.ts'
import { reproduceLine } from './reproduce.ts'
import { currentRun } from './run-folder.ts'
import { currentSettings, DEFAULT_PROFILES, type Settings } from './settings.ts'

let loaded: { readonly key: string; readonly corpus: Corpus } | null = null

/** The corpus of the settings in force, loaded once a process and parsed once a run. */
export function currentCorpus(): Corpus {
  const { scenarios } = currentSettings()
  const key = scenarios.join('\n')
  if (loaded?.key !== key) loaded = { key, corpus: loadScenarios(scenarios, currentRun().folder) }
  return loaded.corpus
}

/** The title of a scenario's test: with the tags after it, what `--grep` sees. */
export function testTitle(scenario: { readonly id: string; readonly title: string }): string {
  return `${scenario.id}: ${scenario.title}`
}

/** The tags of a scenario's test: level, profile and topic. A set: the profile "rotation" has a topic of that name. */
export function testTags({
  id,
  level,
  profile,
}: Pick<Scenario, 'id' | 'level' | 'profile'>): readonly string[] {
  return [...new Set([level, profile, topicOf(id)])].map((word) => `@${word}`)
}

/** Scenarios by the file that they come from, in its order. */
export function byTopic<T extends Pick<Scenario, 'id'>>(
  scenarios: readonly T[],
): readonly (readonly T[])[] {
  const topics = new Map<string, T[]>()
  for (const scenario of scenarios) {
    const topic = topicOf(scenario.id)
    const group = topics.get(topic)
    if (group === undefined) topics.set(topic, [scenario])
    else group.push(scenario)
  }
  return [...topics.values()]
}

const topicOf = (id: string): string => id.slice(0, id.lastIndexOf('/'))

/** What a plan takes from the settings. */
export interface AskedFor extends Pick<Settings, 'profiles'> {
  /** What `reproduceEnvironment` made of the settings. */
  readonly reproduce: string
}

/**
 * The plan of a run, fixed before anything is driven: every scenario of the corpus, and whether it is
 * selected. Leaving out a profile that would run by default makes the run partial, as a filter does, and
 * so does leaving out a part of one that was asked for: a filter or another shard has it.
 */
export function planOf(
  corpus: Pick<Corpus, 'scenarios'>,
  asked: AskedFor,
  isSelected: (id: string) => boolean,
): PlannedScenario[] {
  const wanted = [...DEFAULT_PROFILES, ...asked.profiles]
  return corpus.scenarios.map((scenario) => ({
    ...scenario,
    reproduce: reproduceLine(scenario, asked.reproduce),
    selection: isSelected(scenario.id)
      ? 'selected'
      : wanted.includes(scenario.profile)
        ? 'filtered-out'
        : 'opt-in',
  }))
}
