import type { Disposition, Reason, Secret, Stage } from '../scenario/vocabulary.ts'

/** Which listener of the scenario saw it. */
export type Listener = 'endpoint' | 'token-server' | 'elsewhere'

/** What every observation has. */
interface Seen {
  /** Milliseconds since the scenario began. */
  readonly at: number
}

/** What every observation of a connection has. */
interface SeenOnConnection extends Seen {
  readonly listener: Listener
  /** Number of the connection within the scenario, from 1, over all listeners. */
  readonly connection: number
}

/** A client certificate as the endpoint saw it. */
export type PresentedCertificate =
  | { readonly presented: 'none' }
  | {
      readonly presented: 'certificate'
      /** Its name in the scenario, or null when the harness did not issue it. */
      readonly name: string | null
      /** SHA-256 of the DER, lower-case hexadecimal. */
      readonly sha256: string
      readonly subject: string
      /** Names (or thumbprints of strangers) of the whole list sent, end entity first. */
      readonly chain: readonly string[]
    }

/** What the endpoint decided about the client certificate. */
export type ClientJudgement =
  | { readonly decision: 'accepted' }
  | { readonly decision: 'not-asked' }
  | { readonly decision: 'rejected'; readonly because: string; readonly style: string }

/** What is wrong with the certification path that a dispatcher's own authority made. */
export type PathFinding =
  | 'valid'
  | 'untrusted'
  | 'expired'
  | 'not-yet-valid'
  | 'wrong-usage'
  | 'no-authority'
  /** It restricts names, which is not evaluated here: nothing can be said. */
  | 'not-evaluated'

/** An answer to `enroll`, taken apart. */
export interface Enrolled {
  readonly kind: 'enrolled'
  /** Name of the certificate that the key is for. */
  readonly certificate: string
  /** What came: a certification request, or a certificate of the dispatcher's own authority. */
  readonly answered: 'csr' | 'self'
  /** Why nothing can be done with it; null = it can be read, and the rest is what it says. */
  readonly unusable: string | null
  /** The key in the protocol's words, such as `rsa-3072`, or in words like them; null = not read. */
  readonly key: string | null
  /** RSA public exponent, decimal; null for another kind of key. */
  readonly exponent: string | null
  /** Base64 of SHA-256 over the DER subjectPublicKeyInfo; null = not read. */
  readonly spkiSha256: string | null
  /** Whose key it was already, outside this scenario, as the end of a sentence; null = nobody's, as far as is known. */
  readonly knownAs: string | null
  /** Of the request or the certificate, one escaped line; empty for an empty Name. */
  readonly subject: string
  /** Whether the request's signature proves that the dispatcher has the key (RFC 2986 3); `none` for a certificate. */
  readonly proof: 'none' | 'valid' | 'invalid' | 'weak' | 'unknown-algorithm'
  /** Whether what came is a path that ends in its authority, valid now; `none` for a request. */
  readonly path: 'none' | PathFinding
  /** Whether the certificate could issue others (RFC 5280 4.2.1.9); `none` for a request. */
  readonly use: 'none' | 'end-entity' | 'authority'
}

