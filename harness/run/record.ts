import type {
  ConfigureOutcome,
  DeliverOutcome,
  InspectOutcome,
  ResetOutcome,
} from '../dispatcher/adapter.ts'
import type { Outcome } from '../dispatcher/outcome.ts'
import type { Ledger } from '../observation/ledger.ts'
import type { IssuedMaterial } from '../pki/types.ts'
import type { TargetName } from '../scenario/types.ts'
import type { DrivenEvent } from './event.ts'

type NotOk = Exclude<Outcome<never>, { outcome: 'ok' }>

function broken(ledger: Ledger, outcome: NotOk, command: string): 'broken' {
  if (outcome.outcome === 'unsupported') {
    ledger.record({
      kind: 'adapter-fault',
      fault: 'unsupported',
      detail: `it answered ${command} with unsupported`,
    })
  } else {
    ledger.record({ kind: 'adapter-fault', fault: outcome.fault, detail: outcome.detail })
  }
  return 'broken'
}

/** Writes an adapter's answers into the ledger, and says whether the scenario can go on. */
export const record = {
  broken,

  configured(
    ledger: Ledger,
    target: TargetName,
    outcome: ConfigureOutcome,
  ): 'accepted' | 'refused' | 'broken' {
    if (outcome.outcome !== 'ok') return broken(ledger, outcome, 'configure')
    const { reply } = outcome
    ledger.record({
      kind: 'configured',
      target,
      result: reply.result,
      reason: reply.result === 'refused' ? reply.reason : null,
      unsupported: reply.result === 'unsupported' ? reply.unsupported : [],
    })
    return reply.result === 'unsupported' ? 'broken' : reply.result
  },

  replied(
    ledger: Ledger,
    outcome: DeliverOutcome,
    event: DrivenEvent,
    payload: 'verbatim' | 'wrapped',
  ): 'done' | 'broken' {
    if (outcome.outcome !== 'ok') return broken(ledger, outcome, 'deliver')
    ledger.record({
      kind: 'reply',
      disposition: outcome.reply.disposition,
      attempts: outcome.reply.attempts,
      eventId: event.id,
      eventSha256: event.sha256,
      payload,
    })
    return 'done'
  },

  dropped(ledger: Ledger, outcome: ResetOutcome): 'done' | 'broken' {
    if (outcome.outcome !== 'ok') return broken(ledger, outcome, 'reset')
    ledger.record({ kind: 'dropped', dropped: outcome.reply.dropped })
    return 'done'
  },

  inspected(ledger: Ledger, outcome: InspectOutcome, material: IssuedMaterial): 'done' | 'broken' {
    if (outcome.outcome !== 'ok') return broken(ledger, outcome, 'inspect')
    const shown = outcome.reply.clientCertificate
    ledger.record({
      kind: 'inspected',
      sha256: shown?.sha256 ?? null,
      name: shown === null ? null : material.nameOf(shown.sha256),
      notAfter: shown?.notAfter ?? null,
      warnings: outcome.reply.warnings,
    })
    return 'done'
  },
}
