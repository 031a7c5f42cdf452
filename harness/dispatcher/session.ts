import { MAX_LINE_BYTES } from './deadlines.ts'
import type { Command, Replies, RequestBody, RequestOf } from './messages.ts'
import type { Outcome } from './outcome.ts'
import { problemInRequest } from './parse-message.ts'

/**
 * One conversation with an adapter, from its start to its first protocol error, missed deadline or
 * end. A broken session stays broken: whoever owns it starts another.
 */
export interface Session {
  readonly state: 'open' | 'broken'
  /** Sends a request; never rejects. `errored` and `unsupported` leave the session open. */
  exchange<C extends Command>(
    request: RequestOf<C>,
    deadlineMs: number,
  ): Promise<Outcome<Replies[C]>>
  /** Sends a command that the protocol does not have. */
  probe(cmd: string, deadlineMs: number): Promise<Outcome<'answered'>>
  /** Ends it and everything that it started. Requests in flight end as `gone`. */
  close(): Promise<void>
}

/**
 * Begins a session.
 *
 * @throws HarnessError ERR_DISPATCHER_NOT_STARTED
 */
export type Connect = () => Promise<Session>

/**
 * A request as it crosses the wire, or what is wrong with it. The harness holds itself to the schema
 * too: an adapter must never be blamed for a message that it could not understand.
 */
export function encode(
  request: RequestBody & { readonly id: number },
): { readonly line: string } | { readonly problem: string } {
  const problem = problemInRequest(request)
  if (problem !== null) {
    return {
      problem: `the harness itself made an invalid ${request.cmd} (a bug in hookproof): ${problem}`,
    }
  }
  const line = JSON.stringify(request)
  if (Buffer.byteLength(line) >= MAX_LINE_BYTES) {
    return {
      problem: `the ${request.cmd} that the harness made is longer than the protocol's 1 MiB`,
    }
  }
  return { line }
}

/**
 * UTF-8 JSON to a value. The problem says in what way it is neither.
 */
export function decode(
  bytes: Uint8Array,
): { readonly message: unknown } | { readonly problem: string } {
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return { problem: 'is not UTF-8' }
  }
  try {
    return { message: JSON.parse(text) }
  } catch {
    return { problem: 'is not JSON' }
  }
}
