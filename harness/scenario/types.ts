import type { CertificateDescription, Enrollment, KeyAlgorithm } from './certificate.ts'
import type {
  DispatcherSetup,
  EndpointSetup,
  EventSetup,
  SecretSetup,
  TlsVersion,
  TokenServerSetup,
} from './setup.ts'
import type { Capability, EngineName, Profile, Reason } from './vocabulary.ts'

/**
 * What a standard or the dispatcher's own claim demands. An unmet MUST fails; an unmet SHOULD passes
 * with an advisory. MAY is not a scenario.
 */
export type Level = 'MUST' | 'SHOULD'

/** How many of something: both ends included. */
export interface Range {
  readonly min: number
  readonly max: number
}

/** What must become of a delivery. */
export type ExpectedOutcome =
  /** The origin accepted the event once, intact, and the dispatcher says delivered. */
  | 'delivered'
  /** The dispatcher itself turned the endpoint away: a ClientHello, but no decrypted byte of a request. */
  | 'refused'
  /** The endpoint (or the dispatcher, before sending) turned the dispatcher's certificate or request away. */
  | 'rejected'
  /** The event was not accepted, whoever decided; used where no handshake decides, as for tokens. */
  | 'undelivered'

/**
 * The targets of a scenario. Both lead to the same URL; the dispatcher is told something else for each,
 * as for two customers with endpoints at one host.
 */
export const TARGETS = ['first', 'other'] as const

/** One target of {@link TARGETS}. */
export type TargetName = (typeof TARGETS)[number]

/** What is required of one delivery. */
export interface Expectation {
  /** The target that the event is for. */
  readonly target: TargetName
  readonly outcome: ExpectedOutcome
  /** The right reasons for the adapter to give; `unspecified` always passes loosely. Empty = any reason. */
  readonly reasons: readonly Reason[]
  /**
   * Proof of an attempt. `required`: a ClientHello must have arrived. `optional`: the dispatcher may
   * refuse locally, at configuration or before it connects.
   */
  readonly attempt: 'required' | 'optional'
  /** Name of the certificate that the endpoint must have been shown, `none`, or `any` (not judged). */
  readonly clientCertificate: string | 'none' | 'any'
  /** Requests that may reach the origin during this delivery; refused defaults to none. */
  readonly requests: Range
  /** Connections that the endpoint may see during this delivery; more is a storm. */
  readonly connections: Range
  /** What the token server must have seen during this delivery; null = not judged. */
  readonly token: TokenExpectation | null
  /** Connections that another listener (a redirect's destination) may see; almost always none. */
  readonly elsewhere: Range
  /** Lower-case names of request headers that must not come from the dispatcher. */
  readonly absentHeaders: readonly string[]
  /** Whether a resumed TLS session is judged as it is, or makes the verdict inconclusive. */
  readonly resumption: 'forbidden' | 'allowed'
  /** Which signature the origin must be able to verify on every request. */
  readonly signature: 'any' | 'valid'
  /**
   * Names of the secrets with which every request must be signed, and of the scenario's others with none.
   * Of `hmac-sha256` there is one signature a request.
   */
  readonly signedWith: readonly string[] | 'any'
  /** Shortest time between two attempts that the origin saw, in milliseconds; 0 = not judged. */
  readonly minimumGapMs: number
  /** `growing`: each pause between attempts must be a quarter longer than the one before, or more. */
  readonly gaps: 'any' | 'growing'
  /** `fresh`: each attempt must carry a later `webhook-timestamp` than the one before. */
  readonly timestamps: 'any' | 'fresh'
  /**
   * `same`: all attempts must carry one and the same `webhook-id`. `without-dot`: each must carry one, and
   * no full stop in it, which delimits what is signed.
   */
  readonly eventIds: 'any' | 'same' | 'without-dot'
  /** Header fields that every request must carry, lower-case names and exact values. */
  readonly requiredHeaders: Readonly<Record<string, string>>
  /** server_name of every ClientHello (RFC 6066 3): this host, `none`, or not judged. */
  readonly serverName: 'any' | 'none' | EndpointSetup['host']
  /** TLS version of every handshake, or not judged. */
  readonly protocol: 'any' | TlsVersion
  /** Oldest TLS version that a ClientHello may offer, or not judged. */
  readonly oldestVersion: 'any' | TlsVersion
  /**
   * Whether each ClientHello must ask for the certificate's status (RFC 6066 8). `if-asked`: what else
   * is expected binds only who asks, for nobody else is shown a staple; unmet, it is then an advisory.
   */
  readonly statusRequest: 'any' | 'asked' | 'if-asked'
  /** Most bytes that the dispatcher may take from the endpoint in all, TLS included; null = not judged. */
  readonly answerBytes: number | null
}

