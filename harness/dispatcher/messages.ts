/**
 * The messages of the adapter protocol, version 1, as TypeScript types. What is sent keeps the
 * protocol's own spelling; what comes back is parsed (see parse-message.ts) and has none optional.
 * The JSON that crosses the wire is described by adapter.schema.json.
 */
import type { KeyAlgorithm } from '../scenario/certificate.ts'
import type { TokenAuthMethod } from '../scenario/setup.ts'
import type { Capability, Disposition, Reason, Stage } from '../scenario/vocabulary.ts'

/** The version of the adapter protocol that this harness speaks. */
export const PROTOCOL_VERSION = 1

/** Things that a `reset` can drop. */
export const DROPPABLE = ['connections', 'tls-sessions', 'tokens'] as const

/** One thing of {@link DROPPABLE}. */
export type Droppable = (typeof DROPPABLE)[number]

/** Parts of a configuration that no capability names, yet that an adapter may be unable to express. */
export const UNNAMED_FEATURES = ['tls.min_version', 'timeout_ms'] as const

/** The two ways to enroll: the harness issues what a request asks for, or the vendor's own authority does. */
export type EnrollCapability = Extract<Capability, `enrollment.${string}`>

/** What an adapter may list as unsupported in its answer to `configure`. */
export type UnsupportedFeature = Capability | (typeof UNNAMED_FEATURES)[number]

/** The dispatcher's own certificate, as it is handed over. */
export type ClientCertificateConfig =
  | {
      readonly format: 'pem'
      /** End entity first. May be damaged on purpose. */
      readonly chain_pem: string
      /** PKCS#8; absent = the certificate comes without its key. */
      readonly key_pem?: string
    }
  | {
      readonly format: 'pkcs12' | 'jks'
      /** The key store, base64. */
      readonly data_b64: string
      /** May be wrong on purpose; empty = none. */
      readonly passphrase: string
    }
  | {
      readonly format: 'enrolled'
      /** Handle of the key that the dispatcher made, from the answer to `enroll`. */
      readonly enrollment: string
      readonly chain_pem: string
    }

/** How to get an access token (RFC 6749 4.4, RFC 8705 2). */
export interface OAuth2Config {
  readonly token_url: string
  readonly client_id: string
  readonly auth_method: TokenAuthMethod
  /** Needed for `client_secret_basic` and `client_secret_post`. */
  readonly client_secret?: string
  readonly scope?: string
  /** Default: the target's. */
  readonly client_certificate?: ClientCertificateConfig
  /** Default: the target's. */
  readonly trust_anchors_pem?: string
}

/** How to sign a delivery. */
export type SignatureConfig =
  /** `webhook-id`, `webhook-timestamp`, `webhook-signature` (Standard Webhooks). */
  | {
      readonly scheme: 'standard-webhooks'
      readonly secret_b64: string
      /** While receivers may know either: one more signature, in the same list (capability `signature.rotation`). */
      readonly previous_secret_b64?: string
    }
  /** `header: sha256=` and lower-case hex of HMAC-SHA256 over the body's bytes. */
  | {
      readonly scheme: 'hmac-sha256'
      readonly header: string
      readonly secret_b64: string
      /** Not signed with: the header has room for one signature (capability `signature.rotation`). */
      readonly previous_secret_b64?: string
    }

/** Everything a dispatcher is told about one target. */
export interface TargetConfig {
  readonly url: string
  /** The only roots to trust for this target; absent = the dispatcher's own store. */
  readonly trust_anchors_pem?: string
  /** X.509 CRLs that every certificate of the server's path below the anchor is looked up in; absent = none is. */
  readonly crls_pem?: string
  /** Base64 of SHA-256 over the DER subjectPublicKeyInfo; absent = no pins. */
  readonly spki_pins?: readonly string[]
  /** Absent = the dispatcher has no certificate for this target. */
  readonly client_certificate?: ClientCertificateConfig
  /** Absent = the dispatcher's own default. */
  readonly tls?: { readonly min_version: 'TLSv1.2' | 'TLSv1.3' }
  readonly oauth2?: OAuth2Config
  readonly signature?: SignatureConfig
  /** Absent = one attempt. */
  readonly retry?: { readonly max_attempts: number; readonly initial_delay_ms: number }
  /** Longest time for one attempt, in milliseconds; absent = the dispatcher's own default. */
  readonly timeout_ms?: number
}

