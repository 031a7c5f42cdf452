import { expect, test } from '@playwright/test'
import { endShown, judgeInspection } from './inspection.ts'
import { Story } from './ledger-for-tests.ts'

const CERTIFIED = '2026-09-24T10:00:00Z'

for (const same of [
  CERTIFIED,
  '2026-09-24t10:00:00z',
  '2026-09-24T10:00:00.000Z',
  '2026-09-24T10:00:00.999Z',
  '2026-09-24T12:00:00+02:00',
  '2026-09-24T00:30:00-09:30',
]) {
  test(`${same} is the same second`, () => {
    expect(endShown({ notAfter: same, certifiedNotAfter: CERTIFIED })).toBe('same')
  })
}

for (const another of [
  null,
  '',
  '2026-09-24T10:00:01Z',
  '2026-09-24T09:59:59.999Z',
  '2026-09-24T00:00:00Z',
  '2026-09-24T10:00:00+02:00',
  '2025-09-24T10:00:00Z',
  '2026-09-24',
  'Sep 24 10:00:00 2026 GMT',
]) {
  test(`${another ?? 'nothing'} is not`, () => {
    expect(endShown({ notAfter: another, certifiedNotAfter: CERTIFIED })).toBe('another')
  })
}

test('no day that does not exist is the day after it', () => {
  const certifiedNotAfter = '2026-03-02T00:00:00Z'
  expect(endShown({ notAfter: '2026-02-30T00:00:00Z', certifiedNotAfter })).toBe('another')
  expect(endShown({ notAfter: '2026-03-01T24:00:00Z', certifiedNotAfter })).toBe('another')
})

test('the end of what never ends may be shown in the year 10000', () => {
  const certifiedNotAfter = '9999-12-31T23:59:59Z'
  expect(endShown({ notAfter: '10000-01-01T01:59:59+02:00', certifiedNotAfter })).toBe('same')
})

test('is judged where the certificate is the right one, and its own end is known', () => {
  const finding = (name: string | null, notAfter: string, certifiedNotAfter: string | null) => {
    const shown = { kind: 'inspected', sha256: 'ab', warnings: [] } as const
    const story = new Story().step(0).add({ ...shown, name, notAfter, certifiedNotAfter })
    const expectation = { certificate: 'dispatcher', warnings: [], absentWarnings: [] }
    return judgeInspection(story.observations, expectation, 0)
  }
  expect(finding('dispatcher', CERTIFIED, CERTIFIED)).toMatchObject({ finding: 'fine' })
  expect(finding('dispatcher', '2026-09-25T10:00:00Z', CERTIFIED)).toMatchObject({
    reason: 'unmet',
    expected: `the notAfter of the certificate, ${CERTIFIED}`,
    seen: 'inspect showed 2026-09-25T10:00:00Z',
  })
  expect(finding('dispatcher', 'soon', null)).toMatchObject({ finding: 'fine' })
  expect(finding('other', CERTIFIED, CERTIFIED)).toMatchObject({ reason: 'wrong-certificate' })
})
