/**
 * A topic file as it is written, once ajv has found that it fits `scenario.schema.json`. The schema
 * describes every key; these types only repeat its shape, so that reading needs no casts.
 */

import type {
  BasicConstraints,
  Enrollment,
  ExtendedKeyUsage,
  GeneralName,
  KeyAlgorithm,
  KeyUsage,
  NameConstraints,
  RawExtension,
  SignatureHash,
} from './certificate.ts'
import type { RevocationReason } from './revocation-list.ts'
import type {
  CaHints,
  ClientCertificatePolicy,
  ClientCertificateSetup,
  CrlSetup,
  DispatcherSetup,
  EndpointSetup,
  LoadBalancer,
  OriginPolicy,
  RejectMoment,
  RejectStyle,
  SecretSetup,
  SignatureScheme,
  StapledResponse,
  TlsVersion,
  TokenAnswer,
  TokenAuthMethod,
  WireFault,
} from './setup.ts'
import type { EnrollExpectation, Expectation, ExpectedOutcome, Level, TargetName } from './types.ts'
import type { Capability, EngineName, Profile, Reason } from './vocabulary.ts'

/** `250ms`, `1h`, `-1d`. */
export type RawDuration = string

/** A count: `2`, or both ends of a range: `1..2`. */
export type RawRange = number | string

/** What a file says about one certificate; the rest comes from the certificate that it patches. */
export interface RawCertificate {
  readonly like?: string
  readonly issuer?: string
  readonly subject?: Readonly<Record<string, string>> | 'none'
  readonly 'subject-of'?: string
  readonly key?: KeyAlgorithm
  readonly 'key-of'?: string
  /** Relative to now (see `Instant`), or ISO 8601. */
  readonly 'not-before'?: string
  readonly 'not-after'?: string
  readonly signature?: SignatureHash
  readonly 'signed-by'?: string
  readonly 'subject-alternative-names'?: readonly GeneralName[] | 'none'
  readonly 'extended-key-usage'?: readonly ExtendedKeyUsage[] | 'none'
  readonly 'key-usage'?: readonly KeyUsage[] | 'none'
  readonly 'basic-constraints'?:
    { readonly authority?: BasicConstraints['authority']; readonly 'path-length'?: number } | 'none'
  readonly 'name-constraints'?: Partial<NameConstraints> | 'none'
  readonly 'authority-key-identifier'?: string
  readonly 'subject-key-identifier'?: string
  readonly serial?: string
  readonly version?: 1 | 3
  readonly extensions?: readonly RawExtension[]
  readonly tamper?: 'none' | 'flip-signature-bit'
  readonly enrollment?: Enrollment
}

/** A name, or a patch of the certificate that would be used otherwise. */
export type RawCertificateUse = string | RawCertificate

/** An answer of the origin: a status, a word, or the long form of either. */
export type RawAnswer =
  | number
  | 'garbage'
  | 'close'
  | 'stall'
  | 'truncated'
  | 'truncated-head'
  | 'drip'
  | 'endless'
  | {
      readonly status: number
      readonly headers?: Readonly<Record<string, string>>
      readonly body?: string
      readonly delay?: RawDuration
    }
  | { readonly redirect: number; readonly to: 'elsewhere' | 'same' | 'plaintext' }

/** What is stapled, or a patch of it. */
export type RawStaple =
  | 'none'
  | 'garbage'
  | 'try-later'
  | {
      readonly status?: StapledResponse['status']
      readonly 'this-update'?: RawDuration
      readonly 'next-update'?: RawDuration
      readonly 'signed-by'?: string
      readonly for?: string
    }

/** An endpoint, or a patch of one. */
export interface RawEndpoint {
  readonly host?: EndpointSetup['host']
  readonly scheme?: EndpointSetup['scheme']
  readonly certificate?: RawCertificateUse
  readonly chain?: readonly string[] | 'issuers'
  readonly staple?: RawStaple
  readonly 'client-certificate'?: ClientCertificatePolicy
  readonly 'client-anchors'?: readonly string[]
  readonly 'allowed-client-certificates'?: readonly string[] | 'any-under-anchors'
  readonly crl?: Partial<CrlSetup> | 'none'
  readonly 'ca-hints'?: CaHints
  readonly 'reject-style'?: RejectStyle
  readonly 'reject-moment'?: RejectMoment
  readonly 'min-version'?: TlsVersion
  readonly 'max-version'?: TlsVersion
  readonly ciphers?: string
  readonly groups?: string
  readonly alpn?: readonly string[]
  readonly resumption?: 'off' | 'on'
  readonly 'keep-alive'?: 'off' | 'on'
  readonly 'load-balancer'?: LoadBalancer
  readonly policy?: Partial<OriginPolicy>
  readonly answers?: readonly RawAnswer[]
  readonly fault?: WireFault
}

/** A token server, or a patch of one. */
export interface RawTokenServer {
  readonly endpoint?: RawEndpoint
  readonly 'auth-method'?: TokenAuthMethod
  readonly 'registered-certificate'?: string
  readonly 'client-id'?: string
  readonly scope?: string
  readonly 'expires-in'?: RawDuration
  readonly answers?: readonly TokenAnswer[]
}

/** How a client certificate is handed over, or a patch of it. */
export interface RawClientCertificate {
  readonly certificate?: RawCertificateUse
  readonly format?: ClientCertificateSetup['format']
  readonly chain?: readonly string[] | 'issuers'
  readonly key?: ClientCertificateSetup['key']
  readonly passphrase?: ClientCertificateSetup['passphrase']
  readonly damage?: ClientCertificateSetup['damage']
  readonly 'pem-style'?: ClientCertificateSetup['pemStyle']
}

