import { elementsOf, readElement } from '../pki/der-reader.ts'
import { ALGORITHM_OIDS, EXTENSION_OIDS, KEY_USAGE_BITS, PURPOSE_OIDS } from '../pki/oids.ts'
import { oidHex, readCertificate, type Certificate } from './certificate-reader.ts'

/** Why a client certificate has no valid certification path. */
export type PathFault = 'untrusted' | 'expired' | 'not-yet-valid' | 'wrong-usage'

/** What a client certificate is judged by. */
export interface PathQuestion {
  /** DER of the end entity certificate. */
  readonly endEntity: Buffer
  /** DER of whatever else the dispatcher sent. */
  readonly others: readonly Buffer[]
  /** DER of the trust anchors. A path must end in a self-signed one, as OpenSSL demands by default. */
  readonly anchors: readonly Buffer[]
  readonly at: Date
  /** Whether signatures with MD5 and SHA-1 are taken, as at OpenSSL's security level 0. */
  readonly weakSignatures: 'refused' | 'accepted'
}

const LONGEST_PATH = 8
const MOST_CANDIDATES = 24
const MOST_PATHS = 64

/** `Sep 24 10:00:00 2026 GMT` and the like, from Node. */
const instant = (text: string): number => Date.parse(text)

/**
 * Validates a client certificate (RFC 5280 6.1): names, signatures, validity, basicConstraints, path
 * length, keyUsage, extendedKeyUsage and critical extensions, for the purpose id-kp-clientAuth.
 *
 * Node's own judgement cannot be had without also sending the anchors' names as CA hints, because its
 * `ca` option sets both. A test holds this one to OpenSSL's on every kind of certificate that
 * scenarios use. It is stricter in one point: name constraints and policies are not evaluated but refused.
 */
export function findPathFault(question: PathQuestion): PathFault | null {
  const endEntity = readCertificate(question.endEntity)
  if (endEntity === null) return 'untrusted'
  const anchors = readAll(question.anchors)
  const pool = [...readAll(question.others), ...anchors].slice(0, MOST_CANDIDATES)
  const search = new PathSearch(pool, new Set(anchors.map(({ key }) => key)))
  let first: PathFault | null = null
  for (const path of search.pathsFrom([endEntity])) {
    const fault = faultOf(path, question)
    if (fault === null) return null
    first ??= fault
  }
  return first ?? 'untrusted'
}

function faultOf(path: readonly Certificate[], question: PathQuestion): PathFault | null {
  try {
    return faultOfPath(path, question)
  } catch {
    // An extension whose value is not what its type says.
    return 'untrusted'
  }
}

class PathSearch {
  readonly #pool: readonly Certificate[]
  readonly #anchors: ReadonlySet<string>
  #left = MOST_PATHS

  constructor(pool: readonly Certificate[], anchors: ReadonlySet<string>) {
    this.#pool = pool
    this.#anchors = anchors
  }

