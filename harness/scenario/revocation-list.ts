/** What a scenario says about a CRL that the dispatcher is given, before anything is signed. */

import type { RawExtension } from './certificate.ts'

/** CRLReason (RFC 5280 5.3.1) without the two that only delta CRLs and nothing use. */
export const REVOCATION_REASONS = [
  'key-compromise',
  'ca-compromise',
  'affiliation-changed',
  'superseded',
  'cessation-of-operation',
  'certificate-hold',
  'privilege-withdrawn',
] as const

/** Why a certificate was revoked: one of {@link REVOCATION_REASONS}. */
export type RevocationReason = (typeof REVOCATION_REASONS)[number]

/** One CRL, complete: the parser has filled in every default. Names refer to certificates of the scenario. */
export interface CrlDescription {
  /** Name of the certificate that the CRL calls its issuer, by subject and by key identifier. */
  readonly issuer: string
  /** Name whose private key signs instead of the issuer's, so that the signature does not verify. */
  readonly signedBy: string | null
  /** Names of the certificates whose serial numbers it lists, whoever issued them. */
  readonly revoked: readonly string[]
  /** What each entry states as its reason. */
  readonly reason: RevocationReason | 'none'
  /** thisUpdate, and the date of each revocation, in milliseconds from the beginning of the scenario. */
  readonly thisUpdateMs: number
  /** nextUpdate, in milliseconds from the beginning of the scenario. */
  readonly nextUpdateMs: number
  /** cRLNumber (RFC 5280 5.2.3). */
  readonly number: number
  /** Further extensions of the CRL (RFC 5280 5.2). */
  readonly extensions: readonly RawExtension[]
  /** Further extensions of each entry (RFC 5280 5.3). */
  readonly entryExtensions: readonly RawExtension[]
}
