import { X509Certificate } from 'node:crypto'
import { elementsOf, readElement, type DerElement } from '../pki/der-reader.ts'
import { EXTENSION_OIDS } from '../pki/oids.ts'

/** A certificate in the parts that path validation looks at. */
export interface Certificate {
  readonly x509: X509Certificate
  /** Base64 of the DER: the same certificate, the same key. */
  readonly key: string
  /** Content octets of the signature's algorithm identifier, in hexadecimal. */
  readonly signature: string
  /** By dotted OID where it is in {@link EXTENSION_OIDS}, else by the OID's octets in hexadecimal. */
  readonly extensions: ReadonlyMap<string, Extension>
}

/** The value of an extension, DER. */
export interface Extension {
  readonly criticality: 'critical' | 'non-critical'
  readonly value: Buffer
}

/** Content octets of an OBJECT IDENTIFIER, in hexadecimal (X.690 8.19). */
export function oidHex(dotted: string): string {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number)
  const octets = [first * 40 + second, ...rest].flatMap((arc) => {
    const groups = [arc & 0x7f]
    for (let left = Math.floor(arc / 128); left > 0; left = Math.floor(left / 128)) {
      groups.unshift((left & 0x7f) | 0x80)
    }
    return groups
  })
  return Buffer.from(octets).toString('hex')
}

const KNOWN_OIDS: ReadonlyMap<string, string> = new Map(
  Object.values(EXTENSION_OIDS).map((oid) => [oidHex(oid), oid]),
)

const EXTENSIONS_TAG = 0xa3
const BOOLEAN = 0x01

/** Null for what is not a certificate, or not in the parts that matter here. */
export function readCertificate(der: Buffer): Certificate | null {
  try {
    const [tbs, algorithm] = elementsOf(readElement(der).content)
    const signature = algorithm && elementsOf(algorithm.content)[0]
    if (tbs === undefined || signature === undefined) return null
    const block = elementsOf(tbs.content).find(({ identifier }) => identifier === EXTENSIONS_TAG)
    return {
      x509: new X509Certificate(der),
      key: der.toString('base64'),
      signature: signature.content.toString('hex'),
      extensions: block === undefined ? new Map() : extensionsIn(block),
    }
  } catch {
    return null
  }
}

function extensionsIn(block: DerElement): ReadonlyMap<string, Extension> {
  const extensions = new Map<string, Extension>()
  for (const { content } of elementsOf(readElement(block.content).content)) {
    const [oid, second, third] = elementsOf(content)
    if (oid === undefined || second === undefined) continue
    const hex = oid.content.toString('hex')
    const isCritical = second.identifier === BOOLEAN && second.content[0] !== 0
    extensions.set(KNOWN_OIDS.get(hex) ?? hex, {
      criticality: isCritical ? 'critical' : 'non-critical',
      value: (third ?? second).content,
    })
  }
  return extensions
}
