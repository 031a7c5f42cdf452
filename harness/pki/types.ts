import type { KeyObject, X509Certificate } from 'node:crypto'

/** An issued certificate with its key. */
export interface IssuedCertificate {
  /** Its name in the scenario. */
  readonly name: string
  readonly der: Buffer
  readonly pem: string
  /** SHA-256 of the DER, lower-case hexadecimal. */
  readonly sha256: string
  /** Base64 of SHA-256 over the DER subjectPublicKeyInfo: an SPKI pin (RFC 7469 2.4). */
  readonly spkiPin: string
  readonly privateKey: KeyObject
  /** PKCS#8 PEM of {@link privateKey}. Secret: never logged or reported. */
  readonly keyPem: string
  /** Name of the issuing certificate; its own for a self-signed one. */
  readonly issuer: string
  /** Node's own reading of it, or null when the certificate is damaged beyond Node's parser. */
  readonly x509: X509Certificate | null
}

/** The certificates of one scenario, by name. */
export interface IssuedMaterial {
  /** The certificate with that name. @throws HarnessError `ERR_PKI` when there is none. */
  get(name: string): IssuedCertificate
  /** From a name to its issuers, nearest first, without the self-signed end. */
  issuersOf(name: string): readonly IssuedCertificate[]
  /** Name of the certificate with this SHA-256 thumbprint, or null for a stranger's. */
  nameOf(sha256: string): string | null
  readonly all: readonly IssuedCertificate[]
  /** The run's one moment, which everything relative in it counts from. */
  readonly now: Date
}
