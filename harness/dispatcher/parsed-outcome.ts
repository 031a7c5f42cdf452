import type { Outcome, Told } from './outcome.ts'
import { answered, faulted } from './outcome.ts'
import type { Parsed } from './parse-message.ts'

/**
 * The outcome of a request whose reply the schema let through.
 *
 * @param told - The secrets that the reply tells.
 */
export function outcomeOf<R>(
  parsed: Exclude<Parsed<R>, { readonly result: 'invalid' }>,
  stderr: string,
  told: readonly Told[],
): Outcome<R> {
  switch (parsed.result) {
    case 'reply':
      return answered(parsed.reply, stderr, told)
    case 'unsupported':
      return { outcome: 'unsupported', stderr }
    case 'errored':
      return faulted('errored', `the adapter says that it failed: ${parsed.message}`, stderr, told)
  }
}

/**
 * How the answer to a command that does not exist is read: `unsupported` is the only right one, and
 * everything else says that the adapter took the command for a real one.
 */
export function parseProbe(parsed: Parsed<unknown>): Parsed<'answered'> {
  return parsed.result === 'unsupported' ? parsed : { result: 'reply', reply: 'answered' }
}
