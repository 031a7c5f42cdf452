import { expect, test } from '@playwright/test'
import { readDuration, readInstant, readRange } from './units.ts'

const DURATIONS: readonly (readonly [string, number | null])[] = [
  ['250ms', 250],
  ['0ms', 0],
  ['1s', 1000],
  ['2m', 120_000],
  ['1h', 3_600_000],
  ['-1d', -86_400_000],
  ['+90d', 90 * 86_400_000],
  ['5y', 5 * 365 * 86_400_000],
  ['99999y', 99_999 * 365 * 86_400_000],
  ['1', null],
  ['1 s', null],
  ['1.5s', null],
  ['1w', null],
  ['--1d', null],
  ['100000y', null],
  ['', null],
]

for (const [text, ms] of DURATIONS) {
  test(`the duration ${JSON.stringify(text)} is ${ms} ms`, () => {
    expect(readDuration(text)).toBe(ms)
  })
}

test('an instant is relative to now, or ISO 8601 in UTC', () => {
  expect(readInstant('-1s')).toEqual({ kind: 'relative', ms: -1000 })
  expect(readInstant('2051-01-01T00:00:00Z')).toEqual({
    kind: 'absolute',
    iso: '2051-01-01T00:00:00Z',
  })
  expect(readInstant('2051-01-01T00:00:00.5Z')?.kind).toBe('absolute')
  for (const bad of ['2051-13-01T00:00:00Z', '2051-01-01', '2051-01-01T00:00:00+02:00', 'now']) {
    expect(readInstant(bad), bad).toBeNull()
  }
})

test('a count is exact, or a range with its ends in order', () => {
  expect(readRange(0)).toEqual({ min: 0, max: 0 })
  expect(readRange('1..2')).toEqual({ min: 1, max: 2 })
  expect(readRange('3..3')).toEqual({ min: 3, max: 3 })
  for (const bad of ['2..1', '1..', '..2', '1...2', '-1..2', '']) {
    expect(readRange(bad), bad).toBeNull()
  }
})
