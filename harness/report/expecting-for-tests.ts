import type { Expectation } from '../scenario/types.ts'

const NONE = { min: 0, max: 0 }

/** The one expectation of a sample scenario, for that outcome. */
export function expecting(
  outcome: Expectation['outcome'],
  over: Partial<Expectation> = {},
): readonly [Expectation] {
  const delivered = outcome === 'delivered'
  return [
    {
      target: 'first',
      outcome,
      reasons: [],
      attempt: 'required',
      clientCertificate: delivered ? 'dispatcher' : 'any',
      requests: delivered ? { min: 1, max: 1 } : NONE,
      connections: { min: 0, max: 3 },
      token: null,
      elsewhere: NONE,
      absentHeaders: [],
      resumption: 'forbidden',
      signature: 'any',
      signedWith: 'any',
      minimumGapMs: 0,
      gaps: 'any',
      timestamps: 'any',
      eventIds: 'any',
      requiredHeaders: {},
      serverName: 'any',
      protocol: 'any',
      oldestVersion: 'any',
      statusRequest: 'any',
      answerBytes: null,
      ...over,
    },
  ]
}
