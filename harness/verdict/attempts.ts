import { originRequests } from './checks.ts'
import type { DeliverySeen, Of } from './delivery.ts'
import { FINE, failed, firstProblem, type Finding } from './finding.ts'

/** What several attempts at one event must have to do with each other, as the origin saw them. */
export function attemptsAsExpected(seen: DeliverySeen): Finding {
  return firstProblem([
    () => longEnoughGaps(seen),
    () => growingGaps(seen),
    () => freshTimestamps(seen),
    () => rightEventIds(seen),
  ])
}

/** Milliseconds between each attempt and the one before. */
function gapsOf(seen: DeliverySeen): readonly number[] {
  const times = originRequests(seen.endpoint).map((request) => request.at)
  return times.slice(1).map((at, index) => at - (times[index] ?? at))
}

function longEnoughGaps(seen: DeliverySeen): Finding {
  const { minimumGapMs } = seen.expect
  const gaps = gapsOf(seen)
  const short = gaps.findIndex((gap) => gap < minimumGapMs)
  if (short < 0) return FINE
  return failed(
    'unmet',
    `at least ${minimumGapMs} ms between two attempts`,
    `attempt ${short + 2} came ${Math.round(gaps[short] ?? 0)} ms after the one before`,
  )
}

/** A pause of the same length, a little later by chance, is not a longer one. */
const GROWTH = 1.25

function growingGaps(seen: DeliverySeen): Finding {
  if (seen.expect.gaps === 'any') return FINE
  const gaps = gapsOf(seen)
  const grew = gaps.every((gap, index) => index === 0 || gap >= (gaps[index - 1] ?? 0) * GROWTH)
  if (grew) return FINE
  return failed(
    'unmet',
    'pauses between attempts that grow',
    `pauses of ${gaps.map((gap) => `${Math.round(gap)} ms`).join(', ')}`,
  )
}

/** The one value of a header, or null. */
function onlyValue({ headers }: Of<'request'>, name: string): string | null {
  const values = headers[name] ?? []
  return values.length === 1 ? (values[0] ?? null) : null
}

/** The time of the attempt, not of the event, so that a late one is still accepted (Standard Webhooks). */
function freshTimestamps(seen: DeliverySeen): Finding {
  if (seen.expect.timestamps === 'any') return FINE
  const stamps = originRequests(seen.endpoint).map((one) => onlyValue(one, 'webhook-timestamp'))
  const fresh = stamps.every(
    (stamp, index) =>
      stamp !== null && (index === 0 || Number(stamp) > Number(stamps[index - 1] ?? 0)),
  )
  if (fresh) return FINE
  return failed(
    'unmet',
    'a later webhook-timestamp on each attempt',
    `the timestamps ${stamps.map((stamp) => stamp ?? 'none').join(', ')}`,
  )
}

/**
 * By it the receiver knows an event that it has had before, and a full stop in it would leave open where
 * it ends in what is signed (Standard Webhooks).
 */
function rightEventIds(seen: DeliverySeen): Finding {
  const { eventIds } = seen.expect
  if (eventIds === 'any') return FINE
  const ids = originRequests(seen.endpoint).map((one) => onlyValue(one, 'webhook-id'))
  const isRight = (id: string | null) =>
    id !== null && (eventIds === 'same' ? id === ids[0] : !id.includes('.'))
  if (ids.every(isRight)) return FINE
  return failed(
    'unmet',
    eventIds === 'same'
      ? 'the same webhook-id on each attempt'
      : 'a webhook-id without a full stop',
    `the ids ${ids.map((id) => id ?? 'none').join(', ')}`,
  )
}
