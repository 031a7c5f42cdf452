import { expect, test } from '@playwright/test'
import type { Instant } from '../scenario/certificate.ts'
import { authority, endEntity, hours, newPki } from './test-support.ts'

const RUN = new Date('2026-09-24T10:00:00.750Z')
const TWO_HOURS = 7_200_000
const seconds = (count: number): Instant => ({ kind: 'relative', ms: count * 1000 })

const DESCRIPTIONS = {
  root: authority('Root', 'root', { notBefore: hours(-24), notAfter: hours(48) }),
  usual: endEntity('root', { notAfter: hours(24) }),
  'an-hour': endEntity('root', { notAfter: hours(1) }),
  expired: endEntity('root', { notAfter: seconds(-1) }),
  expiring: endEntity('root', { notAfter: seconds(5) }),
  beginning: endEntity('root', { notBefore: seconds(90), notAfter: hours(24) }),
}

test('what is less than an hour away counts from the scenario, the rest from the run', async () => {
  const begun = new Date(RUN.getTime() + TWO_HOURS)
  const material = await newPki(RUN).issue(DESCRIPTIONS, begun)
  const ends = (name: string) => material.get(name).x509?.validTo
  expect(ends('usual')).toBe('Sep 25 10:00:00 2026 GMT')
  expect(ends('an-hour')).toBe('Sep 24 11:00:00 2026 GMT')
  expect(ends('expired')).toBe('Sep 24 11:59:59 2026 GMT')
  expect(ends('expiring')).toBe('Sep 24 12:00:05 2026 GMT')
  expect(material.get('beginning').x509?.validFrom).toBe('Sep 24 12:01:30 2026 GMT')
  expect(material.now).toEqual(begun)
})

test('no scenario gets a certificate that was minted near another, but the same key', async () => {
  const pki = newPki(RUN)
  const first = await pki.issue(DESCRIPTIONS)
  const second = await pki.issue(DESCRIPTIONS, new Date(RUN.getTime() + TWO_HOURS))
  expect(first.now).toEqual(RUN)
  for (const name of ['root', 'usual', 'an-hour']) {
    expect(second.get(name).sha256).toBe(first.get(name).sha256)
  }
  for (const name of ['expired', 'expiring', 'beginning']) {
    expect(second.get(name).sha256).not.toBe(first.get(name).sha256)
    expect(second.get(name).spkiPin).toBe(first.get(name).spkiPin)
  }
  expect(first.get('expired').x509?.validTo).toBe('Sep 24 09:59:59 2026 GMT')
})
