import { expect, test as base } from '@playwright/test'
import { join } from 'node:path'
import { findDocker } from '../../harness/engine/containers/docker-address.ts'
import { useLocalBases } from '../../harness/engine/containers/test-support.ts'
import { packageRoot } from '../../harness/package-root.ts'
import { startWorkbench } from '../../harness/run/tool-session.ts'
import { loadScenarios } from '../../harness/scenario/load.ts'
import { compareAll, type Benches } from './compare.ts'
import { planOf, portionsOf, type Extent } from './plan.ts'

/** Set by `npm run parity`: `whole`, or names of miniatures between commas. */
const asked = process.env['HOOKPROOF_PARITY'] ?? 'chosen'
const extent: Extent = asked === 'whole' || asked === 'chosen' ? asked : asked.split(',')

const PORTIONS = 12

const finding = await findDocker()
const { scenarios: corpus } = loadScenarios([join(packageRoot, 'scenarios')])
const portions = portionsOf(planOf(corpus, extent), PORTIONS)

/** Both engines are started once a worker. */
const test = base.extend<object, { benches: Benches }>({
  benches: [
    async ({}, use) => {
      await useLocalBases()
      await using embedded = await startWorkbench({ engine: 'embedded' })
      await using containers = await startWorkbench({ engine: 'containers' })
      await use({ embedded, containers })
    },
    { scope: 'worker', timeout: 120_000 },
  ],
})

test.describe('both engines mean the same', () => {
  test.skip(finding.found === 'none', 'no Docker engine answers')
  test.describe.configure({ timeout: 900_000 })

  for (const [index, portion] of portions.entries()) {
    const [first] = portion
    const others = portion.length === 1 ? '' : ` and ${portion.length - 1} more`
    test(`verdicts are the same on both, part ${index + 1}: ${first?.miniature ?? 'the reference'}${others}`, async ({
      benches,
    }) => {
      const { compared, differences, unsteady } = await compareAll(portion, benches)
      process.stdout.write(
        `${compared} pairs of verdicts compared, ${differences.length} differ; ` +
          `${unsteady.length} differed only beside others${list(unsteady)}\n`,
      )
      // Not an assertion about the text: it would quote every quotation mark of the ledgers.
      if (differences.length > 0) throw new Error(`verdicts differ:\n\n${differences.join('\n\n')}`)
      expect(compared).toBeGreaterThan(0)
    })
  }
})

const list = (names: readonly string[]): string =>
  names.length === 0 ? '' : `:\n  ${names.join('\n  ')}`