/** A CRL, or a patch of one. Its own name is that of its issuer unless it says otherwise. */
export interface RawCrl {
  readonly issuer?: string
  readonly 'signed-by'?: string
  readonly revoked?: readonly string[]
  readonly reason?: RevocationReason | 'none'
  readonly 'this-update'?: RawDuration
  readonly 'next-update'?: RawDuration
  readonly number?: number
  readonly extensions?: readonly RawExtension[]
  readonly 'entry-extensions'?: readonly RawExtension[]
}

/** A payload signature: with the one secret of the target, or with those that are named. */
export type RawSignature =
  | 'none'
  | SignatureScheme
  | { readonly scheme?: SignatureScheme; readonly secrets?: readonly string[] }

/** What a file says about one secret. */
export type RawSecret = Partial<Pick<SecretSetup, 'bytes' | 'octets'>>

/** The dispatcher's configuration, or a patch of it. */
export interface RawDispatcher {
  readonly 'trust-anchors'?: readonly string[] | 'own-store'
  readonly pins?: readonly string[] | 'none'
  readonly crls?: Readonly<Record<string, RawCrl | 'none'>> | 'none'
  readonly 'client-certificate'?: RawClientCertificate | 'none'
  readonly 'min-version'?: DispatcherSetup['minVersion']
  readonly oauth2?:
    | {
        readonly 'client-certificate'?: RawClientCertificate | 'same'
        readonly 'trust-anchors'?: readonly string[] | 'same'
      }
    | 'none'
  readonly signature?: RawSignature
  readonly retry?:
    { readonly 'max-attempts'?: number; readonly 'initial-delay'?: RawDuration } | 'none'
  readonly timeout?: RawDuration
}

/** The part of a control or a scenario that describes its situation. */
export interface RawSetup {
  readonly certificates?: Readonly<Record<string, RawCertificate>>
  readonly endpoint?: RawEndpoint
  readonly 'token-server'?: RawTokenServer
  readonly elsewhere?: RawEndpoint
  readonly dispatcher?: RawDispatcher
  /** A second target; a patch of what is said for the first. */
  readonly 'other-dispatcher'?: RawDispatcher
  readonly event?: { readonly size?: number | 'small' }
  readonly secrets?: Readonly<Record<string, RawSecret>>
}

/** What is required of one delivery; the outcome decides what the rest defaults to. */
export interface RawExpectation {
  readonly target?: TargetName
  readonly outcome: ExpectedOutcome
  readonly reason?: Reason | readonly Reason[]
  readonly attempt?: 'required' | 'optional'
  readonly 'client-certificate'?: string
  readonly requests?: RawRange
  readonly connections?: RawRange
  readonly token?: { readonly requests?: RawRange; readonly 'client-certificate'?: string }
  readonly elsewhere?: RawRange
  readonly 'absent-headers'?: readonly string[]
  readonly resumption?: 'forbidden' | 'allowed'
  readonly signature?: 'any' | 'valid'
  readonly 'signed-with'?: readonly string[] | 'any'
  readonly 'minimum-gap'?: RawDuration
  readonly gaps?: Expectation['gaps']
  readonly timestamps?: Expectation['timestamps']
  readonly 'event-ids'?: Expectation['eventIds']
  readonly 'required-headers'?: Readonly<Record<string, string>>
  readonly 'server-name'?: 'any' | 'none' | 'host'
  readonly protocol?: Expectation['protocol']
  readonly 'oldest-version'?: Expectation['oldestVersion']
  readonly 'status-request'?: Expectation['statusRequest']
  readonly 'answer-bytes'?: number
}

/** One step; an object has exactly one of these keys. */
export type RawStep =
  | 'reset'
  | { readonly deliver: RawExpectation }
  | {
      readonly rotate: {
        readonly endpoint?: RawEndpoint
        readonly 'token-server'?: RawTokenServer
      }
    }
  | { readonly reconfigure: RawDispatcher }
  | { readonly wait: RawDuration }
  | {
      readonly inspect: {
        readonly certificate: string
        readonly warnings?: readonly string[]
        readonly 'absent-warnings'?: readonly string[]
      }
    }
  | { readonly enroll: RawEnroll }

/** What is required of an enrollment; the certificate says who issues it and which key is asked for. */
export type RawEnroll = { readonly certificate: string } & Partial<
  Omit<EnrollExpectation, 'certificate' | 'by' | 'algorithm'>
>

/** What a control and a scenario have in common. */
export interface RawCase extends RawSetup {
  readonly title: string
  readonly references?: readonly string[]
  readonly requires?: readonly Capability[]
  readonly engines?: readonly EngineName[]
  readonly aliases?: readonly string[]
  readonly steps?: readonly RawStep[]
  readonly expect?: RawExpectation
  readonly 'killed-by'?: readonly string[]
}

/** A deviation from the control. */
export interface RawScenario extends RawCase {
  readonly level: Level
  readonly profile?: Profile
}

/** A whole topic file. */
export interface RawTopic {
  readonly topic: string
  readonly role: 'dispatcher'
  readonly profile: Profile
  readonly requires?: readonly Capability[]
  readonly control: RawCase
  readonly scenarios: Readonly<Record<string, RawScenario>>
}
