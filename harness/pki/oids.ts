import type { ExtendedKeyUsage, KeyUsage } from '../scenario/certificate.ts'

/** Attribute types of a Name by their RFC 4514 keyword (RFC 5280 4.1.2.4, appendix A.1). */
export const ATTRIBUTE_OIDS: Readonly<Record<string, string>> = {
  CN: '2.5.4.3',
  SN: '2.5.4.4',
  serialNumber: '2.5.4.5',
  C: '2.5.4.6',
  L: '2.5.4.7',
  ST: '2.5.4.8',
  street: '2.5.4.9',
  O: '2.5.4.10',
  OU: '2.5.4.11',
  title: '2.5.4.12',
  GN: '2.5.4.42',
  dnQualifier: '2.5.4.46',
  UID: '0.9.2342.19200300.100.1.1',
  DC: '0.9.2342.19200300.100.1.25',
  emailAddress: '1.2.840.113549.1.9.1',
}

/** Extensions (RFC 5280 4.2, 5.2, 5.3). */
export const EXTENSION_OIDS = {
  subjectKeyIdentifier: '2.5.29.14',
  keyUsage: '2.5.29.15',
  subjectAlternativeName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  crlNumber: '2.5.29.20',
  reasonCode: '2.5.29.21',
  nameConstraints: '2.5.29.30',
  authorityKeyIdentifier: '2.5.29.35',
  extendedKeyUsage: '2.5.29.37',
} as const

/** Purposes (RFC 5280 4.2.1.12) by the scenario's word for them. */
export const PURPOSE_OIDS: Readonly<
  Record<Exclude<ExtendedKeyUsage, `${number}.${string}`>, string>
> = {
  'server-auth': '1.3.6.1.5.5.7.3.1',
  'client-auth': '1.3.6.1.5.5.7.3.2',
  'code-signing': '1.3.6.1.5.5.7.3.3',
  'email-protection': '1.3.6.1.5.5.7.3.4',
  'ocsp-signing': '1.3.6.1.5.5.7.3.9',
  any: '2.5.29.37.0',
}

/** Position of each keyUsage bit, 0 = the first (RFC 5280 4.2.1.3). */
export const KEY_USAGE_BITS: Readonly<Record<KeyUsage, number>> = {
  'digital-signature': 0,
  'non-repudiation': 1,
  'key-encipherment': 2,
  'data-encipherment': 3,
  'key-agreement': 4,
  'key-cert-sign': 5,
  'crl-sign': 6,
}

/** What OCSP is made of (RFC 6960 4.2.1). */
export const OCSP_OIDS = { basicResponse: '1.3.6.1.5.5.7.48.1.1' } as const

/** Signatures and digests (RFC 3279 2.2, RFC 4055, RFC 5758 3.2, RFC 8410 3). */
export const ALGORITHM_OIDS = {
  ecdsaWithSha1: '1.2.840.10045.4.1',
  ecdsaWithSha256: '1.2.840.10045.4.3.2',
  ecdsaWithSha384: '1.2.840.10045.4.3.3',
  ecdsaWithSha512: '1.2.840.10045.4.3.4',
  md5WithRsa: '1.2.840.113549.1.1.4',
  sha1WithRsa: '1.2.840.113549.1.1.5',
  mgf1: '1.2.840.113549.1.1.8',
  rsassaPss: '1.2.840.113549.1.1.10',
  sha256WithRsa: '1.2.840.113549.1.1.11',
  sha384WithRsa: '1.2.840.113549.1.1.12',
  sha512WithRsa: '1.2.840.113549.1.1.13',
  ed25519: '1.3.101.112',
  sha1: '1.3.14.3.2.26',
  sha256: '2.16.840.1.101.3.4.2.1',
} as const
