import { createHash, createPublicKey, X509Certificate, type KeyObject } from 'node:crypto'
import { certificateParts } from './der-reader.ts'

/** SHA-256 of a certificate's DER, lower-case hexadecimal: how the ledger knows certificates. */
export function sha256Hex(der: Uint8Array): string {
  return createHash('sha256').update(der).digest('hex')
}

/**
 * The confirmation method `x5t#S256` of a certificate-bound token (RFC 8705 3.1): base64url, no
 * padding. Not nginx's `$ssl_client_fingerprint`, which is SHA-1 and would never match.
 */
export function x5tS256(der: Uint8Array): string {
  return createHash('sha256').update(der).digest('base64url')
}

/**
 * An SPKI pin: base64 of SHA-256 over the DER subjectPublicKeyInfo (RFC 7469 2.4), of a public key
 * or of the one in a certificate.
 *
 * Trap: `getPeerCertificate().pubkey` is the bare point for an EC key, not a subjectPublicKeyInfo;
 * a pin over it matches nobody's.
 */
export function spkiPin(of: KeyObject | X509Certificate): string {
  const spki =
    of instanceof X509Certificate
      ? certificateParts(of.raw).spki
      : of.export({ type: 'spki', format: 'der' })
  return createHash('sha256').update(spki).digest('base64')
}

/**
 * {@link spkiPin} of a public key however a stranger has encoded it: the point of an EC key can be
 * written in three ways (SEC 1 2.3.3), which are one key.
 */
export function keyIdentity(key: KeyObject): string {
  if (key.asymmetricKeyType !== 'ec') return spkiPin(key)
  try {
    return spkiPin(createPublicKey({ key: key.export({ format: 'jwk' }), format: 'jwk' }))
  } catch {
    // A curve that JWK has no name for, and nobody is asked for.
    return spkiPin(key)
  }
}
