import type { KeyObject } from 'node:crypto'
import type { BearerFinding } from '../observation/types.ts'
import type { SignatureScheme } from '../scenario/setup.ts'

/** How the origin recognises and checks the events of one scenario. */
export interface EventExpected {
  /** Every secret that payloads may be signed with; none = the scenario signs nothing. */
  readonly secrets: readonly EventSecret[]
}

/** A secret that a target was told, or will be. */
export interface EventSecret {
  /** Its name in the scenario: all that the ledger says of it. */
  readonly name: string
  readonly scheme: SignatureScheme
  readonly secret: Buffer
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

/** Where the wire forwards to: one configuration of an endpoint that is up and listening. */
export interface SlotAddress {
  /** For the ledger, for example `endpoint-1`. */
  readonly name: string
  /** `plaintext`: the slot expects HTTP without TLS. */
  readonly speaks: 'tls' | 'plaintext'
  readonly host: string
  readonly port: number
  /**
   * Tells the slot which connection of the ledger comes from this local port of the wire, before the
   * dispatcher's first byte. The bytes that it returns go ahead of them: none for a slot in this
   * process, a PROXY protocol header for one in a container.
   */
  admit(localPort: number, connection: number): Uint8Array
  /**
   * Settles when the slot has let go of the connection and written down what it saw of it: the number
   * of application bytes that it decrypted, or null where it cannot tell.
   */
  finished(connection: number): Promise<number | null>
  /**
   * Asked when the slot has ended the connection with FIN: how the dispatcher is to see that. Left out:
   * as FIN. A slot in a container cannot reset by itself, for no RST comes out of there.
   */
  endingOf?(connection: number): Promise<'fin' | 'reset'>
  /** Asked when the wire could not reach the slot: why that is, one sentence. Left out: nobody knows. */
  faultOf?(error: Error): Promise<string>
}
