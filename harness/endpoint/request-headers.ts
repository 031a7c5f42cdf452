import type { IncomingMessage } from 'node:http'
import { printable } from '../observation/printable.ts'

/** Headers by lower-case name, each value apart. */
export type DistinctHeaders = Readonly<Record<string, readonly string[]>>

const MOST_VALUES = 8
const LONGEST_VALUE = 400

const CREDENTIALS = new Set(['authorization', 'proxy-authorization'])
const SECRET_NAME = /cookie|secret|token|password|api-?key/

/**
 * A request's headers for the ledger, as they came: bounded, printable, secrets left out. Every name is
 * kept, for scenarios ask whether one was sent; Node bounds them to 16 KiB together.
 */
export function headersForLedger(request: IncomingMessage): DistinctHeaders {
  const entries = Object.entries(request.headersDistinct).map(([name, values = []]) => {
    const shown = values.slice(0, MOST_VALUES).map((value) => redact(name, value))
    return [printable(name, LONGEST_VALUE), shown] as const
  })
  return Object.fromEntries(entries)
}

function redact(name: string, value: string): string {
  if (CREDENTIALS.has(name)) {
    // Without a space there is no scheme to tell from the secret.
    const scheme = /^([A-Za-z][A-Za-z0-9-]{0,20}) /.exec(value)?.[1]
    return scheme === undefined ? '[redacted]' : `${scheme} [redacted]`
  }
  return SECRET_NAME.test(name) ? '[redacted]' : printable(value, LONGEST_VALUE)
}

/** The only value of a header, or null when there is none or more than one. */
export function singleHeader(request: IncomingMessage, name: string): string | null {
  const values = request.headersDistinct[name] ?? []
  return values.length === 1 ? (values[0] ?? null) : null
}
