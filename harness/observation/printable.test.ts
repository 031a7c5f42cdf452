import { expect, test } from '@playwright/test'
import { alertName } from './alerts.ts'
import { printable } from './printable.ts'

test('only printable ASCII comes out, and it can be told apart again', () => {
  expect(printable('plain <b>text</b>')).toBe('plain <b>text</b>')
  expect(printable('a\r\nb\u001b[31m\u00e9\u2028\u{1f600}')).toBe(
    'a\\x0d\\x0ab\\x1b[31m\\xe9\\u{2028}\\u{1f600}',
  )
  expect(printable('\\x0d')).toBe('\\\\x0d')
})

test('what is too long is cut, and says so', () => {
  expect(printable('abcdef', 3)).toBe('abc…')
  expect(printable('abc', 3)).toBe('abc')
  expect(printable('x'.repeat(500))).toHaveLength(201)
})

test('alerts have their names, also those that nobody assigned', () => {
  expect([alertName(48), alertName(116), alertName(0), alertName(200)]).toEqual([
    'unknown_ca',
    'certificate_required',
    'close_notify',
    'alert_200',
  ])
})
