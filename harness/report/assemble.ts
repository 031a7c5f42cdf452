import { HarnessError } from '../errors.ts'
import type { Scenario } from '../scenario/types.ts'
import type { EngineName, Profile } from '../scenario/vocabulary.ts'
import type { Missing, Report, ReportedResult, ScenarioResult } from './model.ts'
import { countsOf, profilesOf, runVerdict } from './standing.ts'

/** One scenario of the corpus as the run planned it, fixed before anything was driven. */
export interface PlannedScenario extends Pick<
  Scenario,
  'id' | 'title' | 'topic' | 'level' | 'profile' | 'references' | 'requires' | 'engines'
> {
  /** One line for a shell that runs this scenario alone. */
  readonly reproduce: string
  /**
   * `selected`: it is run. `filtered-out`: someone asked for less than everything, so the run is
   * partial. `opt-in`: it belongs to a profile that nobody asked for, which is no loss.
   */
  readonly selection: 'selected' | 'filtered-out' | 'opt-in'
}

/** What is known about a run besides its plan and its results. */
export interface RunFacts {
  readonly suite: Omit<Report['suite'], 'scenarios'>
  readonly run: Omit<Report['run'], 'filtered' | 'interrupted'>
  readonly dispatcher: Report['dispatcher']
  /** Whether the run came to its end or was cut short. */
  readonly ending: 'completed' | 'interrupted'
}

/** The words about a planned scenario that left no result. */
const NO_RESULT = {
  completed:
    'This scenario was planned but has no result: its worker died or was stopped before it could report. ' +
    'That is a fault of the harness or its environment and says nothing about the dispatcher.',
  interrupted:
    'This scenario was planned but has no result: the run was interrupted before it was done. ' +
    'That says nothing about the dispatcher.',
} as const

function missingFor(
  scenario: PlannedScenario,
  declared: readonly string[],
  engine: EngineName,
): Missing {
  return {
    capabilities: scenario.requires.filter((capability) => !declared.includes(capability)),
    engines: scenario.engines.includes(engine) ? [] : scenario.engines,
  }
}

function reported(
  scenario: PlannedScenario,
  result: ScenarioResult | undefined,
  facts: RunFacts,
): ReportedResult {
  // What identifies a scenario is the plan's to say, whatever a worker sent back.
  const identity = {
    scenario: scenario.id,
    title: scenario.title,
    topic: scenario.topic,
    level: scenario.level,
    profile: scenario.profile,
    references: scenario.references,
    reproduce: scenario.reproduce,
  }
  if (result !== undefined) {
    const skipped = result.verdict === 'skipped'
    const missing = skipped
      ? missingFor(scenario, facts.dispatcher.capabilities, facts.run.engine)
      : null
    return { ...result, ...identity, missing }
  }
  return {
    ...identity,
    verdict: 'inconclusive',
    grade: null,
    reason: 'harness',
    explanation: NO_RESULT[facts.ending],
    control: null,
    stimulus: {},
    expected: [],
    observations: [],
    advisories: [],
    durationMs: 0,
    missing: null,
  }
}

function leftOutByProfile(plan: readonly PlannedScenario[]): ReadonlyMap<Profile, number> {
  const leftOut = new Map<Profile, number>()
  for (const { selection, profile } of plan) {
    if (selection === 'filtered-out') leftOut.set(profile, (leftOut.get(profile) ?? 0) + 1)
  }
  return leftOut
}

function refuseTheUnplanned(
  plan: readonly PlannedScenario[],
  selected: readonly PlannedScenario[],
  results: ReadonlyMap<string, ScenarioResult>,
): void {
  const ids = new Set(selected.map((scenario) => scenario.id))
  if (new Set(plan.map((scenario) => scenario.id)).size < plan.length) {
    throw new HarnessError('ERR_REPORT_INVALID', 'the plan names a scenario twice', {
      hint: 'Scenario ids are unique over all files; the loader refuses duplicates.',
    })
  }
  for (const id of results.keys()) {
    if (ids.has(id)) continue
    throw new HarnessError(
      'ERR_REPORT_INVALID',
      `there is a result for ${id}, which was not planned`,
      {
        hint: 'The plan is fixed before the run; a result for anything else means that two runs were mixed.',
      },
    )
  }
}

/**
 * Makes the report of a run: every selected scenario of the plan has an entry, in the plan's order,
 * and counts and verdicts are computed from the plan. Pure.
 *
 * @param plan every scenario of the corpus, in order, selected or not
 * @param results by scenario id; a selected scenario without one becomes inconclusive (`harness`)
 * @throws HarnessError `ERR_REPORT_INVALID` for a result that was not planned, or a plan with duplicates
 */
export function assemble(
  plan: readonly PlannedScenario[],
  results: ReadonlyMap<string, ScenarioResult>,
  facts: RunFacts,
): Report {
  const selected = plan.filter((scenario) => scenario.selection === 'selected')
  refuseTheUnplanned(plan, selected, results)
  const all = selected.map((scenario) => reported(scenario, results.get(scenario.id), facts))
  const leftOut = leftOutByProfile(plan)
  const leftOutInAll = [...leftOut.values()].reduce((sum, some) => sum + some, 0)
  const profiles = profilesOf(all, leftOut)
  return {
    schema: 'hookproof.report/v1',
    suite: { ...facts.suite, scenarios: plan.length },
    run: {
      ...facts.run,
      filtered: leftOutInAll > 0,
      interrupted: facts.ending === 'interrupted',
    },
    dispatcher: facts.dispatcher,
    profiles,
    summary: countsOf(all),
    verdict: runVerdict(all, profiles, leftOutInAll),
    results: all,
  }
}
