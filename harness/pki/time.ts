import type { Instant } from '../scenario/certificate.ts'
import { verbatim, type Asn1 } from './der.ts'
import { pkiError } from './pki-error.ts'

const UTC_TIME = 0x17
const GENERALIZED_TIME = 0x18

/** An instant that is less than this away from now is meant to be near its scenario, in milliseconds: an hour. */
const NEAR_MS = 3_600_000

/** The two moments that relative instants count from. */
export interface Moments {
  /** The run's. */
  readonly run: Date
  /** When the scenario itself began. */
  readonly scenario: Date
}

/** Whether an instant counts from the scenario's own beginning: "a second ago" is over a minute ago once the run is a minute old. */
export function distanceOf(instant: Instant): 'near' | 'far' {
  return instant.kind === 'relative' && Math.abs(instant.ms) < NEAR_MS ? 'near' : 'far'
}

/**
 * The date of a scenario's instant, cut to whole seconds, which is all that a certificate can say. What is
 * less than an hour away counts from the scenario's beginning, the rest from the run's.
 *
 * @throws HarnessError `ERR_PKI` when an absolute instant is not a date.
 */
export function dateOf(instant: Instant, { run, scenario }: Moments): Date {
  const now = distanceOf(instant) === 'near' ? scenario : run
  const ms = instant.kind === 'relative' ? now.getTime() + instant.ms : Date.parse(instant.iso)
  if (Number.isNaN(ms)) {
    throw pkiError(
      `${JSON.stringify(instant)} is not a moment in time.`,
      'Write an absolute moment in ISO 8601, for example 2051-01-01T00:00:00Z.',
    )
  }
  return new Date(Math.floor(ms / 1000) * 1000)
}

/**
 * A Time: UTCTime from 1950 through 2049, GeneralizedTime otherwise (RFC 5280 4.1.2.5).
 *
 * @throws HarnessError `ERR_PKI` for a year that four digits cannot say.
 */
export function time(date: Date): Asn1 {
  const digits = digitsOf(date)
  const year = date.getUTCFullYear()
  return year >= 1950 && year <= 2049
    ? verbatim(UTC_TIME, Buffer.from(digits.slice(2), 'latin1'))
    : generalizedTime(date)
}

/**
 * A GeneralizedTime whatever the year, as OCSP has it (RFC 6960 4.2.2.1).
 *
 * @throws HarnessError `ERR_PKI` for a year that four digits cannot say.
 */
export function generalizedTime(date: Date): Asn1 {
  return verbatim(GENERALIZED_TIME, Buffer.from(digitsOf(date), 'latin1'))
}

function digitsOf(date: Date): string {
  const year = date.getUTCFullYear()
  if (Number.isNaN(year) || year < 0 || year > 9999) {
    throw pkiError(
      `A certificate cannot say the year of ${date.getTime()} ms since 1970.`,
      'Choose a moment from the year 0 through 9999.',
    )
  }
  return `${date.toISOString().slice(0, 19).replace(/[-:T]/g, '')}Z`
}
