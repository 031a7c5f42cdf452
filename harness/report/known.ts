import { count } from '../verdict/words.ts'
import type { Report, ReportedResult } from './model.ts'
import { resultsWith } from './summary.ts'

/** The failures that the vendor lists as known, in the order of the plan. */
export function knownFailures(report: Report): readonly ReportedResult[] {
  return resultsWith(report, 'failed').filter(({ known }) => known !== undefined)
}

/** The failures that nobody listed, in the order of the plan. */
export function newFailures(report: Report): readonly ReportedResult[] {
  return resultsWith(report, 'failed').filter(({ known }) => known === undefined)
}

/** How many failures are known, in one sentence; null where none is. */
export function knownSentence(report: Report): string | null {
  const known = knownFailures(report).length
  const fresh = newFailures(report).length
  if (known === 0) return null
  const listed = `${count(known, 'known failure')}, listed with a reason and a link`
  return fresh === 0
    ? `${listed}; none is new.`
    : `${listed}; ${fresh} ${fresh === 1 ? 'is' : 'are'} new.`
}

/**
 * Whether `npx playwright test` lets a change through, as a gate against regressions does. A run in which
 * every failure is known is nonconformant and passes the gate all the same; nothing excuses a scenario
 * that is inconclusive.
 */
export function gateOf(report: Report): 'open' | 'shut' {
  switch (report.verdict) {
    case 'conformant':
    case 'partial':
      return 'open'
    case 'inconclusive':
      return 'shut'
    case 'nonconformant':
      return newFailures(report).length + report.summary.inconclusive === 0 ? 'open' : 'shut'
  }
}
