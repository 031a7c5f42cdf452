import type { Observation } from '../../observation/types.ts'
import { ofKind } from '../../verdict/delivery.ts'

/** How far a dispatcher has come at one URL. */
export interface Progress {
  readonly stage: 'waiting' | 'connected' | 'requested'
  readonly connections: number
  readonly requests: number
  /** Connections that are still open. */
  readonly open: number
  /** When something was seen last, in milliseconds since the watch began; 0 = nothing yet. */
  readonly lastAt: number
}

/** Reads it from the ledger. Pure. */
export function progressOf(seen: readonly Observation[]): Progress {
  const onWire = seen.filter((one) => 'connection' in one)
  const connections = ofKind(onWire, 'connection-opened').length
  const requests = ofKind(onWire, 'request').length
  const began = ofKind(onWire, 'client-hello').length + ofKind(onWire, 'not-tls').length
  return {
    stage: requests > 0 ? 'requested' : began > 0 ? 'connected' : 'waiting',
    connections,
    requests,
    open: connections - ofKind(onWire, 'connection-closed').length,
    lastAt: onWire.at(-1)?.at ?? 0,
  }
}

/**
 * Whether there is nothing more to wait for: the dispatcher came, and has kept still for `quietMs`, so
 * that a second try by a worse way would have been seen.
 */
export function isSettled(progress: Progress, nowMs: number, quietMs: number): boolean {
  return progress.stage !== 'waiting' && progress.open === 0 && nowMs - progress.lastAt >= quietMs
}
