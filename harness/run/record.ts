import type {
  ConfigureOutcome,
  DeliverOutcome,
  InspectOutcome,
  ResetOutcome,
} from '../dispatcher/adapter.ts'
import type { Outcome } from '../dispatcher/outcome.ts'
import type { Ledger } from '../observation/ledger.ts'
import type { Observation } from '../observation/types.ts'
import type { IssuedMaterial } from '../pki/types.ts'
import type { TargetName } from '../scenario/types.ts'
import type { DrivenEvent } from './event.ts'

type NotOk = Exclude<Outcome<never>, { outcome: 'ok' }>
type Command = Extract<Observation, { kind: 'secret-told' }>['command']

/** Notes what a reply gives away. It stands in the ledger before what else the reply says. */
function tell(ledger: Ledger, outcome: Outcome<unknown>, command: Command): void {
  if (outcome.outcome === 'unsupported') return
  for (const told of outcome.told) ledger.record({ kind: 'secret-told', command, ...told })
}

function broken(ledger: Ledger, outcome: NotOk, command: Command): 'broken' {
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
  tell,
  broken,

  configured(
    ledger: Ledger,
    target: TargetName,
    outcome: ConfigureOutcome,
  ): 'accepted' | 'refused' | 'broken' {
    tell(ledger, outcome, 'configure')
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
    tell(ledger, outcome, 'deliver')
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
    tell(ledger, outcome, 'reset')
    if (outcome.outcome !== 'ok') return broken(ledger, outcome, 'reset')
    ledger.record({ kind: 'dropped', dropped: outcome.reply.dropped })
    return 'done'
  },

  inspected(ledger: Ledger, outcome: InspectOutcome, material: IssuedMaterial): 'done' | 'broken' {
    tell(ledger, outcome, 'inspect')
    if (outcome.outcome !== 'ok') return broken(ledger, outcome, 'inspect')
    const shown = outcome.reply.clientCertificate
    ledger.record({
      kind: 'inspected',
      sha256: shown?.sha256 ?? null,
      name: shown === null ? null : material.nameOf(shown.sha256),
      notAfter: shown?.notAfter ?? null,
      certifiedNotAfter: shown === null ? null : certifiedNotAfter(shown.sha256, material),
      warnings: outcome.reply.warnings,
    })
    return 'done'
  },
}

function certifiedNotAfter(sha256: string, material: IssuedMaterial): string | null {
  const name = material.nameOf(sha256)
  const validTo = name === null ? undefined : material.known(name).x509?.validTo
  const moment = validTo === undefined ? NaN : Date.parse(validTo)
  return Number.isNaN(moment) ? null : new Date(moment).toISOString().replace('.000Z', 'Z')
}
