import type { Observation } from '../observation/types.ts'
import type { InspectExpectation } from '../scenario/types.ts'
import { ofKind, sliceOfStep, type Of } from './delivery.ts'
import { FINE, failed, firstProblem, inconclusive, type Finding } from './finding.ts'

/** What the dispatcher shows its user of a certificate: which one, until when, and what it warns of. Its subject is free text. */
export function judgeInspection(
  seen: readonly Observation[],
  expect: InspectExpectation,
  index: number,
): Finding {
  const shown = ofKind(sliceOfStep(seen, index), 'inspected').at(-1)
  if (shown === undefined) return inconclusive('adapter', 'the adapter did not answer inspect')
  return firstProblem([
    () => rightCertificate(shown, expect),
    () => rightEnd(shown),
    () => rightWarnings(shown, expect),
  ])
}

function rightCertificate(shown: Of<'inspected'>, { certificate }: InspectExpectation): Finding {
  if (shown.name === certificate) return FINE
  return failed(
    'wrong-certificate',
    `the thumbprint of the certificate "${certificate}"`,
    `inspect showed ${shown.name === null ? (shown.sha256 ?? 'none') : `"${shown.name}"`}`,
  )
}

function rightEnd(shown: Of<'inspected'>): Finding {
  if (endShown(shown) !== 'another') return FINE
  return failed(
    'unmet',
    `the notAfter of the certificate, ${shown.certifiedNotAfter ?? 'which is unknown'}`,
    `inspect showed ${shown.notAfter ?? 'none'}`,
  )
}

/**
 * Whether the end of validity that was shown is the notAfter of the certificate shown, to the second: a fraction of one is
 * no difference, and no zone is. `unknown` where the certificate has none that could be read.
 */
export function endShown({
  notAfter,
  certifiedNotAfter,
}: Pick<Of<'inspected'>, 'notAfter' | 'certifiedNotAfter'>): 'same' | 'another' | 'unknown' {
  const certified = certifiedNotAfter === null ? null : secondOf(certifiedNotAfter)
  if (certified === null) return 'unknown'
  return notAfter !== null && secondOf(notAfter) === certified ? 'same' : 'another'
}

const RFC_3339 =
  /^(\d{4,5})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.\d+)?(?:[Zz]|([+-])(\d\d):(\d\d))$/

/**
 * Whole seconds since 1970, or null for what is no moment. Not `Date.parse`: that knows no year of five digits, which
 * 9999-12-31T23:59:59Z, the end of what never ends (RFC 5280 4.1.2.5), has east of Greenwich.
 */
function secondOf(text: string): number | null {
  const match = RFC_3339.exec(text)
  if (match === null) return null
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match
    .slice(1, 7)
    .map(Number)
  const date = new Date(0)
  // Not Date.UTC, which takes the years before 100 for others.
  date.setUTCFullYear(year, month - 1, day)
  date.setUTCHours(hour, minute, second)
  const isMoment =
    date.getUTCMonth() === month - 1 &&
    date.getUTCDate() === day &&
    hour < 24 &&
    minute < 60 &&
    second < 60
  if (!isMoment) return null
  const [, , , , , , , sign, hours, minutes] = match
  const offset = sign === undefined ? 0 : Number(hours) * 3600 + Number(minutes) * 60
  return Math.floor(date.getTime() / 1000) - (sign === '-' ? -offset : offset)
}

function rightWarnings(shown: Of<'inspected'>, expect: InspectExpectation): Finding {
  const needless = expect.absentWarnings.find((warning) => shown.warnings.includes(warning))
  if (needless !== undefined) {
    return failed('unmet', `no warning ${needless}`, 'inspect gave it without need')
  }
  const missing = expect.warnings.find((warning) => !shown.warnings.includes(warning))
  if (missing === undefined) return FINE
  return failed(
    'unmet',
    `the warning ${missing}`,
    shown.warnings.length === 0
      ? 'inspect warned of nothing'
      : `inspect warned of ${shown.warnings.join(', ')}`,
  )
}
