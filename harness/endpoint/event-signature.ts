import { createHmac, timingSafeEqual } from 'node:crypto'
import type { SignatureFinding } from '../observation/types.ts'
import type { SignatureScheme } from '../scenario/setup.ts'
import type { EventSecret } from './types.ts'

/** How far a webhook-timestamp may be from now, in seconds (Standard Webhooks, "Verifying"). */
const TOLERANCE_S = 300

/** Header of the scheme `hmac-sha256` (adapter protocol, "signature"). */
const HMAC_HEADER = 'x-signature'

const HEADERS: Readonly<Record<SignatureScheme, readonly string[]>> = {
  'standard-webhooks': ['webhook-signature', 'webhook-id', 'webhook-timestamp'],
  'hmac-sha256': [HMAC_HEADER],
}

/** What a request's payload signatures came to. */
export interface SignatureSeen {
  /** `none` when the scenario signs nothing, or the request carries no header of a signature. */
  readonly signature: SignatureFinding
  /** Names of the secrets with which a signature verified, in the order of the scenario. */
  readonly signedWith: readonly string[]
}

/** A request as far as its signature goes. */
export interface SignedRequest {
  /** The only value of a header by lower-case name, or null. */
  readonly header: (name: string) => string | null
  readonly body: Buffer
}

/**
 * Verifies a payload's signatures over the body's bytes, with each secret of the scenario.
 *
 * - `standard-webhooks`: HMAC-SHA256 over `id.timestamp.body`, base64 behind `v1,`; one of the
 *   space-separated signatures must match and the timestamp be within five minutes.
 * - `hmac-sha256`: `sha256=` and lower-case hexadecimal in `x-signature`.
 */
export function checkSignature(
  secrets: readonly EventSecret[],
  request: SignedRequest,
  now: Date,
): SignatureSeen {
  const verified = secrets.filter((one) => verifies(one, request, now))
  if (verified.length > 0) {
    return { signature: 'valid', signedWith: verified.map(({ name }) => name) }
  }
  const carriesSome = secrets
    .flatMap(({ scheme }) => HEADERS[scheme])
    .some((name) => request.header(name) !== null)
  return { signature: carriesSome ? 'invalid' : 'none', signedWith: [] }
}

function verifies({ scheme, secret }: EventSecret, request: SignedRequest, now: Date): boolean {
  const { header, body } = request
  switch (scheme) {
    case 'hmac-sha256': {
      const given = header(HMAC_HEADER)
      if (given === null) return false
      return isSame(given, `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`)
    }
    case 'standard-webhooks': {
      const given = header('webhook-signature')
      const id = header('webhook-id')
      const timestamp = header('webhook-timestamp')
      if (given === null || id === null || timestamp === null) return false
      if (!isTimely(timestamp, now)) return false
      const digest = createHmac('sha256', secret)
        .update(`${id}.${timestamp}.`)
        .update(body)
        .digest('base64')
      return given.split(' ').some((one) => isSame(one, `v1,${digest}`))
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
