import { expect, test } from '@playwright/test'
import { join } from 'node:path'
import { miniatures } from '../../fixtures/dispatchers/miniatures/registry.ts'
import { packageRoot } from '../package-root.ts'
import type { ScenarioResult } from '../report/model.ts'
import { discrepancies, fateOf, toothless } from './kill-row.ts'
import { startSessionForTools } from './tool-session.ts'

/** Miniatures that break so much that no list could name it all; each has its own rule below. */
const BROAD = ['null', 'always-refuse', 'always-deliver']

async function certifyAll(miniature: string) {
  const program = join(packageRoot, 'dist/fixtures/dispatchers/miniatures/main.js')
  await using tools = await startSessionForTools({ dispatcher: `node '${program}' ${miniature}` })
  const results = new Map<string, ScenarioResult>()
  for (const scenario of tools.corpus.scenarios) {
    results.set(scenario.id, await tools.session.certify(scenario))
  }
  return { scenarios: tools.corpus.scenarios, results }
}

test.describe('the kill matrix', () => {
  test.slow()

  for (const name of Object.keys(miniatures).filter((one) => !BROAD.includes(one))) {
    test(`${name} fails exactly the scenarios that name it`, async () => {
      const { scenarios, results } = await certifyAll(name)
      expect(discrepancies(name, scenarios, results)).toEqual([])
      expect([...results.values()].some((result) => fateOf(result) === 'killed')).toBe(true)
    })
  }

  for (const name of ['null', 'always-refuse']) {
    test(`${name} passes nothing at all`, async () => {
      const { results } = await certifyAll(name)
      const survived = [...results.values()].filter((result) => fateOf(result) === 'survived')
      expect(survived.map(({ scenario }) => scenario)).toEqual([])
    })
  }

  test('always-deliver fails whatever must not be delivered', async () => {
    const { scenarios, results } = await certifyAll('always-deliver')
    const spared = scenarios.filter(({ id, steps }) => {
      const mustNot = steps.some(
        (step) => step.do === 'deliver' && step.expect.outcome !== 'delivered',
      )
      const result = results.get(id)
      return mustNot && result !== undefined && fateOf(result) === 'survived'
    })
    expect(spared.map(({ id }) => id)).toEqual([])
  })

  test('no scenario is toothless, and every named miniature exists', async () => {
    await using tools = await startSessionForTools({})
    const { scenarios } = tools.corpus
    expect(toothless(scenarios)).toEqual([])
    const unknown = scenarios.flatMap(({ id, killedBy }) =>
      killedBy.filter((name) => !(name in miniatures)).map((name) => `${id} names ${name}`),
    )
    expect(unknown).toEqual([])
  })
})