  /** Every path by names and signatures, end entity first, to a self-signed trust anchor. */
  *pathsFrom(path: readonly Certificate[]): Generator<readonly Certificate[]> {
    const last = path.at(-1)
    if (last === undefined || this.#left-- <= 0) return
    if (this.#anchors.has(last.key) && isSignedBy(last, last)) {
      yield path
      return
    }
    if (path.length >= LONGEST_PATH) return
    for (const issuer of this.#pool) {
      if (path.some(({ key }) => key === issuer.key) || !isSignedBy(last, issuer)) continue
      yield* this.pathsFrom([...path, issuer])
    }
  }
}

function isSignedBy(certificate: Certificate, issuer: Certificate): boolean {
  try {
    return (
      certificate.x509.checkIssued(issuer.x509) && certificate.x509.verify(issuer.x509.publicKey)
    )
  } catch {
    // A public key of a kind that cannot verify.
    return false
  }
}

function faultOfPath(path: readonly Certificate[], question: PathQuestion): PathFault | null {
  for (const [depth, certificate] of path.entries()) {
    const fault =
      faultOfExtensions(certificate) ??
      (depth === 0 ? null : faultOfAuthority(certificate, path.slice(1, depth))) ??
      faultOfUsage(certificate, depth === 0 ? 'end-entity' : 'authority') ??
      faultOfSignature(certificate, depth === path.length - 1, question) ??
      faultOfValidity(certificate, question.at)
    if (fault !== null) return fault
  }
  return null
}

/** Extensions that are understood here; any other one that is critical is refused (RFC 5280 4.2). */
const UNDERSTOOD: ReadonlySet<string> = new Set([
  EXTENSION_OIDS.keyUsage,
  EXTENSION_OIDS.subjectAlternativeName,
  EXTENSION_OIDS.basicConstraints,
  EXTENSION_OIDS.extendedKeyUsage,
  EXTENSION_OIDS.authorityKeyIdentifier,
  EXTENSION_OIDS.subjectKeyIdentifier,
])

function faultOfExtensions({ extensions }: Certificate): PathFault | null {
  if (extensions.has(EXTENSION_OIDS.nameConstraints)) return 'untrusted'
  for (const [oid, { criticality }] of extensions) {
    if (criticality === 'critical' && !UNDERSTOOD.has(oid)) return 'untrusted'
  }
  return null
}

function faultOfAuthority(
  certificate: Certificate,
  below: readonly Certificate[],
): PathFault | null {
  const constraints = certificate.extensions.get(EXTENSION_OIDS.basicConstraints)
  if (constraints === undefined || !certificate.x509.ca) return 'untrusted'
  const pathLength = elementsOf(readElement(constraints.value).content)[1]
  if (pathLength === undefined) return null
  // Self-issued certificates do not count (RFC 5280 4.2.1.9).
  const counted = below.filter(({ x509 }) => x509.subject !== x509.issuer).length
  const most = Number.parseInt(pathLength.content.toString('hex') || '0', 16)
  return counted > most ? 'untrusted' : null
}

function faultOfUsage(
  certificate: Certificate,
  position: 'end-entity' | 'authority',
): PathFault | null {
  const purposes = certificate.extensions.get(EXTENSION_OIDS.extendedKeyUsage)
  // OpenSSL does not take anyExtendedKeyUsage for id-kp-clientAuth, so neither does this.
  if (purposes !== undefined && !purposesIn(purposes.value).includes(CLIENT_AUTH)) {
    return 'wrong-usage'
  }
  const usage = certificate.extensions.get(EXTENSION_OIDS.keyUsage)
  if (usage === undefined) return null
  const bits = readElement(usage.value).content.subarray(1)
  const has = (bit: number) => (((bits[bit >> 3] ?? 0) >> (7 - (bit & 7))) & 1) === 1
  if (position === 'authority') {
    return has(KEY_USAGE_BITS['key-cert-sign']) ? null : 'untrusted'
  }
  const signs = has(KEY_USAGE_BITS['digital-signature']) || has(KEY_USAGE_BITS['key-agreement'])
  return signs ? null : 'wrong-usage'
}

function faultOfSignature(
  { signature }: Certificate,
  isAnchor: boolean,
  { weakSignatures }: PathQuestion,
): PathFault | null {
  return !isAnchor && weakSignatures === 'refused' && WEAK.has(signature) ? 'untrusted' : null
}

function faultOfValidity({ x509 }: Certificate, at: Date): PathFault | null {
  if (at.getTime() < instant(x509.validFrom)) return 'not-yet-valid'
  return at.getTime() > instant(x509.validTo) ? 'expired' : null
}

const CLIENT_AUTH = oidHex(PURPOSE_OIDS['client-auth'])

const WEAK: ReadonlySet<string> = new Set(
  [ALGORITHM_OIDS.ecdsaWithSha1, ALGORITHM_OIDS.md5WithRsa, ALGORITHM_OIDS.sha1WithRsa].map(oidHex),
)

function purposesIn(value: Buffer): readonly string[] {
  return elementsOf(readElement(value).content).map(({ content }) => content.toString('hex'))
}

function readAll(ders: readonly Buffer[]): readonly Certificate[] {
  return ders.map(readCertificate).filter((certificate) => certificate !== null)
}
