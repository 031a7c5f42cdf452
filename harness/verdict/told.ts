import type { Observation } from '../observation/types.ts'
import type { Secret } from '../scenario/vocabulary.ts'
import { failed, type Finding } from './finding.ts'
import type { Of } from './delivery.ts'

/** A kind of secret in words. */
export const SECRET_WORDS: Readonly<Record<Secret, string>> = {
  'private-key': 'a private key',
  'key-store': 'a keystore',
  passphrase: 'the passphrase of a keystore',
  'client-secret': 'a client secret',
  'signature-secret': 'a signature secret',
  'access-token': 'an access token',
}

/** `a private key in "message" of the reply to configure`. */
export function toldWords({ secret, field, command }: Of<'secret-told'>): string {
  return `${SECRET_WORDS[secret]} in "${field}" of the reply to ${command}`
}

/** What was expected of every reply. */
export const NOTHING_TOLD = 'no secret of a configuration, and no token, in a reply'

/** The secrets that replies told, each with the step in which; those from before the first step count there. */
export function secretsTold(
  seen: readonly Observation[],
): readonly { readonly told: Of<'secret-told'>; readonly step: number }[] {
  let step = 0
  return seen.flatMap((one) => {
    if (one.kind === 'step') step = one.step
    return one.kind === 'secret-told' ? [{ told: one, step }] : []
  })
}

/**
 * The first secret that a reply told, and the step in which it did; null = none was told. Nothing that was expected excuses it,
 * no level and no control: what was told is told.
 */
export function secretTold(
  seen: readonly Observation[],
): { readonly finding: Finding; readonly step: number } | null {
  const [first] = secretsTold(seen)
  if (first === undefined) return null
  return { finding: failed('secret-told', NOTHING_TOLD, toldWords(first.told)), step: first.step }
}
