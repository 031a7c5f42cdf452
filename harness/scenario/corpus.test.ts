import { expect, test } from '@playwright/test'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { packageRoot } from '../package-root.ts'
import { loadScenarios } from './load.ts'

const folder = join(packageRoot, 'scenarios')
const { scenarios } = loadScenarios([folder])
const deviations = scenarios.filter(({ control }) => control !== null)

test('the whole corpus loads, and is large enough to mean something', () => {
  expect(deviations.length).toBeGreaterThanOrEqual(60)
})

test('every id and every title is unique', () => {
  const ids = scenarios.map(({ id }) => id)
  expect(new Set(ids).size).toBe(ids.length)
  const titles = scenarios.map(({ title }) => title)
  expect(titles.filter((title, index) => titles.indexOf(title) !== index)).toEqual([])
})

test('every control delivers, and has a deviation', () => {
  for (const { id, steps } of scenarios.filter(({ control }) => control === null)) {
    expect(
      deviations.some(({ control }) => control === id),
      id,
    ).toBe(true)
    const outcomes = steps.flatMap((step) => (step.do === 'deliver' ? [step.expect.outcome] : []))
    expect(outcomes, id).not.toEqual([])
    expect(new Set(outcomes), id).toEqual(new Set(['delivered']))
  }
})

test('a title is a sentence about the dispatcher, without a full stop', () => {
  for (const { id, title } of scenarios) expect(title, id).toMatch(/^[A-Z].*[^.]$/)
})

test('everything that is refused names its reasons', () => {
  for (const { id, steps } of deviations) {
    for (const step of steps) {
      if (step.do !== 'deliver' || step.expect.outcome !== 'refused') continue
      expect(step.expect.reasons, id).not.toEqual([])
    }
  }
})

test('dispatchers that do everything, too much or nothing are named nowhere', () => {
  const broad = ['null', 'always-refuse', 'always-deliver']
  for (const { id, killedBy } of scenarios) {
    expect(
      killedBy.filter((name) => broad.includes(name)),
      id,
    ).toEqual([])
    expect(new Set(killedBy).size, id).toBe(killedBy.length)
  }
})

test('every deviation is killed by a miniature', () => {
  // The schema cannot ask for it: a vendor's own scenarios have no miniatures.
  expect(deviations.filter(({ killedBy }) => killedBy.length === 0).map(({ id }) => id)).toEqual([])
})

test('what obliges a dispatcher is a section of a standard', () => {
  // Links are for what a vendor promises, in scenarios of its own.
  const links = scenarios.filter(({ references }) => references.some((one) => /^https:/.test(one)))
  expect(links.map(({ id }) => id)).toEqual([])
})

test('every topic file tells editors its schema, and is short', () => {
  for (const name of readdirSync(folder).filter((one) => one.endsWith('.yaml'))) {
    const lines = readFileSync(join(folder, name), 'utf8').split('\n')
    expect(lines[0], name).toBe(
      '# yaml-language-server: $schema=../harness/scenario/scenario.schema.json',
    )
    // A third of it are the lists of what was measured, which a writer does not write.
    expect(lines.length, name).toBeLessThanOrEqual(200)
  }
})
