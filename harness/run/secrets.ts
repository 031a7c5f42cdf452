import { randomBytes } from 'node:crypto'
import type { EventSecret } from '../endpoint/types.ts'
import type { SecretSetup } from '../scenario/setup.ts'
import type { Scenario } from '../scenario/types.ts'

const ZERO = 0x00
const LINE_FEED = 0x0a
const SPACE = 0x20

/** Makes every secret that a scenario's targets are told, each from random octets of its own. */
export function makeSecrets({ secrets }: Pick<Scenario, 'secrets'>): readonly EventSecret[] {
  return Object.entries(secrets).map(([name, setup]) => ({
    name,
    scheme: setup.scheme,
    secret: octets(setup),
  }))
}

/**
 * What a scenario may be about is in no other secret by chance: a zero octet, which ends a text in C, and
 * white space at the ends, which is often trimmed.
 */
function octets({ bytes, octets: kind }: SecretSetup): Buffer {
  const secret = randomBytes(bytes)
  for (const [index, octet] of secret.entries()) {
    if (octet <= SPACE) secret[index] = octet | 0x40
  }
  switch (kind) {
    case 'random':
      break
    case 'with-zero':
      secret[3] = ZERO
      break
    case 'with-spaces':
      secret[0] = LINE_FEED
      secret[bytes - 1] = SPACE
      break
  }
  return secret
}
