import { expect, test } from '@playwright/test'
import { bytes, clip, duration, moment, sentenceList, visible, visibleLines } from './text.ts'

test('what deceives the eye or steers a terminal is spelled out', () => {
  expect(visible('a\u202eb')).toBe('a‹U+202E›b')
  expect(visible('\u001b[31mred\u0007')).toBe('‹ESC›[31mred‹U+0007›')
  expect(visible('\u009b31m')).toBe('‹U+009B›31m')
  expect(visible('one\r\ntwo\tthree\u0000')).toBe('one‹CR›‹LF›two‹TAB›three‹NUL›')
  expect(visible('zero\u200bwidth\u2066x\u2069\ufeff')).toBe(
    'zero‹U+200B›width‹U+2066›x‹U+2069›‹U+FEFF›',
  )
  expect(visible('\u{e0041}tag \ud800 lone')).toBe('‹U+E0041›tag ‹U+D800› lone')
  expect(visible('line\u2028separator')).toBe('line‹U+2028›separator')
})

test('ordinary text of any script stays', () => {
  const text = 'Grüße, 世界, שלום, مرحبا — “quoted” 🙂'
  expect(visible(text)).toBe(text)
})

test('foreign text is bounded', () => {
  const shown = visible('x'.repeat(1_000_000))
  expect(shown.length).toBeLessThan(700)
  expect(shown).toContain('(999400 more characters)')
})

test('lines can be kept', () => {
  expect(visibleLines('one\ntwo\u001b')).toBe('one\ntwo‹ESC›')
})

test('small words', () => {
  expect(sentenceList([])).toBe('')
  expect(sentenceList(['a'])).toBe('a')
  expect(sentenceList(['a', 'b', 'c'], 'or')).toBe('a, b or c')
  expect(clip('abcdef', 4)).toBe('abc…')
  expect(clip('abcd', 4)).toBe('abcd')
  expect([duration(41.4), duration(2400), duration(185_000)]).toEqual([
    '41 ms',
    '2.4 s',
    '3 min 5 s',
  ])
  expect([bytes(1), bytes(812), bytes(14_541), bytes(3_145_728)]).toEqual([
    '1 byte',
    '812 bytes',
    '14.2 KiB',
    '3.0 MiB',
  ])
  expect(moment('2026-09-24T10:00:00.000Z')).toBe('2026-09-24 10:00:00 UTC')
})
