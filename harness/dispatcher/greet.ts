import type { Deadlines } from './deadlines.ts'
import { MAX_CLOCK_OFFSET_MS } from './deadlines.ts'
import type { Hello } from './messages.ts'
import { PROTOCOL_VERSION } from './messages.ts'
import type { Outcome } from './outcome.ts'
import { faulted } from './outcome.ts'
import type { Session } from './session.ts'

/** Says hello, and compares the adapter's clock with ours: `clock` is a fault like the others. */
export async function greet(session: Session, deadlines: Deadlines): Promise<Outcome<Hello>> {
  const sent = Date.now()
  const outcome = await session.exchange(
    { cmd: 'hello', protocol: PROTOCOL_VERSION },
    deadlines.hello,
  )
  if (outcome.outcome !== 'ok') return outcome
  const { reply, stderr, told } = outcome
  const clockOffsetMs = reply.now === null ? null : offset(reply.now, sent, Date.now())
  if (clockOffsetMs !== null && Math.abs(clockOffsetMs) > MAX_CLOCK_OFFSET_MS) {
    const side = clockOffsetMs > 0 ? 'ahead of' : 'behind'
    const seconds = Math.abs(clockOffsetMs / 1000).toFixed(1)
    return faulted('clock', `the adapter's clock is ${seconds} s ${side} the harness's`, stderr)
  }
  return { outcome: 'ok', reply: { ...reply, clockOffsetMs }, stderr, told }
}

/** How far a moment lies outside the time in which the adapter can have read its clock. */
function offset(moment: number, sent: number, received: number): number {
  if (moment < sent) return moment - sent
  return Math.max(0, moment - received)
}
