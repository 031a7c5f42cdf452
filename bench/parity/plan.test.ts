import { expect, test } from '@playwright/test'
import { join } from 'node:path'
import { miniatures } from '../../fixtures/dispatchers/miniatures/registry.ts'
import { packageRoot } from '../../harness/package-root.ts'
import { loadScenarios } from '../../harness/scenario/load.ts'
import { planOf, portionsOf, type Extent } from './plan.ts'

const { scenarios: corpus } = loadScenarios([join(packageRoot, 'scenarios')])
const shared = corpus.filter(({ engines }) => engines.length === 2)

const pairsOf = (extent: Extent): readonly string[] =>
  planOf(corpus, extent).flatMap(({ miniature, scenarios }) =>
    scenarios.map(({ id }) => `${miniature ?? 'reference'} ${id}`),
  )

test('whole, every miniature meets every scenario of both engines that names it, and the control', () => {
  const whole = new Set(pairsOf('whole'))
  const missing = shared.flatMap(({ id, control, killedBy }) =>
    killedBy.flatMap((name) =>
      [id, control ?? id].map((met) => `${name} ${met}`).filter((pair) => !whole.has(pair)),
    ),
  )
  expect(missing).toEqual([])
})

test('chosen, every miniature is met, and the reference meets everything', () => {
  const chosen = planOf(corpus, 'chosen')
  const met = new Set(chosen.map(({ miniature }) => miniature))
  const onlyInContainers = Object.keys(miniatures).filter(
    (name) =>
      corpus.some(({ killedBy }) => killedBy.includes(name)) &&
      !shared.some(({ killedBy }) => killedBy.includes(name)),
  )
  expect([...met, ...onlyInContainers].toSorted()).toEqual(
    [null, ...Object.keys(miniatures)].toSorted(),
  )
  const byReference = chosen.filter(({ miniature }) => miniature === null)
  expect(byReference.flatMap(({ scenarios }) => scenarios)).toEqual(shared)
  const whole = new Set(pairsOf('whole'))
  expect(pairsOf('chosen').filter((pair) => !whole.has(pair))).toEqual([])
})

test('chosen scenarios are as many as there are miniatures to choose for, nearly', () => {
  const chosen = planOf(corpus, 'chosen').filter(({ miniature }) => miniature !== null)
  const met = new Set(chosen.flatMap(({ scenarios }) => scenarios.map(({ id }) => id)))
  const topics = new Set(shared.map(({ topic }) => topic))
  const metTopics = new Set(shared.filter(({ id }) => met.has(id)).map(({ topic }) => topic))
  expect(met.size).toBeGreaterThan(chosen.length * 0.9)
  expect(metTopics.size).toBeGreaterThan(topics.size * 0.9)
})

test('named miniatures are met whole and alone', () => {
  const plan = planOf(corpus, ['follows-redirects'])
  expect(plan.map(({ miniature }) => miniature)).toEqual(['follows-redirects'])
  expect(plan[0]?.scenarios.length).toBeGreaterThan(2)
})

test('portions hold all meetings, and none is much larger', () => {
  const meetings = planOf(corpus, 'whole')
  const portions = portionsOf(meetings, 12)
  expect(portions.flat()).toHaveLength(meetings.length)
  const sizes = portions.map((portion) =>
    portion.reduce((sum, { scenarios }) => sum + scenarios.length, 0),
  )
  expect(Math.max(...sizes)).toBeLessThan(Math.min(...sizes) * 1.5)
})
