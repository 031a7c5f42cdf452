import { expect, test } from '@playwright/test'
import { merge } from './merge.ts'

test('objects merge, arrays and scalars replace', () => {
  const under = { a: { b: 1, c: [1, 2] }, d: 'x', e: { f: 1 } }
  const over = { a: { b: 1, c: [3] }, e: { f: 2 } }
  expect(merge<object>(under, over)).toEqual({ a: { b: 1, c: [3] }, d: 'x', e: { f: 2 } })
})

test('a word takes the place of a mapping, and a mapping that of a word', () => {
  expect(merge<object>({ retry: 'none' }, { retry: { max: 3 } })).toEqual({ retry: { max: 3 } })
  expect(merge<object>({ retry: { max: 3 } }, { retry: 'none' })).toEqual({ retry: 'none' })
})

test('neither side is changed', () => {
  const under = { a: { b: 1 } }
  const over = { a: { b: 2 } }
  expect(merge(under, over)).toEqual({ a: { b: 2 } })
  expect(under).toEqual({ a: { b: 1 } })
})

test('a key called __proto__ is a key like any other', () => {
  const over = JSON.parse('{"__proto__": {"polluted": "yes"}}') as object
  merge<object>({}, over)
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
})
