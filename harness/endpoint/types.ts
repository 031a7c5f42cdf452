import type { KeyObject } from 'node:crypto'
import type { BearerFinding } from '../observation/types.ts'

/** How the origin recognises and checks the events of one scenario. */
export interface EventExpected {
  /** Secret of the payload signature; null = the scenario signs nothing. */
  readonly signature: {
    readonly scheme: 'standard-webhooks' | 'hmac-sha256'
    readonly secret: Buffer
  } | null
}

/** Looks at an `Authorization` header value and the certificate that came with it. */
export interface BearerChecker {
  check(authorization: string | null, presentedSha256: string | null): Promise<BearerFinding>
}

/** A signing key for access tokens. */
export interface TokenKey {
  readonly kid: string
  readonly privateKey: KeyObject
  readonly publicKey: KeyObject
}
