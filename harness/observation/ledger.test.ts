import { expect, test } from '@playwright/test'
import { Ledger } from './ledger.ts'

const epochNow = () => performance.timeOrigin + performance.now()
const kinds = (ledger: Ledger) => ledger.observations().map(({ kind }) => kind)

const opened = {
  kind: 'connection-opened',
  listener: 'endpoint',
  connection: 1,
  slot: 's',
} as const
const failed = {
  kind: 'handshake-failed',
  listener: 'endpoint',
  connection: 1,
  error: 'e',
  clientCertificate: null,
} as const

test('what is told late stands where it was seen', async () => {
  const ledger = new Ledger()
  ledger.record(opened)
  const seenAt = epochNow()
  await new Promise((resolve) => setTimeout(resolve, 5))
  ledger.record({ kind: 'step', step: 1, action: 'deliver' })
  ledger.recordAt(failed, seenAt)
  expect(kinds(ledger)).toEqual(['connection-opened', 'handshake-failed', 'step'])
})

test('nothing is seen of a connection before it opened, nor in the future', async () => {
  const ledger = new Ledger()
  ledger.record({ kind: 'step', step: 0, action: 'deliver' })
  await new Promise((resolve) => setTimeout(resolve, 5))
  ledger.record(opened)
  ledger.recordAt(failed, epochNow() - 60_000)
  ledger.record({ kind: 'dropped', dropped: [] })
  ledger.recordAt({ kind: 'harness-fault', detail: 'd' }, epochNow() + 60_000)
  expect(kinds(ledger)).toEqual([
    'step',
    'connection-opened',
    'handshake-failed',
    'dropped',
    'harness-fault',
  ])
  const at = ledger.observations().map((one) => one.at)
  expect(at.toSorted((one, other) => one - other)).toEqual(at)
  expect(at.at(-1)).toBeLessThan(10_000)
})

test('more than 2000 observations are only counted', () => {
  const ledger = new Ledger()
  for (let count = 0; count < 2003; count++) ledger.record({ kind: 'dropped', dropped: [] })
  expect(ledger.observations()).toHaveLength(2000)
  expect(ledger.overflow).toBe(3)
})
