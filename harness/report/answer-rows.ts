import type { EnrollExpectation, InspectExpectation } from '../scenario/types.ts'
import { ofKind, sliceOfStep, type Of } from '../verdict/delivery.ts'
import { enrollmentWords, judgeEnrollment } from '../verdict/enrollment.ts'
import { endShown } from '../verdict/inspection.ts'
import { wantedCertificate } from '../verdict/words.ts'
import type { ComparisonRow } from './comparison-row.ts'
import type { ScenarioResult } from './model.ts'
import { sentenceList } from './text.ts'

/** Expected against seen of one inspection. Pure. */
export function inspectionRows(
  result: Pick<ScenarioResult, 'observations'>,
  step: number,
  expect: InspectExpectation,
): readonly ComparisonRow[] {
  const shown = ofKind(sliceOfStep(result.observations, step), 'inspected').at(-1)
  const missing = expect.warnings.filter((one) => !(shown?.warnings ?? []).includes(one))
  return [
    {
      what: 'Certificate shown',
      expected: wantedCertificate(expect.certificate),
      seen:
        shown === undefined
          ? 'the adapter did not answer'
          : shown.sha256 === null
            ? 'no certificate'
            : shown.name === null
              ? `a certificate unknown to the harness (SHA-256 ${shown.sha256})`
              : `the certificate "${shown.name}"`,
      mark: shown?.name === expect.certificate ? 'agrees' : 'differs',
      evidence: shown === undefined || shown.name === expect.certificate ? [] : [shown],
    },
    ...endRow(shown),
    ...needlessWarnings(shown, expect),
    ...(expect.warnings.length === 0
      ? []
      : [
          {
            what: 'Warnings',
            expected: sentenceList(expect.warnings),
            seen: sentenceList(shown?.warnings ?? []) || 'none',
            mark: missing.length === 0 ? ('agrees' as const) : ('differs' as const),
            evidence: missing.length === 0 || shown === undefined ? [] : [shown],
          },
        ]),
  ]
}

function endRow(shown: Of<'inspected'> | undefined): readonly ComparisonRow[] {
  if (shown === undefined) return []
  const end = endShown(shown)
  if (end === 'unknown') return []
  return [
    {
      what: 'End of validity shown',
      expected: shown.certifiedNotAfter ?? 'unknown',
      seen: shown.notAfter ?? 'none',
      mark: end === 'same' ? 'agrees' : 'differs',
      evidence: end === 'same' ? [] : [shown],
    },
  ]
}

function needlessWarnings(
  shown: Of<'inspected'> | undefined,
  { absentWarnings }: InspectExpectation,
): readonly ComparisonRow[] {
  if (shown === undefined || absentWarnings.length === 0) return []
  const given = absentWarnings.filter((one) => shown.warnings.includes(one))
  return [
    {
      what: 'Warnings',
      expected: `none of ${absentWarnings.join(', ')}`,
      seen: sentenceList(given) || 'none of them',
      mark: given.length === 0 ? 'agrees' : 'differs',
      evidence: given.length === 0 ? [] : [shown],
    },
  ]
}

const DEMANDS = ['key', 'pair', 'exponent', 'subject', 'proof', 'path', 'use'] as const

/** Expected against seen of one enrollment. Pure. */
export function enrollmentRows(
  { observations }: Pick<ScenarioResult, 'observations'>,
  step: number,
  expect: EnrollExpectation,
): readonly ComparisonRow[] {
  const shown = ofKind(sliceOfStep(observations, step), 'enrolled').at(-1)
  const finding = judgeEnrollment(observations, expect, step)
  const demands = DEMANDS.filter((demand) => expect[demand] !== 'any').map(
    (demand) => `${demand} ${expect[demand]}`,
  )
  return [
    {
      what: `Key for "${expect.certificate}"`,
      expected: `${enrollmentWords(expect.by)} for a key ${expect.algorithm}${demands.length === 0 ? '' : ` (${demands.join(', ')})`}`,
      seen:
        shown === undefined
          ? 'the adapter did not answer'
          : `${enrollmentWords(shown.answered)}${shown.key === null ? '' : ` for a key ${shown.key}`}${finding.finding === 'failed' ? `: ${finding.seen}` : ''}`,
      mark: finding.finding === 'fine' ? 'agrees' : 'differs',
      evidence: finding.finding === 'fine' || shown === undefined ? [] : [shown],
    },
  ]
}
