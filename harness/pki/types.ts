import type { KeyObject, X509Certificate } from 'node:crypto'

/** A certificate that a scenario knows by name, whoever has its key. */
export interface KnownCertificate {
  /** Its name in the scenario. */
  readonly name: string
  readonly der: Buffer
  readonly pem: string
  /** SHA-256 of the DER, lower-case hexadecimal. */
  readonly sha256: string
  /** Base64 of SHA-256 over the DER subjectPublicKeyInfo: an SPKI pin (RFC 7469 2.4). */
  readonly spkiPin: string
  /** Name of the issuing certificate; its own for a self-signed one. */
  readonly issuer: string
  /** Node's own reading of it, or null when the certificate is damaged beyond Node's parser. */
  readonly x509: X509Certificate | null
}

/** An issued certificate with its key. */
export interface IssuedCertificate extends KnownCertificate {
  readonly privateKey: KeyObject
  /** PKCS#8 PEM of {@link privateKey}. Secret: never logged or reported. */
  readonly keyPem: string
}

/** The certificates of one scenario, by name. */
export interface IssuedMaterial {
  /**
   * The certificate with that name, and its key.
   *
   * @throws HarnessError `ERR_PKI` when there is none, or when the key is the dispatcher's own
   */
  get(name: string): IssuedCertificate
  /** The certificate with that name, whoever has its key. @throws HarnessError `ERR_PKI` when there is none. */
  known(name: string): KnownCertificate
  /** From a name to its issuers, nearest first, without the self-signed end. */
  issuersOf(name: string): readonly KnownCertificate[]
  /** Name of the certificate with this SHA-256 thumbprint, or null for a stranger's. */
  nameOf(sha256: string): string | null
  readonly all: readonly KnownCertificate[]
  /** When the scenario began: staples and CRLs count from it. */
  readonly now: Date
}
