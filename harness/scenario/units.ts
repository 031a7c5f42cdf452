import type { Instant } from './certificate.ts'
import type { Range } from './types.ts'

const MILLISECONDS = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  y: 365 * 86_400_000,
} as const

const DURATION = /^([+-]?)(\d{1,5})(ms|s|m|h|d|y)$/

/**
 * Reads `250ms`, `1h`, `-1d`: an optional sign, up to five digits, and one of ms s m h d y (365 days).
 * @returns milliseconds, or null when the text is no duration.
 */
export function readDuration(text: string): number | null {
  const match = DURATION.exec(text)
  if (match === null) return null
  const [, sign, digits, unit] = match
  const ms = Number(digits) * MILLISECONDS[unit as keyof typeof MILLISECONDS]
  if (!Number.isSafeInteger(ms)) return null
  return sign === '-' ? -ms : ms
}

const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/

/**
 * Reads a moment: a duration relative to now (`-1d` is a day ago), or ISO 8601 in UTC.
 * @returns null when the text is neither.
 */
export function readInstant(text: string): Instant | null {
  const ms = readDuration(text)
  if (ms !== null) return { kind: 'relative', ms }
  return ISO.test(text) && !Number.isNaN(Date.parse(text)) ? { kind: 'absolute', iso: text } : null
}

/**
 * Reads a count: `2` is exactly two, `1..2` one or two.
 * @returns null when the ends are out of order or it is no count.
 */
export function readRange(count: number | string): Range | null {
  if (typeof count === 'number') return { min: count, max: count }
  const match = /^(\d+)\.\.(\d+)$/.exec(count)
  if (match === null) return null
  const [min, max] = [Number(match[1]), Number(match[2])]
  return min <= max ? { min, max } : null
}
