import { HarnessError } from '../errors.ts'
import type { Scenario } from '../scenario/types.ts'
import type { Profile } from '../scenario/vocabulary.ts'
import type { Circumstances } from '../verdict/applicability.ts'
import { judgedSteps } from '../verdict/judged-step.ts'
import type { Missing, Report, ReportedResult, ScenarioResult, Selection } from './model.ts'
import { sealOf } from './seal.ts'
import { countsOf, profilesOf, runVerdict } from './standing.ts'

/** One scenario of the corpus as the run planned it, fixed before anything was driven. */
export interface PlannedScenario extends Pick<
  Scenario,
  'id' | 'title' | 'topic' | 'level' | 'profile' | 'references' | 'requires' | 'engines' | 'steps'
> {
  /** One line for a shell that runs this scenario alone. */
  readonly reproduce: string
  readonly selection: Selection
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
  completed: {
    fault: 'its worker died or was stopped before it could report',
    sentence:
      'its worker died or was stopped before it could report. ' +
      'That is a fault of the harness or its environment and says nothing about the dispatcher.',
  },
  interrupted: {
    fault: 'the run was interrupted before it was done',
    sentence: 'the run was interrupted before it was done. That says nothing about the dispatcher.',
  },
} as const

/** What a skipped scenario lacks in these circumstances. */
export function missingFor(
  scenario: Pick<Scenario, 'requires' | 'engines'>,
  circumstances: Pick<Circumstances, 'capabilities' | 'engine'>,
): Missing {
  return {
    capabilities: scenario.requires.filter((one) => !circumstances.capabilities.includes(one)),
    engines: scenario.engines.includes(circumstances.engine) ? [] : scenario.engines,
  }
}

/** What identifies a scenario is the plan's to say, whatever a worker sent back. */
function identityOf(scenario: PlannedScenario) {
  return {
    scenario: scenario.id,
    title: scenario.title,
    topic: scenario.topic,
    level: scenario.level,
    profile: scenario.profile,
    references: scenario.references,
    expected: judgedSteps(scenario.steps),
    reproduce: scenario.reproduce,
  }
}

/** A worker's result as it stands in the report: beside what the plan knows about the scenario. */
export function reportedResult(
  scenario: PlannedScenario,
  result: ScenarioResult,
  circumstances: Pick<Circumstances, 'capabilities' | 'engine'>,
): ReportedResult {
  const skipped = result.verdict === 'skipped'
  const missing = skipped ? missingFor(scenario, circumstances) : null
  return { ...result, ...identityOf(scenario), missing }
}

/** A planned scenario without a result. Its ledger says so: it is judged like every other. */
function withoutResult(scenario: PlannedScenario, ending: RunFacts['ending']): ReportedResult {
  return {
    ...identityOf(scenario),
    verdict: 'inconclusive',
    grade: null,
    reason: 'harness',
    explanation: `This scenario was planned but has no result: ${NO_RESULT[ending].sentence}`,
    control: null,
    stimulus: {},
    observations: [{ kind: 'harness-fault', at: 0, detail: NO_RESULT[ending].fault }],
    advisories: [],
    durationMs: 0,
    missing: null,
  }
}

/** How many scenarios of each profile a filter left out. */
export function leftOutByProfile(
  plan: readonly { readonly selection: Selection; readonly profile: Profile }[],
): ReadonlyMap<Profile, number> {
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

/** The plan as a report carries it. */
export function planEntries(plan: readonly PlannedScenario[]): Report['plan'] {
  return plan.map(({ id, profile, selection }) => ({ scenario: id, profile, selection }))
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
  const { capabilities, carrier } = facts.dispatcher
  const { engine } = facts.run
  const all = selected.map((scenario) => {
    const result = results.get(scenario.id)
    return result === undefined
      ? withoutResult(scenario, facts.ending)
      : reportedResult(scenario, result, { capabilities, engine })
  })
  const leftOut = leftOutByProfile(plan)
  const leftOutInAll = [...leftOut.values()].reduce((sum, some) => sum + some, 0)
  const profiles = profilesOf(all, leftOut, carrier)
  const report: Omit<Report, 'seal'> = {
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
    verdict: runVerdict(all, profiles, leftOutInAll, carrier),
    plan: planEntries(plan),
    results: all,
  }
  return { ...report, seal: sealOf(report) }
}
