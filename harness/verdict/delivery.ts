import type { Observation } from '../observation/types.ts'
import type { Expectation } from '../scenario/types.ts'

/** An observation of one kind. */
export type Of<K extends Observation['kind']> = Extract<Observation, { readonly kind: K }>

/** What was seen of one delivery: everything from its step to the next one. */
export interface DeliverySeen {
  /** Index of the step in the scenario. */
  readonly step: number
  readonly expect: Expectation
  readonly reply: Of<'reply'> | null
  /** `endpoint-only`: there was no adapter that could have replied, so that one witness is missing. */
  readonly witnesses: 'both' | 'endpoint-only'
  /** Refusal of the configuration that was in force, if the adapter refused it. */
  readonly configRefusal: Of<'configured'> | null
  /** Everything seen on the endpoint's own listener. */
  readonly endpoint: Connections
  readonly elsewhere: Connections
  readonly tokenServer: Connections
  readonly tokenRequests: readonly Of<'token-request'>[]
}

/** What one listener saw during a delivery, by kind. */
export interface Connections {
  readonly opened: readonly Of<'connection-opened'>[]
  readonly hellos: readonly Of<'client-hello'>[]
  readonly plaintext: readonly Of<'not-tls'>[]
  readonly handshakes: readonly Of<'handshake'>[]
  readonly failures: readonly Of<'handshake-failed'>[]
  readonly requests: readonly Of<'request'>[]
  readonly closed: readonly Of<'connection-closed'>[]
}

/** The observations of that kind, narrowed. */
export function ofKind<K extends Observation['kind']>(
  seen: readonly Observation[],
  kind: K,
): readonly Of<K>[] {
  return seen.filter((one): one is Of<K> => one.kind === kind)
}

/**
 * What one listener saw in a slice of the ledger. A connection belongs to the step that opened it:
 * its close counts there even when it comes later, and never counts against a later step. A request
 * counts where it was sent, and brings the handshake of its connection with it.
 */
function connectionsOf(
  all: readonly Observation[],
  slice: readonly Observation[],
  listener: 'endpoint' | 'elsewhere' | 'token-server',
): Connections {
  const isHere = (one: Observation) => 'listener' in one && one.listener === listener
  const here = slice.filter(isHere)
  const opened = ofKind(here, 'connection-opened')
  const requests = ofKind(here, 'request')
  const own = new Set(opened.map((one) => one.connection))
  const used = new Set([...own, ...requests.map((one) => one.connection)])
  const everywhere = all.filter(isHere)
  return {
    opened,
    hellos: ofKind(here, 'client-hello'),
    plaintext: ofKind(here, 'not-tls'),
    handshakes: ofKind(everywhere, 'handshake').filter((one) => used.has(one.connection)),
    failures: ofKind(here, 'handshake-failed'),
    requests,
    closed: ofKind(everywhere, 'connection-closed').filter((one) => own.has(one.connection)),
  }
}

/** The part of a ledger that belongs to step `step`: from its marker to the next marker. */
export function sliceOfStep(seen: readonly Observation[], step: number): readonly Observation[] {
  const from = seen.findIndex((one) => one.kind === 'step' && one.step === step)
  if (from < 0) return []
  const length = seen.slice(from + 1).findIndex((one) => one.kind === 'step')
  return seen.slice(from, length < 0 ? undefined : from + 1 + length)
}

/** The target's configuration in force when step `step` began: the last `configured` before it. */
function configurationBefore(
  seen: readonly Observation[],
  step: number,
  target: Expectation['target'],
): Of<'configured'> | null {
  const from = seen.findIndex((one) => one.kind === 'step' && one.step === step)
  const before = ofKind(from < 0 ? seen : seen.slice(0, from), 'configured')
  return before.findLast((one) => one.target === target) ?? null
}

/** Whose word there is in a ledger, or in the part of it that belongs to one step. */
export function witnessesOf(seen: readonly Observation[]): DeliverySeen['witnesses'] {
  return seen.some(({ kind }) => kind === 'unheard') ? 'endpoint-only' : 'both'
}

/** Collects what belongs to the delivery of step `step`. */
export function deliverySeen(
  seen: readonly Observation[],
  step: number,
  expect: Expectation,
): DeliverySeen {
  const slice = sliceOfStep(seen, step)
  const configuration = configurationBefore(seen, step, expect.target)
  return {
    step,
    expect,
    reply: ofKind(slice, 'reply').at(-1) ?? null,
    witnesses: witnessesOf(slice),
    configRefusal: configuration?.result === 'refused' ? configuration : null,
    endpoint: connectionsOf(seen, slice, 'endpoint'),
    elsewhere: connectionsOf(seen, slice, 'elsewhere'),
    tokenServer: connectionsOf(seen, slice, 'token-server'),
    tokenRequests: ofKind(slice, 'token-request'),
  }
}
