import { KeyPool } from '../harness/pki/key-pool.ts'
import { Pki } from '../harness/pki/issue.ts'
import { loadScenarios } from '../harness/scenario/load.ts'
import { settingsFrom } from '../harness/run/settings.ts'

/** What certificates cost, in milliseconds. */
export interface MintingCost {
  readonly leafMs: number
  readonly standardMs: number
  /** Mean over the corpus, with the standard PKI already there. RSA keys are made before. */
  readonly scenarioMs: number
}

/** Mints the corpus' certificates and takes the time. */
export async function mintingMs(): Promise<MintingCost> {
  const { scenarios } = loadScenarios(settingsFrom({}, {}, process.cwd()).scenarios)
  const keys = new KeyPool()
  const standard = scenarios[0]?.certificates ?? {}
  // Keys first: RSA keys are the warm-up's business, and cost once a run.
  await new Pki({ now: new Date(), keys }).issue(standard)
  for (const { certificates } of scenarios) {
    await new Pki({ now: new Date(), keys }).issue(certificates)
  }
  const pki = new Pki({ now: new Date(), keys })
  const standardMs = await timed(() => pki.issue(standard))
  const wholeMs = await timed(async () => {
    for (const { certificates } of scenarios) await pki.issue(certificates)
  })
  return {
    leafMs: standardMs / Math.max(1, Object.keys(standard).length),
    standardMs,
    scenarioMs: wholeMs / Math.max(1, scenarios.length),
  }
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now()
  await work()
  return performance.now() - began
}
