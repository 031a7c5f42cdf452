import type { KeyAlgorithm } from '../scenario/certificate.ts'
import type {
  ConfigureReply,
  DeliverReply,
  EnrollCapability,
  EnrollReply,
  Hello,
  InspectReply,
  ResetReply,
  TargetConfig,
  WebhookEvent,
} from './messages.ts'
import type { Outcome } from './outcome.ts'

/** How `configure` ended. */
export type ConfigureOutcome = Outcome<ConfigureReply>
/** How `deliver` ended. */
export type DeliverOutcome = Outcome<DeliverReply>
/** How `reset` ended. */
export type ResetOutcome = Outcome<ResetReply>
/** How `inspect` ended. */
export type InspectOutcome = Outcome<InspectReply>
/** How `enroll` ended. */
export type EnrollOutcome = Outcome<EnrollReply>
/** How a command that no protocol has ended; `answered` = the adapter took it for a real one. */
export type ProbeOutcome = Outcome<'answered'>

/**
 * A dispatcher under test that has introduced itself. No method throws or rejects: what goes wrong
 * is an outcome. Disposing of it says `bye`, then stops every process that was started.
 */
export interface StartedAdapter extends AsyncDisposable {
  readonly carrier: 'stdio' | 'http' | 'exec'
  readonly hello: Hello
  /** Registers a target, or replaces it. */
  configure(target: string, config: TargetConfig): Promise<ConfigureOutcome>
  /** Sends one event; `deadlineMs` is the dispatcher's, the harness waits two seconds longer. */
  deliver(target: string, event: WebhookEvent, deadlineMs: number): Promise<DeliverOutcome>
  reset(): Promise<ResetOutcome>
  inspect(target: string): Promise<InspectOutcome>
  enroll(algorithm: KeyAlgorithm, capability: EnrollCapability): Promise<EnrollOutcome>
  /** The harness is done with the target: it is not configured again after a restart. */
  forget(target: string): void
  /** Says hello once more, for `hookproof doctor`. */
  greet(): Promise<Outcome<Hello>>
  /** Sends a command that the protocol does not have, for `hookproof doctor`. */
  probe(cmd: string): Promise<ProbeOutcome>
}
