/** The kill matrix of what the embedded engine cannot serve; harness/run/kill-matrix.test.ts has the rest. */
import { expect, test } from '@playwright/test'
import { join } from 'node:path'
import { packageRoot } from '../../package-root.ts'
import { certifyAll } from '../../run/certify-all.ts'
import { discrepancies, fateOf, namedMiniatures } from '../../run/kill-row.ts'
import { startWorkbench } from '../../run/tool-session.ts'
import { loadScenarios } from '../../scenario/load.ts'
import type { Scenario } from '../../scenario/types.ts'
import { findDocker } from './docker-address.ts'
import { leftovers, useLocalBases } from './test-support.ts'

/** Fewer at once than on the embedded engine: each new slot is a reload of HAProxy. */
const AT_ONCE = 3

const program = join(packageRoot, 'dist/fixtures/dispatchers/miniatures/main.js')

const isForContainersOnly = ({ engines }: Scenario): boolean => !engines.includes('embedded')

const finding = await findDocker()

test.describe('scenarios that only containers can serve', () => {
  test.skip(finding.found === 'none', 'no Docker engine answers')
  test.describe.configure({ mode: 'serial', timeout: 600_000 })
  test.beforeAll(useLocalBases)

  test('the reference passes them, and each miniature that they name fails those that name it', async () => {
    const { scenarios: corpus } = loadScenarios([join(packageRoot, 'scenarios')])
    const names = namedMiniatures(corpus.filter(isForContainersOnly))
    expect(names.length).toBeGreaterThan(0)
    await using workbench = await startWorkbench({ engine: 'containers' })
    const scenarios = workbench.corpus.scenarios.filter(isForContainersOnly)
    {
      await using session = await workbench.open()
      const results = await certifyAll(session, scenarios, AT_ONCE)
      const fates = [...results.values()].filter((result) => fateOf(result) !== 'survived')
      expect(fates.map(({ scenario, explanation }) => `${scenario}: ${explanation}`)).toEqual([])
    }
    const wrong: string[] = []
    for (const name of names) {
      await using session = await workbench.open(`node '${program}' ${name}`)
      const results = await certifyAll(session, scenarios, AT_ONCE)
      wrong.push(...discrepancies(name, scenarios, results))
    }
    expect(wrong).toEqual([])
  })

  test('nothing is left behind', () => {
    expect(leftovers()).toEqual([])
  })
})
