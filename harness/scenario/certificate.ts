/** What a scenario says about a certificate, before anything is issued. */

/** A moment, either relative to the run's one `now`, or to the scenario's where it is less than an hour away, or absolute. */
export type Instant =
  | { readonly kind: 'relative'; readonly ms: number }
  | { readonly kind: 'absolute'; readonly iso: string }

/** Key algorithms that a certificate can have. */
export const KEY_ALGORITHMS = [
  'ec-p256',
  'ec-p384',
  'ec-p521',
  'ed25519',
  'rsa-1024',
  'rsa-2048',
  'rsa-3072',
  'rsa-4096',
] as const

/** One algorithm of {@link KEY_ALGORITHMS}. */
export type KeyAlgorithm = (typeof KEY_ALGORITHMS)[number]

/** Digest (and padding) of the issuer's signature. `pss-sha256` needs an RSA issuer. */
export const SIGNATURE_HASHES = ['sha256', 'sha384', 'sha512', 'sha1', 'md5', 'pss-sha256'] as const

/** One digest of {@link SIGNATURE_HASHES}. Ignored for Ed25519 issuers, which have one way to sign. */
export type SignatureHash = (typeof SIGNATURE_HASHES)[number]

/** One GeneralName (RFC 5280 4.2.1.6). `raw` carries any context tag and bytes, also invalid ones. */
export type GeneralName =
  | { readonly dns: string }
  | { readonly ip: string }
  | { readonly uri: string }
  | { readonly email: string }
  | { readonly directory: Readonly<Record<string, string>> }
  | { readonly raw: { readonly tag: number; readonly hex: string } }

/** Bits of keyUsage (RFC 5280 4.2.1.3). */
export const KEY_USAGES = [
  'digital-signature',
  'non-repudiation',
  'key-encipherment',
  'data-encipherment',
  'key-agreement',
  'key-cert-sign',
  'crl-sign',
] as const

/** One bit of {@link KEY_USAGES}. */
export type KeyUsage = (typeof KEY_USAGES)[number]

/** A purpose of extendedKeyUsage (RFC 5280 4.2.1.12) by name, or a dotted OID. */
export type ExtendedKeyUsage =
  | 'server-auth'
  | 'client-auth'
  | 'email-protection'
  | 'code-signing'
  | 'ocsp-signing'
  | 'any'
  | `${number}.${string}`

/** basicConstraints (RFC 5280 4.2.1.9). */
export interface BasicConstraints {
  readonly authority: 'ca' | 'end-entity'
  readonly pathLength?: number
}

/** nameConstraints (RFC 5280 4.2.1.10). For `ip` give a CIDR, for example `127.0.0.0/8`. */
export interface NameConstraints {
  readonly permitted: readonly GeneralName[]
  readonly excluded: readonly GeneralName[]
  readonly criticality: 'critical' | 'non-critical'
}

/** Any other extension, as bytes. */
export interface RawExtension {
  readonly oid: string
  readonly criticality: 'critical' | 'non-critical'
  /** DER of the extension's value, in hexadecimal. */
  readonly hex: string
}

/** Who makes a certificate's key: the harness, or the dispatcher in one of two ways (adapter protocol, "enroll"). */
export type Enrollment = 'none' | 'csr' | 'self'

/**
 * One certificate of a scenario, complete: the parser has filled in every default.
 * Names refer to other certificates of the same scenario.
 */
export interface CertificateDescription {
  /** Name of the issuing certificate; the certificate's own name = self-signed. */
  readonly issuer: string
  /** Attributes in order, for example `[['CN', 'localhost']]`; empty = an empty Name. */
  readonly subject: readonly (readonly [attribute: string, value: string])[]
  /** Name whose subject this certificate copies; replaces `subject`. */
  readonly subjectOf: string | null
  readonly key: KeyAlgorithm
  /** Name whose key pair this certificate shares; replaces `key`. */
  readonly keyOf: string | null
  readonly notBefore: Instant
  readonly notAfter: Instant
  readonly signature: SignatureHash
  /** Name whose private key signs instead of the issuer's, so that the signature does not verify. */
  readonly signedBy: string | null
  readonly subjectAlternativeNames: readonly GeneralName[] | 'none'
  readonly extendedKeyUsage: readonly ExtendedKeyUsage[] | 'none'
  readonly keyUsage: readonly KeyUsage[] | 'none'
  readonly basicConstraints: BasicConstraints | 'none'
  readonly nameConstraints: NameConstraints | 'none'
  /** `matching` = of the issuer's key; `none`; or bytes in hexadecimal. */
  readonly authorityKeyIdentifier: string
  /** `matching` = of this key; `none`; or bytes in hexadecimal. */
  readonly subjectKeyIdentifier: string
  /** `random` (16 octets, positive) or the INTEGER's content octets in hexadecimal. */
  readonly serial: string
  readonly version: 1 | 3
  readonly extensions: readonly RawExtension[]
  /** Damage done to the finished DER. */
  readonly tamper: 'none' | 'flip-signature-bit'
  /**
   * Who makes the key. `none`: the harness. `csr`: the dispatcher, which asks for this certificate with
   * a request (RFC 2986). `self`: the dispatcher, whose own authority issues it; then `key` is what it is
   * asked for, `issuer` the name that its authority gets, and nothing else here counts.
   */
  readonly enrollment: Enrollment
}
