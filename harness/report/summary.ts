import { CORE_CAPABILITIES } from '../scenario/vocabulary.ts'
import type { Carrier } from '../verdict/applicability.ts'
import { count } from '../verdict/words.ts'
import type { Report, ReportedResult } from './model.ts'
import { skipLeaves } from './standing.ts'
import { sentenceList } from './text.ts'

/** An advisory beside the scenario that it is about. */
export interface FoundAdvisory {
  readonly result: ReportedResult
  readonly text: string
}

/** All advisories, in the order of the plan. */
export function advisoriesOf(report: Report): readonly FoundAdvisory[] {
  return report.results.flatMap((result) =>
    result.advisories.map((advisory) => ({ result, text: advisory.text })),
  )
}

/** The results with this verdict, in the order of the plan. */
export function resultsWith(
  report: Report,
  verdict: ReportedResult['verdict'],
): readonly ReportedResult[] {
  return report.results.filter((result) => result.verdict === verdict)
}

/** Why a scenario was skipped, in words that name what is missing. */
export function whySkipped(result: ReportedResult): string {
  const capabilities = result.missing?.capabilities ?? []
  const engines = result.missing?.engines ?? []
  const core = capabilities.filter((one) => CORE_CAPABILITIES.includes(one))
  if (core.length > 0) return `core capability not declared: ${sentenceList(core)}`
  if (capabilities.length > 0) return `not declared: ${sentenceList(capabilities)}`
  if (engines.length > 0) return `needs the engine ${sentenceList(engines, 'or')}`
  return result.explanation.replace(/^Not run: /, '').replace(/\.$/, '')
}

/** Skipped results that share a why. */
export interface SkippedGroup {
  readonly why: string
  readonly leaves: 'a-hole' | 'nothing'
  readonly results: readonly ReportedResult[]
}

/** The skipped results by what is missing, those that leave a hole first, then the largest group. */
export function skippedGroups(report: Report): readonly SkippedGroup[] {
  const groups = new Map<string, ReportedResult[]>()
  for (const result of resultsWith(report, 'skipped')) {
    const why = whySkipped(result)
    groups.set(why, [...(groups.get(why) ?? []), result])
  }
  return [...groups]
    .map(([why, results]) => {
      const hole = results.some((result) => skipLeaves(result) === 'a-hole')
      return { why, results, leaves: hole ? ('a-hole' as const) : ('nothing' as const) }
    })
    .sort((a, b) => a.leaves.localeCompare(b.leaves) || b.results.length - a.results.length)
}

/** The undeclared capabilities for which scenarios were skipped, each with how many. */
export function undeclared(report: Report): ReadonlyMap<string, number> {
  const names = new Map<string, number>()
  for (const result of resultsWith(report, 'skipped')) {
    for (const name of result.missing?.capabilities ?? []) {
      names.set(name, (names.get(name) ?? 0) + 1)
    }
  }
  return names
}

/** How many passed scenarios passed loosely. */
export function loosePasses(report: Report): number {
  return report.results.filter((result) => result.grade === 'loose').length
}

function holes(report: Report): readonly string[] {
  const leftOut = report.suite.scenarios - report.summary.planned
  const engine = resultsWith(report, 'skipped').filter((one) => skipLeaves(one) === 'a-hole').length
  return [
    ...(report.run.filtered ? [`a filter left out ${count(leftOut, 'scenario')}`] : []),
    ...(report.summary.passed === 0 ? ['nothing passed'] : []),
    ...(engine > 0 ? [`${count(engine, 'scenario')} could not be run`] : []),
  ]
}

/** `stdio adapter`, or that there was none. */
export function adapterWords(carrier: Carrier): string {
  return carrier === 'observe' ? 'observed, no adapter' : `${carrier} adapter`
}

const EVIDENCE_ONLY =
  'Evidence only: the endpoint was watched and the dispatcher not heard, which certifies nothing.'

/** The run's verdict in a sentence or two, with the numbers in it. */
export function verdictSentence(report: Report): string {
  const sentence = sentenceOf(report)
  return report.dispatcher.carrier === 'observe' ? `${sentence} ${EVIDENCE_ONLY}` : sentence
}

function sentenceOf(report: Report): string {
  const { planned, passed, failed, skipped, inconclusive } = report.summary
  switch (report.verdict) {
    case 'conformant': {
      const rest = skipped === 0 ? '' : ` and ${skipped} ${skipped === 1 ? 'was' : 'were'} skipped`
      return `${passed} of ${count(planned, 'scenario')} passed${rest}. Nothing failed and nothing is open.`
    }
    case 'nonconformant': {
      const open = inconclusive === 0 ? '' : ` Another ${inconclusive} gave no verdict.`
      return `${failed} of ${count(planned, 'scenario')} failed.${open}`
    }
    case 'partial':
      return `Nothing failed, but not everything was covered: ${sentenceList(holes(report)) || 'the core profile is not whole'}.`
    case 'inconclusive': {
      if (planned === 0) return 'No scenario was planned, so nothing can be said.'
      return `Nothing failed, but ${inconclusive} of ${count(planned, 'scenario')} gave no verdict.`
    }
  }
}