/** What the token server must have seen. */
export interface TokenExpectation {
  readonly requests: Range
  readonly clientCertificate: string | 'none' | 'any'
}

/** One thing that the harness does in a scenario, in order. */
export type Step =
  | { readonly do: 'deliver'; readonly expect: Expectation }
  /** Gives the dispatcher a new configuration for the same target. */
  | { readonly do: 'reconfigure'; readonly dispatcher: DispatcherSetup }
  /** Points the wire at another slot. */
  | {
      readonly do: 'rotate'
      readonly endpoint: EndpointSetup
      readonly tokenServer: TokenServerSetup | null
    }
  | { readonly do: 'reset' }
  | { readonly do: 'wait'; readonly ms: number }
  | { readonly do: 'inspect'; readonly expect: InspectExpectation }
  /**
   * Has the dispatcher make a key for a certificate, and has that certificate issued. Those before every
   * other step are done before the endpoint stands, so that it can allow the certificate.
   */
  | { readonly do: 'enroll'; readonly expect: EnrollExpectation }

/** What `inspect` must show (adapter protocol, "inspect"). */
export interface InspectExpectation {
  /** Name of the certificate whose thumbprint must be shown. */
  readonly certificate: string
  /** Warnings that must be among those shown. */
  readonly warnings: readonly string[]
  /** Warnings that must not be among those shown. */
  readonly absentWarnings: readonly string[]
}

/** What is required of the answer to `enroll`. That something can be done with it always is. */
export interface EnrollExpectation {
  /** Name of the certificate that the key is for. */
  readonly certificate: string
  /** Who issues it: the harness, for a request, or the dispatcher's own authority. */
  readonly by: Exclude<Enrollment, 'none'>
  /** What the dispatcher is asked for. */
  readonly algorithm: KeyAlgorithm
  /** `as-asked`: the key must be of that algorithm and size. */
  readonly key: 'any' | 'as-asked'
  /** `new`: no enrollment before it in the scenario may have had the same key. */
  readonly pair: 'any' | 'new'
  /** `sane`: an RSA public exponent must be odd and lie between 2^16 and 2^256 (FIPS 186-5, A.1.1). */
  readonly exponent: 'any' | 'sane'
  /** `present`: the request must name its subject. */
  readonly subject: 'any' | 'present'
  /** `valid`: the request's signature must verify with its own key (RFC 2986 3). */
  readonly proof: 'any' | 'valid'
  /** `valid`: what comes must be a certification path, valid now and good for clients, up to its authority. */
  readonly path: 'any' | 'valid'
  /** `end-entity`: the certificate must not be that of an authority. */
  readonly use: 'any' | 'end-entity'
}

/** One situation, complete: control and deviation are merged and every default is filled in. */
export interface Scenario {
  /** `<file>/<key>`, for example `server-validity/end-entity-expired`; the control's key is `control`. */
  readonly id: string
  /** Former ids; never reused. */
  readonly aliases: readonly string[]
  /** The file's topic sentence. */
  readonly topic: string
  /** Where it was read, for messages. */
  readonly file: string
  readonly line: number
  readonly title: string
  readonly role: 'dispatcher'
  readonly level: Level
  readonly profile: Profile
  /** Sections, for example `RFC 5280 4.1.2.5`. */
  readonly references: readonly string[]
  /** Capabilities without which the scenario is skipped. */
  readonly requires: readonly Capability[]
  /** Engines that can run it; skipped, by name, on another. */
  readonly engines: readonly EngineName[]
  /** Id of the control it deviates from; null for a control itself. */
  readonly control: string | null
  /** Miniatures that must fail it. */
  readonly killedBy: readonly string[]
  /** Every certificate that this scenario knows, by name: the standard ones, patched, and its own. */
  readonly certificates: Readonly<Record<string, CertificateDescription>>
  readonly endpoint: EndpointSetup
  readonly tokenServer: TokenServerSetup | null
  /** A second origin, where redirects lead; null = none. */
  readonly elsewhere: EndpointSetup | null
  readonly dispatcher: DispatcherSetup
  /** What the dispatcher is told for a second target with the same URL; null = there is none. */
  readonly otherDispatcher: DispatcherSetup | null
  readonly event: EventSetup
  /** Every secret that a target is told in the course of the scenario, by name. */
  readonly secrets: Readonly<Record<string, SecretSetup>>
  readonly steps: readonly Step[]
}
