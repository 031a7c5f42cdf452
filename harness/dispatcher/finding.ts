import type { Outcome } from './outcome.ts'

/** What the doctor looks at, in this order. */
export type CheckName =
  | 'hello'
  | 'clock'
  | 'core-capabilities'
  | 'unknown-command'
  | 'configure'
  | 'replace'
  | 'closed-port'
  | 'broken-configuration'
  | 'secrets'
  | 'parallel'
  | 'reset'
  | 'inspect'
  | 'enroll'

/** What the doctor found about one thing. */
export type Finding =
  | {
      readonly check: CheckName
      readonly result: 'sound' | 'not-declared'
      readonly sentence: string
      readonly hint: null
    }
  | {
      readonly check: CheckName
      readonly result: 'broken'
      readonly sentence: string
      /** What the adapter's author can do. */
      readonly hint: string
    }

/** The adapter does this right. */
export function sound(check: CheckName, sentence: string): Finding {
  return { check, result: 'sound', sentence, hint: null }
}

/** The adapter does not claim to do this. */
export function notDeclared(check: CheckName, sentence: string): Finding {
  return { check, result: 'not-declared', sentence, hint: null }
}

/** The adapter does this wrong: its verdicts could not be relied upon. */
export function broken(check: CheckName, sentence: string, hint: string): Finding {
  return { check, result: 'broken', sentence, hint }
}

/** A request got no reply that can be looked at. `what` is the subject of the sentence. */
export function wentWrong(
  check: CheckName,
  what: string,
  outcome: Exclude<Outcome<never>, { readonly outcome: 'ok' }>,
  hint: string,
): Finding {
  return outcome.outcome === 'unsupported'
    ? broken(check, `${what} is answered with \`unsupported\`.`, hint)
    : broken(check, `${what} ends in a fault (${outcome.fault}): ${outcome.detail}.`, hint)
}
