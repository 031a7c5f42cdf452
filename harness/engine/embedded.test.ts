import { expect, test } from '@playwright/test'
import { credentials, material, post, seen, setup } from '../endpoint/test-support.ts'
import { Ledger } from '../observation/ledger.ts'
import { startEmbeddedEngine } from './embedded.ts'

for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
  test(`a delivery over ${version} leaves the whole story in the ledger`, async () => {
    await using engine = await startEmbeddedEngine()
    const ledger = new Ledger()
    await using scenario = await engine.startScenario({
      endpoint: setup({ minVersion: version, maxVersion: version }),
      tokenServer: null,
      elsewhere: null,
      material: await material(),
      ledger,
      event: { secrets: [] },
    })
    const answer = await post(scenario.urls.endpoint ?? '', await credentials('dispatcher'))
    expect(answer).toMatchObject({ status: 204 })
    await scenario.settle(2000)
    expect(seen(ledger, 'connection-closed')).toHaveLength(1)
  })
}
