import { expect, test } from '@playwright/test'
import { join } from 'node:path'
import { miniatures } from '../../fixtures/dispatchers/miniatures/registry.ts'
import { packageRoot } from '../package-root.ts'
import type { Scenario } from '../scenario/types.ts'
import { certifyAll } from './certify-all.ts'
import { discrepancies, fateOf, toothless } from './kill-row.ts'
import { startSessionForTools } from './tool-session.ts'

/** Miniatures that break so much that no list could name it all; each has its own rule below. */
const BROAD = ['null', 'always-refuse', 'always-deliver']

/** Miniatures whose adapter breaks: nothing may be said about them, and no run may hang. */
const BROKEN = ['crashes-on-refusal', 'errs-on-refusal', 'hangs', 'prints-garbage', 'floods-stdout']

/** Scenarios at once: their waits overlap, and two workers share two cores. */
const AT_ONCE = 6

async function certified(miniature: string, selects: (scenario: Scenario) => boolean = () => true) {
  const program = join(packageRoot, 'dist/fixtures/dispatchers/miniatures/main.js')
  await using tools = await startSessionForTools({ dispatcher: `node '${program}' ${miniature}` })
  const scenarios = tools.corpus.scenarios.filter(selects)
  return { scenarios, results: await certifyAll(tools.session, scenarios, AT_ONCE) }
}

test.describe('the kill matrix', () => {
  test.slow()

  for (const name of Object.keys(miniatures).filter(
    (one) => ![...BROAD, ...BROKEN].includes(one),
  )) {
    test(`${name} fails exactly the scenarios that name it`, async () => {
      const { scenarios, results } = await certified(name)
      expect(discrepancies(name, scenarios, results)).toEqual([])
      expect([...results.values()].some((result) => fateOf(result) === 'killed')).toBe(true)
    })
  }

  for (const name of ['null', 'always-refuse']) {
    test(`${name} passes nothing at all`, async () => {
      const { results } = await certified(name)
      const survived = [...results.values()].filter((result) => fateOf(result) === 'survived')
      expect(survived.map(({ scenario }) => scenario)).toEqual([])
    })
  }

  for (const name of BROKEN) {
    test(`${name} gets no verdict, and does not hang the run`, async () => {
      const { results } = await certified(name, ({ id }) => id.startsWith('server-validity/end-'))
      const words = [...results.values()].map(({ verdict }) => verdict)
      expect(words.length).toBeGreaterThan(0)
      expect(words.filter((word) => word !== 'inconclusive')).toEqual([])
    })
  }

  test('always-deliver fails whatever must not be delivered', async () => {
    const { scenarios, results } = await certified('always-deliver')
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
