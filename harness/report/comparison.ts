import type { Observation } from '../observation/types.ts'
import { deliverySeen, ofKind } from '../verdict/delivery.ts'
import { judgeStep } from '../verdict/judge.ts'
import type { JudgedStep } from '../verdict/judged-step.ts'
import { NOTHING_TOLD, secretsTold, toldWords } from '../verdict/told.ts'
import type { ComparisonRow } from './comparison-row.ts'
import { deliveryRows } from './delivery-rows.ts'
import type { ScenarioResult } from './model.ts'
import { enrollmentRows, inspectionRows } from './answer-rows.ts'

/** Expected against seen of one delivery, inspection or enrollment. */
export interface Comparison {
  readonly what: 'delivery' | 'inspection' | 'enrollment'
  /** Index of the step, from 0. */
  readonly step: number
  /** Whether the run came as far as this step; without rows where it did not. */
  readonly state: 'begun' | 'never-begun'
  readonly rows: readonly ComparisonRow[]
}

/** Expected against seen for each delivery and inspection of a result, from its ledger. Pure. */
export function compare(
  result: Pick<ScenarioResult, 'expected' | 'observations'>,
): readonly Comparison[] {
  const begun = new Set(ofKind(result.observations, 'step').map((one) => one.step))
  return result.expected.flatMap((step, index): readonly Comparison[] => {
    const what = WHAT[step.do]
    if (what === null) return []
    const isBegun = begun.has(index)
    const judged = [...stepRows(result, step, index), ...toldRows(result, index)]
    const rows = isBegun ? withFinding(judged, result, step, index) : []
    return [{ step: index, what, state: isBegun ? 'begun' : 'never-begun', rows }]
  })
}

/** Only where something was told: that nothing was goes without saying. */
function toldRows(
  { observations }: Pick<ScenarioResult, 'observations'>,
  index: number,
): readonly ComparisonRow[] {
  return secretsTold(observations)
    .filter(({ step }) => step === index)
    .map(({ told }) => ({
      what: 'Secrets',
      expected: NOTHING_TOLD,
      seen: toldWords(told),
      mark: 'differs' as const,
      evidence: [told],
    }))
}

/** Where no row differs and yet the judge found something, what it found is a row of its own. */
function withFinding(
  rows: readonly ComparisonRow[],
  { observations }: Pick<ScenarioResult, 'observations'>,
  step: JudgedStep,
  index: number,
): readonly ComparisonRow[] {
  if (rows.some(({ mark }) => mark === 'differs')) return rows
  const finding = judgeStep(observations, step, index)
  if (finding.finding !== 'failed') return rows
  const { expected, seen } = finding
  return [...rows, { what: 'Judged', expected, seen, mark: 'differs', evidence: [] }]
}

/**
 * What a reader's eye should be led to: the observations that make an expectation unmet, and whatever
 * else was seen of the connections among them that nobody should have opened. Empty where nothing is
 * unmet. Pure.
 */
export function unmetBy(
  result: Pick<ScenarioResult, 'expected' | 'observations' | 'verdict' | 'advisories'>,
): ReadonlySet<Observation> {
  if (result.verdict !== 'failed' && result.advisories.length === 0) return new Set()
  const rows = compare(result).flatMap((comparison) => comparison.rows)
  const evidence = rows.filter((row) => row.mark === 'differs').flatMap((row) => row.evidence)
  const strays = new Set(ofKind(evidence, 'connection-opened').map((one) => one.connection))
  const astray = result.observations.filter(
    (one) => 'connection' in one && one.kind !== 'connection-closed' && strays.has(one.connection),
  )
  // A secret that was told while a target was configured anew belongs to no row.
  return new Set([...evidence, ...astray, ...ofKind(result.observations, 'secret-told')])
}

const WHAT: Readonly<Record<JudgedStep['do'], Comparison['what'] | null>> = {
  deliver: 'delivery',
  inspect: 'inspection',
  enroll: 'enrollment',
  reconfigure: null,
  rotate: null,
  reset: null,
  wait: null,
}

function stepRows(
  result: Pick<ScenarioResult, 'observations'>,
  step: JudgedStep,
  index: number,
): readonly ComparisonRow[] {
  switch (step.do) {
    case 'deliver':
      return deliveryRows(deliverySeen(result.observations, index, step.expect))
    case 'inspect':
      return inspectionRows(result, index, step.expect)
    case 'enroll':
      return enrollmentRows(result, index, step.expect)
    case 'reconfigure':
    case 'rotate':
    case 'reset':
    case 'wait':
      return []
  }
}
