import { expect, test as base } from '@playwright/test'
import { join } from 'node:path'
import { miniatures } from '../../fixtures/dispatchers/miniatures/registry.ts'
import { packageRoot } from '../package-root.ts'
import type { ScenarioResult } from '../report/model.ts'
import { loadScenarios } from '../scenario/load.ts'
import type { Scenario } from '../scenario/types.ts'
import { certifyAll } from './certify-all.ts'
import { BROAD, BROKEN, discrepancies, fateOf, namedMiniatures, toothless } from './kill-row.ts'
import { startWorkbench, type Workbench } from './tool-session.ts'

/** Scenarios at once: their waits overlap, and two workers share two cores. */
const AT_ONCE = 6

/**
 * `HOOKPROOF_KILL_MATRIX=whole`: every miniature meets every scenario, as in `npm run kill-matrix`, which
 * takes a good while. Otherwise each meets the scenarios that name it.
 */
const EXTENT = process.env['HOOKPROOF_KILL_MATRIX'] === 'whole' ? 'whole' : 'named'

/** What only containers can serve is for harness/engine/containers/kill-matrix.test.ts. */
const isForEmbedded = ({ engines }: Scenario): boolean => engines.includes('embedded')

function meets(name: string, { killedBy }: Scenario): boolean {
  return EXTENT === 'whole' || killedBy.includes(name)
}

/** Corpus, engine and keys are made once a worker. */
const test = base.extend<object, { workbench: Workbench }>({
  workbench: [
    async ({}, use) => {
      await using workbench = await startWorkbench({})
      await use(workbench)
    },
    { scope: 'worker', timeout: 120_000 },
  ],
})

interface Certified {
  readonly scenarios: readonly Scenario[]
  readonly results: ReadonlyMap<string, ScenarioResult>
}

async function certified(
  workbench: Workbench,
  miniature: string,
  selects: (scenario: Scenario) => boolean = (scenario) => meets(miniature, scenario),
): Promise<Certified> {
  const program = join(packageRoot, 'dist/fixtures/dispatchers/miniatures/main.js')
  await using session = await workbench.open(`node '${program}' ${miniature}`)
  const scenarios = workbench.corpus.scenarios.filter(isForEmbedded).filter(selects)
  return { scenarios, results: await certifyAll(session, scenarios, AT_ONCE) }
}

/** What the broad ones meet: every control, and one whole topic. All of them in the whole matrix. */
function isBasic({ id, control }: Scenario): boolean {
  return EXTENT === 'whole' || control === null || id.startsWith('server-validity/')
}

test.describe('the kill matrix', () => {
  // Waits, not work, make most of it; a machine that does other things as well still has the time.
  test.describe.configure({ timeout: EXTENT === 'whole' ? 600_000 : 240_000 })

  // A miniature that no scenario names has a test of its own below.
  const { scenarios: corpus } = loadScenarios([join(packageRoot, 'scenarios')])
  for (const name of namedMiniatures(corpus.filter(isForEmbedded))) {
    test(`${name} fails exactly the scenarios that name it`, async ({ workbench }) => {
      const { scenarios, results } = await certified(workbench, name)
      expect(discrepancies(name, scenarios, results)).toEqual([])
      expect([...results.values()].some((result) => fateOf(result) === 'killed')).toBe(true)
    })
  }

  for (const name of ['null', 'always-refuse']) {
    test(`${name} passes nothing at all`, async ({ workbench }) => {
      const { results } = await certified(workbench, name, isBasic)
      const survived = [...results.values()].filter((result) => fateOf(result) === 'survived')
      expect(survived.map(({ scenario }) => scenario)).toEqual([])
    })
  }

  for (const name of BROKEN) {
    test(`${name} gets no verdict, and does not hang the run`, async ({ workbench }) => {
      const { results } = await certified(workbench, name, ({ id }) =>
        id.startsWith('server-validity/end-entity-'),
      )
      const words = [...results.values()].map(({ verdict }) => verdict)
      expect(words.length).toBeGreaterThan(0)
      expect(words.filter((word) => word !== 'inconclusive')).toEqual([])
    })
  }

  test('always-deliver fails whatever must not be delivered', async ({ workbench }) => {
    const { scenarios, results } = await certified(workbench, 'always-deliver', isBasic)
    const spared = scenarios.filter(({ id, steps }) => {
      const mustNot = steps.some(
        (step) => step.do === 'deliver' && step.expect.outcome !== 'delivered',
      )
      const result = results.get(id)
      return mustNot && result !== undefined && fateOf(result) === 'survived'
    })
    expect(spared.map(({ id }) => id)).toEqual([])
  })

  test('no scenario is toothless, and every named miniature exists', ({ workbench }) => {
    const { scenarios } = workbench.corpus
    expect(toothless(scenarios)).toEqual([])
    const unknown = scenarios.flatMap(({ id, killedBy }) =>
      killedBy.filter((name) => !(name in miniatures)).map((name) => `${id} names ${name}`),
    )
    expect(unknown).toEqual([])
  })

  test('every miniature is caught by some scenario', () => {
    const narrowOrBroken = [...namedMiniatures(corpus), ...BROAD, ...BROKEN]
    expect(Object.keys(miniatures).filter((name) => !narrowOrBroken.includes(name))).toEqual([])
  })
})
