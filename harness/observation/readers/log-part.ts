import type { ReadCertificate } from './read-certificate.ts'

/** Why a terminator turned a client certificate away, in the words of the embedded endpoint. */
export type RejectedBecause =
  'none-presented' | 'expired' | 'not-yet-valid' | 'wrong-usage' | 'revoked' | 'untrusted'

/** What the terminator found about the client certificate. */
export type ClientFinding =
  /** It verified. */
  | { readonly found: 'verified' }
  /** There was none; whether one was asked for, the slot's setup knows. */
  | { readonly found: 'none' }
  /** It did not verify; whether that was a rejection, the slot's setup knows. */
  | { readonly found: 'unverified'; readonly because: RejectedBecause; readonly detail: string }

/** What every line about a connection has. */
interface AboutConnection {
  /** The engine's number of the connection (see `connectionAt`). */
  readonly connection: number
  /** Port of the slot. */
  readonly slot: number
}

/** A request that the terminator read, and the handshake that it came through. */
export interface RequestPart extends AboutConnection {
  readonly part: 'request'
  /** `TLSv1.3`; null for a request in plaintext. */
  readonly protocol: string | null
  readonly cipher: string
  readonly alpn: string | null
  readonly session: 'full' | 'resumed'
  readonly client: ClientFinding
  readonly certificate: ReadCertificate | null
  /** What was sent after the end entity certificate; empty where the terminator does not log it. */
  readonly others: readonly ReadCertificate[]
  /** Empty, like the path, where the request was not understood or cut off. */
  readonly method: string
  readonly path: string
  /** Lower-case names in the order sent; null where the terminator does not log them. */
  readonly headerNames: readonly string[] | null
  /** Decrypted bytes of the request, head and body, as far as they were read; null = some. */
  readonly bytes: number | null
  /** Status that was answered; 0 = closed without an answer. */
  readonly answered: number
  readonly by: 'terminator' | 'origin'
  /** From the first byte of the request to the line being written, in milliseconds. */
  readonly durationMs: number
}

/** A handshake that failed. */
export interface HandshakeFailedPart extends AboutConnection {
  readonly part: 'handshake-failed'
  readonly error: string
  /** The alert that the dispatcher sent, decrypted; null = none. */
  readonly alertFromDispatcher: number | null
  /** The alert that OpenSSL sends for this failure; null where it is not about the client certificate. */
  readonly alertFromEndpoint: number | null
  readonly client: ClientFinding | null
  readonly certificate: ReadCertificate | null
}

/** Something that is the harness's own fault. */
export interface FaultPart {
  readonly part: 'fault'
  /**
   * `configuration`: it was refused, and the one before goes on. `terminator`: it has broken down. `connection`: a slot or an origin that is
   * not there, a certificate that cannot be served; the detail says `client: ` and whose. `line`: a line of
   * our own format that is damaged, so that what it told is lost.
   */
  readonly about: 'configuration' | 'terminator' | 'connection' | 'line'
  readonly detail: string
}

/** What one line of a terminator's log tells. */
export type LogPart =
  | RequestPart
  | HandshakeFailedPart
  /** The handshake was completed, and not one byte of a request came. HAProxy writes no line for it. */
  | (AboutConnection & {
      readonly part: 'closed-before-request'
      readonly alertFromDispatcher: number | null
    })
  /** The published port is done with the connection. Bytes are those of TLS, each way. */
  | (AboutConnection & {
      readonly part: 'ended'
      readonly received: number
      readonly sent: number
    })
  /** A load balancer that leaves TLS alone has connected to the endpoint behind it. */
  | (AboutConnection & {
      readonly part: 'passed-on'
      /** The number that the endpoint's lines have for this connection where no header tells (`numberOfPort`). */
      readonly knownAs: number
    })
  /** A worker with the newest configuration accepts connections. */
  | { readonly part: 'ready' }
  | FaultPart
  /** Nothing that concerns an observation. */
  | { readonly part: 'other' }
