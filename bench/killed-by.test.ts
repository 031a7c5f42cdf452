import { expect, test } from '@playwright/test'
import { withKilledBy } from './killed-by.ts'

const TOPIC = `topic: A topic
control:
  title: Delivers # said here
  expect: { outcome: delivered }
scenarios:
  one:
    title: Refuses
    expect: { outcome: refused }
    killed-by:
      - z
      - a
  # about two
  two:
    title: Refuses as well
    killed-by: [a]
    endpoint: { scheme: http }
  three:
    title: Has none
    steps:
      - deliver: { outcome: delivered } # the last line
`

test('lists are replaced, added and taken away; all else stays', () => {
  const killers = new Map([
    ['control', ['always-refuse']],
    ['one', []],
    ['two', ['c', 'b']],
    ['three', Array.from({ length: 9 }, (_, at) => `a-miniature-with-a-name-${String(at)}`)],
  ])
  expect(withKilledBy(TOPIC, killers)).toBe(`topic: A topic
control:
  title: Delivers # said here
  expect: { outcome: delivered }
  killed-by: [always-refuse]
scenarios:
  one:
    title: Refuses
    expect: { outcome: refused }
  # about two
  two:
    title: Refuses as well
    killed-by: [b, c]
    endpoint: { scheme: http }
  three:
    title: Has none
    steps:
      - deliver: { outcome: delivered } # the last line
    killed-by:
${Array.from({ length: 9 }, (_, at) => `      - a-miniature-with-a-name-${String(at)}\n`).join('')}`)
})

test('a key that nothing is said of keeps its list', () => {
  expect(withKilledBy(TOPIC, new Map())).toBe(TOPIC)
})
