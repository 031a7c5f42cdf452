import type { Advisory, FailureReason, InconclusiveReason } from './types.ts'

/** What one check says about one step; the first finding that is not `fine` decides. */
export type Finding =
  | {
      readonly finding: 'fine'
      readonly grade: 'strict' | 'loose'
      readonly advisories: readonly Advisory[]
    }
  | {
      readonly finding: 'failed'
      readonly reason: FailureReason
      readonly expected: string
      readonly seen: string
    }
  | {
      readonly finding: 'inconclusive'
      readonly reason: InconclusiveReason
      readonly detail: string
    }

/** Nothing to complain about. */
export const FINE: Finding = { finding: 'fine', grade: 'strict', advisories: [] }

/** A failure of the dispatcher: what was required and what was seen. */
export function failed(reason: FailureReason, expected: string, seen: string): Finding {
  return { finding: 'failed', reason, expected, seen }
}

/** Nothing can be said about the dispatcher. */
export function inconclusive(reason: InconclusiveReason, detail: string): Finding {
  return { finding: 'inconclusive', reason, detail }
}

/**
 * Runs checks in order until one is not fine, and gives that; otherwise everything fine, with the
 * looser grade and all advisories.
 */
export function firstProblem(checks: readonly (() => Finding)[]): Finding {
  let grade: 'strict' | 'loose' = 'strict'
  const advisories: Advisory[] = []
  for (const check of checks) {
    const finding = check()
    if (finding.finding !== 'fine') return finding
    if (finding.grade === 'loose') grade = 'loose'
    advisories.push(...finding.advisories)
  }
  return { finding: 'fine', grade, advisories }
}
