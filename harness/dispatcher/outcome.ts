import type { Secret } from '../scenario/vocabulary.ts'

/**
 * What is wrong with an adapter, in the words of the `adapter-fault` observation: it said itself
 * that it failed, was too late, broke the protocol, ended, or its clock is off.
 */
export type AdapterFault = 'errored' | 'timeout' | 'protocol' | 'gone' | 'clock'

/** A secret that a reply gives away: which kind, never the secret itself. */
export interface Told {
  readonly secret: Secret
  /** Name of the field, with a dot between outer and inner, such as `attempts.native`. */
  readonly field: string
}

/** A request that got no answer to judge by. */
export interface Faulted {
  readonly outcome: 'fault'
  readonly fault: AdapterFault
  /** One sentence, with the offending line quoted: bounded, escaped, secrets redacted. */
  readonly detail: string
  /** Last 8 KiB of free text that came meanwhile, redacted; empty = none. */
  readonly stderr: string
  /** Of a reply that says `errored`; empty where none came. */
  readonly told: readonly Told[]
}

/** How a request to an adapter ended. Nothing is thrown once an adapter has started. */
export type Outcome<R> =
  | {
      readonly outcome: 'ok'
      readonly reply: R
      readonly stderr: string
      readonly told: readonly Told[]
    }
  /** The adapter does not know the command. */
  | { readonly outcome: 'unsupported'; readonly stderr: string }
  | Faulted

/** A {@link Faulted}; `stderr` and `told` default to none. */
export function faulted(
  fault: AdapterFault,
  detail: string,
  stderr = '',
  told: readonly Told[] = [],
): Faulted {
  return { outcome: 'fault', fault, detail, stderr, told }
}

/** A reply that arrived; `stderr` and `told` default to none. */
export function answered<R>(reply: R, stderr = '', told: readonly Told[] = []): Outcome<R> {
  return { outcome: 'ok', reply, stderr, told }
}
