import type { Scenario } from '../../scenario/types.ts'

/** These certificates, and whatever issued them, directly or not. Authorities that certify each other are no trap. */
export function withIssuers(
  names: readonly string[],
  certificates: Scenario['certificates'],
): readonly string[] {
  const all = new Set(names)
  // A set grows while it is walked: issuers follow what they issued.
  for (const name of all) {
    const issuer = certificates[name]?.issuer
    if (issuer !== undefined) all.add(issuer)
  }
  return [...all]
}
