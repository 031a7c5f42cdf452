import { createHmac, timingSafeEqual } from 'node:crypto'
import type { SignatureFinding } from '../observation/types.ts'
import type { EventExpected } from './types.ts'

/** How far a webhook-timestamp may be from now, in seconds (Standard Webhooks, "Verifying"). */
const TOLERANCE_S = 300

/** Header of the scheme `hmac-sha256` (adapter protocol, "signature"). */
const HMAC_HEADER = 'x-signature'

/**
 * Verifies a payload's signature over the body's bytes.
 *
 * - `standard-webhooks`: HMAC-SHA256 over `id.timestamp.body`, base64 behind `v1,`; one of the
 *   space-separated signatures must match and the timestamp be within five minutes.
 * - `hmac-sha256`: `sha256=` and lower-case hexadecimal in `x-signature`.
 *
 * @param header the only value of a header by lower-case name, or null
 * @returns `none` when the scenario signs nothing or the request carries no signature header.
 */
export function checkSignature(
  expected: EventExpected['signature'],
  header: (name: string) => string | null,
  body: Buffer,
  now: Date,
): SignatureFinding {
  if (expected === null) return 'none'
  switch (expected.scheme) {
    case 'hmac-sha256': {
      const given = header(HMAC_HEADER)
      if (given === null) return 'none'
      const digest = createHmac('sha256', expected.secret).update(body).digest('hex')
      return isSame(given, `sha256=${digest}`) ? 'valid' : 'invalid'
    }
    case 'standard-webhooks': {
      const given = header('webhook-signature')
      const id = header('webhook-id')
      const timestamp = header('webhook-timestamp')
      if (given === null && id === null && timestamp === null) return 'none'
      if (given === null || id === null || timestamp === null) return 'invalid'
      if (!isTimely(timestamp, now)) return 'invalid'
      const digest = createHmac('sha256', expected.secret)
        .update(`${id}.${timestamp}.`)
        .update(body)
        .digest('base64')
      return given.split(' ').some((one) => isSame(one, `v1,${digest}`)) ? 'valid' : 'invalid'
    }
  }
}

function isTimely(timestamp: string, now: Date): boolean {
  if (!/^\d{1,12}$/.test(timestamp)) return false
  return Math.abs(Number(timestamp) - now.getTime() / 1000) <= TOLERANCE_S
}

function isSame(given: string, right: string): boolean {
  const [one, other] = [Buffer.from(given), Buffer.from(right)]
  return one.length === other.length && timingSafeEqual(one, other)
}