/** One event to send. */
export interface WebhookEvent {
  readonly id: string
  readonly type: string
  readonly content_type: string
  /** The body's bytes, base64. */
  readonly body_b64: string
}

/** A request without its `id`, which the carrier adds. */
export type RequestBody =
  | { readonly cmd: 'hello'; readonly protocol: typeof PROTOCOL_VERSION }
  | { readonly cmd: 'configure'; readonly target: string; readonly config: TargetConfig }
  | {
      readonly cmd: 'deliver'
      readonly target: string
      /** The dispatcher must be done with the event, all attempts included, in this many milliseconds. */
      readonly deadline_ms: number
      readonly event: WebhookEvent
    }
  | { readonly cmd: 'reset' }
  | { readonly cmd: 'inspect'; readonly target: string }
  | {
      readonly cmd: 'enroll'
      readonly key_algorithm: KeyAlgorithm
      /** Told only to a dispatcher that declares both; others know which they have. */
      readonly capability?: EnrollCapability
    }
  | { readonly cmd: 'bye' }

/** A command of the protocol. */
export type Command = RequestBody['cmd']

/** The request of one command. */
export type RequestOf<C extends Command> = Extract<RequestBody, { readonly cmd: C }>

/** What an adapter says of its dispatcher. */
export interface HelloReply {
  readonly name: string
  readonly version: string
  readonly vendor: string | null
  readonly url: string | null
  readonly capabilities: readonly Capability[]
  readonly limits: {
    /** Requests that may be in flight at once; default 1. */
    readonly maxParallel: number
  }
  /** Whether the body goes out as it is (default) or inside an envelope of the dispatcher's own. */
  readonly payload: 'verbatim' | 'wrapped'
  /** The adapter's clock, milliseconds since the epoch; null = it did not say. */
  readonly now: number | null
}

/** An adapter that has introduced itself. */
export interface Hello extends HelloReply {
  /** How far its clock is off the harness's, in milliseconds, positive = ahead; null = it did not say. */
  readonly clockOffsetMs: number | null
}

/** What became of a configuration. */
export type ConfigureReply =
  | { readonly result: 'accepted' }
  /** The dispatcher refuses this configuration: a refusal at stage `config`. */
  | { readonly result: 'refused'; readonly reason: Reason; readonly message: string | null }
  | { readonly result: 'unsupported'; readonly unsupported: readonly UnsupportedFeature[] }

/** One attempt of a delivery. */
export interface Attempt {
  readonly stage: Stage
  readonly reason: Reason | null
  /** HTTP status; null = none was seen. */
  readonly status: number | null
  /** The dispatcher's own words, bounded, control characters escaped, secrets redacted. */
  readonly native: string | null
}

/** What the dispatcher says became of an event. */
export interface DeliverReply {
  readonly disposition: Disposition
  readonly attempts: readonly Attempt[]
}

/** What was really dropped. */
export interface ResetReply {
  readonly dropped: readonly Droppable[]
}

/** What a console's Validate button shows. */
export interface InspectReply {
  readonly clientCertificate: {
    readonly subject: string
    /** RFC 3339. */
    readonly notAfter: string
    /** Of the DER, lower-case hexadecimal. */
    readonly sha256: string
  } | null
  readonly warnings: readonly string[]
}

/** A key that the dispatcher made. */
export type EnrollReply =
  /** Capability `enrollment.csr`: the harness signs it. */
  | { readonly kind: 'csr'; readonly enrollment: string; readonly csrPem: string }
  /** Capability `enrollment.self`: the vendor's own authority signed it. */
  | { readonly kind: 'certificate'; readonly enrollment: string; readonly chainPem: string }

/** The parsed reply of each command. */
export interface Replies {
  readonly hello: HelloReply
  readonly configure: ConfigureReply
  readonly deliver: DeliverReply
  readonly reset: ResetReply
  readonly inspect: InspectReply
  readonly enroll: EnrollReply
  readonly bye: 'done'
}
