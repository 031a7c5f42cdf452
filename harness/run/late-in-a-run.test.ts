import { expect, test } from '@playwright/test'
import { distanceOf } from '../pki/time.ts'
import { fateOf } from './kill-row.ts'
import { startWorkbench } from './tool-session.ts'
import { join } from 'node:path'
import { packageRoot } from '../package-root.ts'

const MINIATURE = 'tolerates-expiry-by-a-minute'
const RUN_FILE = join(packageRoot, 'dist/fixtures/dispatchers/miniatures/main.js')

test('a certificate that expired a second ago did so also when the run is old', async () => {
  test.setTimeout(60_000)
  await using workbench = await startWorkbench({})
  const twoMinutesAgo = new Date(Date.now() - 120_000)
  await using reference = await workbench.open(undefined, twoMinutesAgo)
  await using tolerant = await workbench.open(`node '${RUN_FILE}' ${MINIATURE}`, twoMinutesAgo)
  const near = workbench.corpus.scenarios.filter(({ certificates }) =>
    Object.values(certificates).some((one) =>
      [one.notBefore, one.notAfter].some((instant) => distanceOf(instant) === 'near'),
    ),
  )
  const caught = near.filter(({ killedBy }) => killedBy.includes(MINIATURE))
  expect(caught.length).toBeGreaterThan(0)
  for (const scenario of near) {
    const result = await reference.certify(scenario)
    expect(result.verdict, result.explanation).toBe('passed')
  }
  for (const scenario of caught) {
    const result = await tolerant.certify(scenario)
    expect(fateOf(result), result.explanation).toBe('killed')
  }
})
