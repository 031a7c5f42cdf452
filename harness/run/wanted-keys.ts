import type { KeyAlgorithm } from '../scenario/certificate.ts'
import type { Scenario } from '../scenario/types.ts'

/** A key of the pool. */
export interface WantedKey {
  readonly algorithm: KeyAlgorithm
  readonly label: string
}

/** The RSA keys that these scenarios need, each once; others are made in no time. */
export function wantedKeys(scenarios: readonly Scenario[]): readonly WantedKey[] {
  const wanted = new Map<string, WantedKey>()
  for (const { certificates } of scenarios) {
    for (const [label, { key, keyOf, enrollment }] of Object.entries(certificates)) {
      if (enrollment === 'none' && keyOf === null && key.startsWith('rsa-')) {
        wanted.set(`${key} ${label}`, { algorithm: key, label })
      }
    }
  }
  return [...wanted.values()]
}
