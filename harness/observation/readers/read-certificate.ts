import { createHash, X509Certificate } from 'node:crypto'
import { printable } from '../printable.ts'
import type { PresentedCertificate } from '../types.ts'

/** A certificate out of a log line. */
export interface ReadCertificate {
  readonly der: Buffer
  /** SHA-256 of the DER, lower-case hexadecimal. Not nginx's fingerprint, which is SHA-1. */
  readonly sha256: string
  /** One line, escaped; empty when Node cannot parse the certificate. */
  readonly subject: string
}

const PEM = /^-----BEGIN CERTIFICATE-----\s+([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----\s*$/

/** Reads `$ssl_client_escaped_cert`: PEM with percent-escapes, where a `+` is a plus. Null = not that. */
export function certificateFromEscapedPem(escaped: string): ReadCertificate | null {
  let pem: string
  try {
    pem = decodeURIComponent(escaped)
  } catch {
    return null
  }
  const base64 = PEM.exec(pem)?.[1]
  return base64 === undefined ? null : describe(Buffer.from(base64, 'base64'))
}

/** Reads base64 of one DER certificate. Null = not that. */
export function certificateFromBase64(base64: string): ReadCertificate | null {
  const [first, ...more] = certificatesFromBase64(base64)
  return first === undefined || more.length > 0 ? null : first
}

/** Reads base64 of DER certificates one after the other, at most 16; stops at what is none. */
export function certificatesFromBase64(base64: string): readonly ReadCertificate[] {
  const found: ReadCertificate[] = []
  let rest = Buffer.from(base64, 'base64')
  while (found.length < 16) {
    const length = sequenceLength(rest)
    if (length === null) break
    found.push(describe(rest.subarray(0, length)))
    rest = rest.subarray(length)
  }
  return found
}

/** For the ledger: names where `nameOf` knows the thumbprint, thumbprints of strangers. */
export function presentedCertificate(
  certificate: ReadCertificate | null,
  others: readonly ReadCertificate[],
  nameOf: (sha256: string) => string | null,
): PresentedCertificate {
  if (certificate === null) return { presented: 'none' }
  const { sha256, subject } = certificate
  return {
    presented: 'certificate',
    name: nameOf(sha256),
    sha256,
    subject,
    chain: [certificate, ...others].map((each) => nameOf(each.sha256) ?? each.sha256),
  }
}

/** Octets of the DER SEQUENCE that `bytes` begins with (X.690 8.1.3), or null when it is cut off or none. */
function sequenceLength(bytes: Buffer): number | null {
  const [tag, first] = bytes
  if (tag !== 0x30 || first === undefined) return null
  if (first < 0x80) return withinBytes(2 + first, bytes)
  const octets = first & 0x7f
  if (octets === 0 || octets > 3 || bytes.length < 2 + octets) return null
  return withinBytes(2 + octets + bytes.readUIntBE(2, octets), bytes)
}

const withinBytes = (length: number, bytes: Buffer): number | null =>
  length <= bytes.length ? length : null

function describe(der: Buffer): ReadCertificate {
  const sha256 = createHash('sha256').update(der).digest('hex')
  try {
    const subject = printable(new X509Certificate(der).subject.replaceAll('\n', ', '))
    return { der, sha256, subject }
  } catch {
    return { der, sha256, subject: '' }
  }
}
