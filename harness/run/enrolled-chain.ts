import { X509Certificate, type KeyObject } from 'node:crypto'
import { findPathFault } from '../endpoint/client-path.ts'
import { printable } from '../observation/printable.ts'
import type { Enrolled } from '../observation/types.ts'
import { keyWords, publicExponent } from '../pki/key-words.ts'
import { pem } from '../pki/pem.ts'
import { keyIdentity, sha256Hex, spkiPin } from '../pki/thumbprint.ts'
import type { IssuedMaterial, KnownCertificate } from '../pki/types.ts'

/** An answer to `enroll`, taken apart. */
export interface Taken {
  readonly seen: Omit<Enrolled, 'kind' | 'certificate' | 'knownAs'>
  /** What gets a name in the scenario. */
  readonly certificates: readonly KnownCertificate[]
  /** What the dispatcher's own authority issued, end entity first; empty for a request. */
  readonly chain: readonly KnownCertificate[]
}

/** What is said of an answer that says nothing. */
export const NOTHING_READ = {
  key: null,
  exponent: null,
  spkiSha256: null,
  subject: '',
  proof: 'none',
  path: 'none',
  use: 'none',
} as const

/** An answer of which nothing can be made. */
export function unusable(answered: Enrolled['answered'], because: string): Taken {
  return { seen: { ...NOTHING_READ, answered, unusable: because }, certificates: [], chain: [] }
}

/** Digits of 2^256, and a few more to tell that a number is beyond. */
const MOST_DIGITS = 90

/** The RSA public exponent for the ledger: a stranger may have made it very long. */
export function shownExponent(key: KeyObject): string | null {
  return publicExponent(key)?.slice(0, MOST_DIGITS) ?? null
}

/** Most characters of a certificate's PEM: one with an RSA-16384 key has a fourth of this. */
const MOST_CHARACTERS = 24_000

/** Most certificates of a path that are looked at. */
const LONGEST_PATH = 8

/** The names that the ends of a path get. */
export interface PathNames {
  readonly certificate: string
  readonly authority: string
}

/**
 * Takes in a path that the dispatcher's own authority made (adapter protocol, "enroll"). The last
 * certificate is that authority's, unless the end entity stands alone. Never throws.
 */
export function takeChain(text: string, names: PathNames, material: IssuedMaterial): Taken {
  const path = readPath(text)
  if (typeof path === 'string') return unusable('self', path)
  const [endEntity, ...issuers] = path
  if (endEntity === undefined) return unusable('self', 'it is empty')
  const again = material.nameOf(sha256Hex(endEntity.raw))
  if (again !== null) return unusable('self', `it is the certificate "${again}" again`)
  const last = issuers.at(-1)
  const authority = last?.ca === true ? last : null
  const chain = path.map((x509, index) => {
    const name =
      x509 === endEntity
        ? names.certificate
        : x509 === authority
          ? names.authority
          : `${names.certificate}, issuer ${index}`
    return knownAs(name, authority === null ? name : names.authority, x509)
  })
  return {
    seen: {
      ...NOTHING_READ,
      answered: 'self',
      unusable: null,
      key: printable(keyWords(endEntity.publicKey), 60),
      exponent: shownExponent(endEntity.publicKey),
      spkiSha256: keyIdentity(endEntity.publicKey),
      subject: printable(subjectOf(endEntity), 300),
      path: authority === null ? 'no-authority' : faultOf(endEntity, issuers, authority),
      use: endEntity.ca ? 'authority' : 'end-entity',
    },
    // An authority that issued before has its name; of several the first keeps it.
    certificates: chain.filter(
      ({ name, x509 }) =>
        x509 === endEntity ||
        (x509 === authority &&
          name !== names.certificate &&
          !material.all.some((one) => one.name === name)),
    ),
    chain,
  }
}

function knownAs(name: string, issuer: string, x509: X509Certificate): KnownCertificate {
  return {
    name,
    der: x509.raw,
    // Written anew, so that nothing else that was in the text is passed on.
    pem: pem('CERTIFICATE', x509.raw),
    sha256: sha256Hex(x509.raw),
    spkiPin: spkiPin(x509),
    issuer,
    x509,
  }
}

/** The extension's object identifier in DER (RFC 5280 4.2.1.10). */
const NAME_CONSTRAINTS = Buffer.from('0603551d1e', 'hex')

function faultOf(
  endEntity: X509Certificate,
  issuers: readonly X509Certificate[],
  authority: X509Certificate,
): Enrolled['path'] {
  if (issuers.some(({ raw }) => raw.includes(NAME_CONSTRAINTS))) return 'not-evaluated'
  const fault = findPathFault({
    endEntity: endEntity.raw,
    others: issuers.filter((one) => one !== authority).map(({ raw }) => raw),
    anchors: [authority.raw],
    // Not the run's now: the certificate may begin this very second, long after the run did.
    at: new Date(),
    weakSignatures: 'refused',
  })
  return fault ?? 'valid'
}

function subjectOf({ subject }: X509Certificate): string {
  // An empty Name is undefined to Node, whatever its types say.
  return ((subject as string | undefined) ?? '').split('\n').join(', ')
}

const BLOCK = /-----BEGIN CERTIFICATE-----\s[A-Za-z0-9+/=\s]*-----END CERTIFICATE-----/g

/** The certificates, or why they cannot be had. */
function readPath(text: string): readonly X509Certificate[] | string {
  const blocks = text.match(BLOCK) ?? []
  const begun = text.split('-----BEGIN CERTIFICATE-----').length - 1
  if (blocks.length !== begun) return 'a certificate is cut off'
  // Before Node reads any of it: it takes the square of the octets of a key's exponent.
  if (blocks.some(({ length }) => length > MOST_CHARACTERS)) {
    return `a certificate has more than ${MOST_CHARACTERS} characters`
  }
  if (blocks.length > LONGEST_PATH) return `it has more than ${LONGEST_PATH} certificates`
  try {
    const path = blocks.map((block) => new X509Certificate(block))
    // What cannot be read of a certificate shows only when somebody asks for it.
    for (const each of path) knownAs(keyWords(each.publicKey), '', each)
    return path
  } catch {
    return 'a certificate cannot be read'
  }
}
