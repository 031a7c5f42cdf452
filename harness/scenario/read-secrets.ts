import { STANDARD_SECRET } from './defaults.ts'
import type { Layers } from './layers.ts'
import type { DocumentPath, Report } from './problems.ts'
import type { Situation } from './read-setup.ts'
import type { SecretSetup, SignatureScheme } from './setup.ts'
import { TARGETS, type Scenario, type TargetName } from './types.ts'

/** What reading the secrets of one case needs. */
export interface SecretsReader {
  /** Of the beginning and of each step. */
  readonly situations: readonly Situation[]
  readonly layers: Layers
  /** Where the control or the scenario stands. */
  readonly path: DocumentPath
  readonly report: Report
}

/**
 * Collects every secret that a target is told. Each belongs to one target and one scheme: by its name in
 * the ledger one then knows whose it is, and how it signed.
 */
export function readSecrets(reader: SecretsReader): Scenario['secrets'] {
  const { situations, layers, path, report } = reader
  const secrets = new Map<string, SecretSetup>()
  for (const target of TARGETS) {
    const place = [...path, target === 'first' ? 'dispatcher' : 'other-dispatcher', 'signature']
    const taken = new Set(secrets.keys())
    for (const [name, scheme] of toldTo(target, situations)) {
      const known = secrets.get(name)
      if (taken.has(name)) report(place, `"${name}" is a secret of the first target`)
      else if (known !== undefined) report(place, `"${name}" signs by ${known.scheme} already`)
      else secrets.set(name, { ...STANDARD_SECRET, ...layers.secrets[name], scheme })
    }
  }
  for (const name of Object.keys(layers.secrets)) {
    if (!secrets.has(name)) report([...path, 'secrets', name], 'no target is told this secret')
  }
  return Object.fromEntries(secrets)
}

/** Each pair of a secret and a scheme that a target is ever told, once. */
function toldTo(
  target: TargetName,
  situations: readonly Situation[],
): readonly (readonly [string, SignatureScheme])[] {
  const pairs = new Map<string, readonly [string, SignatureScheme]>()
  for (const { dispatcher, otherDispatcher } of situations) {
    const told = target === 'first' ? dispatcher : otherDispatcher
    if (told === null || told.signature === 'none') continue
    const { scheme, secrets } = told.signature
    for (const name of secrets) pairs.set(`${scheme} ${name}`, [name, scheme])
  }
  return [...pairs.values()]
}
