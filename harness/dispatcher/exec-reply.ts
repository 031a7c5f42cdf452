import type { ReasonRule } from './description.ts'
import type { DeliverReply } from './messages.ts'
import type { Clean } from './parse-message.ts'

/**
 * What an exit status says became of the event: 0 = delivered, any other failed for the reason that
 * its rules name, or for none that is known. A rule may ask for a text on standard error, since many
 * programs have one status for every certificate they refuse.
 */
export function replyOf(
  status: number,
  stderr: string,
  reasons: ReadonlyMap<number, readonly ReasonRule[]>,
  clean: Clean,
): DeliverReply {
  const lines = stderr.split('\n').map((line) => line.trim())
  const last = lines.findLast((line) => line !== '')
  if (status === 0) {
    const native = clean(nativeOf(0, last))
    return {
      disposition: 'delivered',
      attempts: [{ stage: 'response', reason: null, status: null, native }],
    }
  }
  for (const rule of reasons.get(status) ?? []) {
    const { stderr: text } = rule
    const line = text === null ? last : lines.find((one) => one.includes(text))
    if (text !== null && line === undefined) continue
    const { disposition, stage, reason } = rule
    const native = clean(nativeOf(status, line))
    return { disposition, attempts: [{ stage, reason, status: null, native }] }
  }
  const native = clean(nativeOf(status, last))
  return {
    disposition: 'failed',
    attempts: [{ stage: 'request', reason: 'unspecified', status: null, native }],
  }
}

function nativeOf(status: number, line: string | undefined): string {
  return line === undefined ? `exit ${status}` : `exit ${status}: ${line}`
}
