import { HarnessError } from '../errors.ts'

/** Names listed in a message at most; a scenario seldom has more. */
const LISTED = 20

/** An `ERR_PKI` with this sentence, hint and cause. */
export function pkiError(sentence: string, hint: string, cause?: unknown): HarnessError {
  return new HarnessError('ERR_PKI', sentence, cause === undefined ? { hint } : { hint, cause })
}

/** `a, b and 3 more`, for messages that name what is known. */
export function listNames(names: readonly string[]): string {
  if (names.length === 0) return 'none'
  if (names.length <= LISTED) return names.join(', ')
  return `${names.slice(0, LISTED).join(', ')} and ${names.length - LISTED} more`
}

/**
 * The octets that a hexadecimal string states; the empty string states none.
 *
 * @param what what it is, for the message, for example `serial of certificate "endpoint"`
 * @throws HarnessError `ERR_PKI` when it is not whole octets in hexadecimal.
 */
export function octetsFromHex(hex: string, what: string): Buffer {
  if (!/^(?:[0-9a-fA-F]{2})*$/.test(hex)) {
    throw pkiError(
      `The ${what} is not hexadecimal: ${JSON.stringify(hex.slice(0, 80))}.`,
      'Write whole octets, two digits each, without separators, for example "00a1".',
    )
  }
  return Buffer.from(hex, 'hex')
}
