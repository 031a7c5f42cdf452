import { CORE_CAPABILITIES, PROFILES, type Profile } from '../scenario/vocabulary.ts'
import type { Carrier } from '../verdict/applicability.ts'
import type { RunVerdict } from '../verdict/types.ts'
import type { Counts, Report, ReportedResult } from './model.ts'

/** How many of these results ended how; `planned` is their number. */
export function countsOf(results: readonly ReportedResult[]): Counts {
  const ended = (verdict: ReportedResult['verdict']): number =>
    results.filter((result) => result.verdict === verdict).length
  return {
    planned: results.length,
    passed: ended('passed'),
    failed: ended('failed'),
    skipped: ended('skipped'),
    inconclusive: ended('inconclusive'),
  }
}

/**
 * Whether a skip leaves a hole. An undeclared extended capability does not: the scenario is not for
 * this dispatcher, on any engine. A core capability cannot be declined, an engine can be changed,
 * and a skip that nobody can explain is not taken on trust.
 */
export function skipLeaves(result: ReportedResult): 'a-hole' | 'nothing' {
  if (result.verdict !== 'skipped') return 'nothing'
  const lacking = result.missing?.capabilities ?? []
  if (lacking.length === 0) return 'a-hole'
  return lacking.some((capability) => CORE_CAPABILITIES.includes(capability)) ? 'a-hole' : 'nothing'
}

/** The verdict as far as single results decide it; null where only coverage is left to look at. */
function verdictOfCounts(counts: Counts): RunVerdict | null {
  if (counts.failed > 0) return 'nonconformant'
  if (counts.inconclusive > 0 || counts.planned === 0) return 'inconclusive'
  return null
}

/**
 * The result of one profile. A profile in which nothing but controls passed, or which has a hole, is
 * `partial`: a control alone says nothing of what its topic is about.
 *
 * @param leftOut scenarios of this profile that a filter kept out of the run
 * @param carrier one that only observes never comes to `conformant`: half of the evidence is missing
 */
export function profileVerdict(
  results: readonly ReportedResult[],
  leftOut: number,
  carrier: Carrier,
): RunVerdict {
  const counts = countsOf(results)
  const decided = verdictOfCounts(counts)
  if (decided !== null) return decided
  const holes = results.some((result) => skipLeaves(result) === 'a-hole')
  const said = results.some(({ verdict, control }) => verdict === 'passed' && control !== null)
  const whole = leftOut === 0 && said && !holes && carrier !== 'observe'
  return whole ? 'conformant' : 'partial'
}

/** Every profile that has a planned scenario, in the order of the vocabulary. */
export function profilesOf(
  results: readonly ReportedResult[],
  leftOut: ReadonlyMap<Profile, number>,
  carrier: Carrier,
): Report['profiles'] {
  return PROFILES.flatMap((id) => {
    const own = results.filter((result) => result.profile === id)
    if (own.length === 0) return []
    return [{ id, ...countsOf(own), result: profileVerdict(own, leftOut.get(id) ?? 0, carrier) }]
  })
}

/**
 * The verdict on the whole run (ARCHITECTURE, decision 8), from the plan and not from what happened
 * to run. An extended profile that is only partly covered does not spoil `conformant`; the core
 * profile does, and so does a filter.
 *
 * @param leftOut scenarios that a filter kept out of the run
 * @param carrier one that only observes never comes to `conformant`
 */
export function runVerdict(
  results: readonly ReportedResult[],
  profiles: Report['profiles'],
  leftOut: number,
  carrier: Carrier,
): RunVerdict {
  const counts = countsOf(results)
  const decided = verdictOfCounts(counts)
  if (decided !== null) return decided
  const core = profiles.find((profile) => profile.id === 'core')
  const coreIsWhole = core === undefined || core.result === 'conformant'
  const whole = leftOut === 0 && counts.passed > 0 && coreIsWhole && carrier !== 'observe'
  return whole ? 'conformant' : 'partial'
}

/** The exit status of a run: conformant 0, nonconformant 1, inconclusive 3, partial 4. */
export function exitStatusOfRun(verdict: RunVerdict): 0 | 1 | 3 | 4 {
  switch (verdict) {
    case 'conformant':
      return 0
    case 'nonconformant':
      return 1
    case 'inconclusive':
      return 3
    case 'partial':
      return 4
  }
}