/** One thing that was seen. The ledger is a list of these, in order; it is stored in the report. */
export type Observation =
  /** Not seen but done: the harness begins this step. `step` counts from 0. */
  | (Seen & { readonly kind: 'step'; readonly step: number; readonly action: string })
  | (SeenOnConnection & { readonly kind: 'connection-opened'; readonly slot: string })
  | (SeenOnConnection & {
      readonly kind: 'client-hello'
      readonly serverName: string | null
      readonly alpn: readonly string[]
      /** Offered versions, highest first, for example `TLSv1.3`. */
      readonly versions: readonly string[]
      /** Whether an earlier session was offered: a TLS 1.2 ticket or id, or a TLS 1.3 PSK. */
      readonly session: 'none' | 'offered'
      readonly earlyData: 'none' | 'offered'
      /** Whether it asks for the certificate's status, which would be stapled (RFC 6066 8). */
      readonly statusRequest: 'none' | 'asked'
    })
  /** The first bytes were not a ClientHello. */
  | (SeenOnConnection & { readonly kind: 'not-tls'; readonly preview: string })
  /** An alert that crossed the wire unencrypted, or that the terminator decrypted. */
  | (SeenOnConnection & {
      readonly kind: 'alert'
      readonly from: 'dispatcher' | 'endpoint'
      readonly number: number
      /** RFC 8446 6 spelling, for example `unknown_ca`. */
      readonly description: string
    })
  | (SeenOnConnection & {
      readonly kind: 'handshake'
      readonly protocol: string
      readonly cipher: string
      readonly alpn: string | null
      readonly session: 'full' | 'resumed'
      readonly clientCertificate: PresentedCertificate
      readonly judgement: ClientJudgement
    })
  | (SeenOnConnection & {
      readonly kind: 'handshake-failed'
      /** The terminator's error code or message. */
      readonly error: string
      /** Null = it is not known whether the dispatcher would have shown one. */
      readonly clientCertificate: PresentedCertificate | null
    })
  /** A request was read, at the origin or at the terminator that turned it away. */
  | (SeenOnConnection & {
      readonly kind: 'request'
      readonly method: string
      readonly path: string
      /** Distinct headers as the dispatcher sent them, lower-case names; secrets redacted. */
      readonly headers: Readonly<Record<string, readonly string[]>>
      readonly bodyBytes: number
      /** SHA-256 of the body, lower-case hexadecimal. */
      readonly bodySha256: string
      /** The event's id found in the body, or null. */
      readonly eventId: string | null
      readonly bearer: BearerFinding
      readonly signature: SignatureFinding
      /** Names of the secrets with which a signature verified; none unless `signature` is `valid`. */
      readonly signedWith: readonly string[]
      /** Status that was answered; 0 = closed or stalled without one. */
      readonly answered: number
      /** Who answered. */
      readonly by: 'terminator' | 'origin'
    })
  | (SeenOnConnection & {
      readonly kind: 'connection-closed'
      readonly by: 'dispatcher' | 'endpoint' | 'harness'
      readonly how: 'fin' | 'reset'
      readonly bytesFromDispatcher: number
      readonly bytesToDispatcher: number
      /** Application bytes that the terminator decrypted; null where it cannot tell. */
      readonly decryptedBytes: number | null
    })
  | (SeenOnConnection & {
      readonly kind: 'token-request'
      readonly grantType: string | null
      readonly clientId: string | null
      readonly scope: string | null
      /** How the client authenticated itself, as far as one can tell. */
      readonly authMethod: string
      readonly clientCertificate: PresentedCertificate
      readonly answered: number
      /** OAuth2 error code of the answer (RFC 6749 5.2), or null. */
      readonly error: string | null
    })
  /** What the adapter answered to `configure`. */
  | (Seen & {
      readonly kind: 'configured'
      readonly target: 'first' | 'other'
      readonly result: 'accepted' | 'refused' | 'unsupported'
      readonly reason: Reason | null
      readonly unsupported: readonly string[]
    })
  /** What the adapter says became of the event. */
  | (Seen & {
      readonly kind: 'reply'
      readonly disposition: Disposition
      readonly attempts: readonly {
        readonly stage: Stage
        readonly reason: Reason | null
        readonly status: number | null
        readonly native: string | null
      }[]
      /** The event that was to be delivered. */
      readonly eventId: string
      readonly eventSha256: string
      /** Whether the dispatcher sends the body as it is, or inside an envelope of its own. */
      readonly payload: 'verbatim' | 'wrapped'
    })
  /**
   * Nobody could be asked what became of the event: the `observe` carrier has no adapter. Written when
   * the watch over the endpoint ends, after `waitedMs` milliseconds.
   */
  | (Seen & { readonly kind: 'unheard'; readonly waitedMs: number })
  | (Seen & { readonly kind: 'dropped'; readonly dropped: readonly string[] })
  | (Seen & {
      readonly kind: 'inspected'
      readonly sha256: string | null
      readonly name: string | null
      /** The end of validity that it showed. */
      readonly notAfter: string | null
      /** What the certificate itself says: to the second, RFC 3339; null for a stranger's, or one that cannot be read. */
      readonly certifiedNotAfter: string | null
      readonly warnings: readonly string[]
    })
  /** The dispatcher made a key of its own, and this is what it answered to `enroll`. */
  | (Seen & Enrolled)
  /** A reply told a secret of a configuration, or a token. Which secret it was is not written down. */
  | (Seen & {
      readonly kind: 'secret-told'
      /** What the reply was to. */
      readonly command: 'configure' | 'deliver' | 'reset' | 'inspect' | 'enroll'
      readonly secret: Secret
      /** Name of the reply's field, with a dot between outer and inner, such as `attempts.native`. */
      readonly field: string
    })
  /** The adapter broke: crash, hang, garbage. The offending line is quoted, bounded. */
  | (Seen & {
      readonly kind: 'adapter-fault'
      readonly fault: 'errored' | 'timeout' | 'protocol' | 'gone' | 'unsupported' | 'clock'
      readonly detail: string
    })
  /** The harness broke. */
  | (Seen & { readonly kind: 'harness-fault'; readonly detail: string })

/** What the origin found about the bearer token. */
export type BearerFinding =
  'none' | 'valid' | 'valid-bound' | 'unknown' | 'expired' | 'wrong-binding' | 'unbound'

/** What the origin found about the payload signature. */
export type SignatureFinding = 'none' | 'valid' | 'invalid'
