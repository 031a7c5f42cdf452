/**
 * Just enough DER reading to take certificates, keys and certification requests apart without changing an
 * octet. It never reads beyond what it is given; whoever gives it a stranger's octets bounds their number.
 */
import { pkiError } from './pki-error.ts'

/** One element of DER. */
export interface DerElement {
  readonly identifier: number
  readonly content: Buffer
  /** Identifier, length and content together. */
  readonly whole: Buffer
}

function broken(): Error {
  return pkiError(
    'A DER element is cut off or uses a form that DER forbids.',
    'The certificate or key at hand was not made by the harness, or is damaged.',
  )
}

/**
 * The element at an offset (default 0).
 *
 * @throws HarnessError `ERR_PKI` when it is cut off, indefinite, or has a tag above 30.
 */
export function readElement(der: Uint8Array, offset = 0): DerElement {
  const octets = Buffer.from(der.buffer, der.byteOffset, der.byteLength)
  const identifier = octets[offset]
  const first = octets[offset + 1]
  if (identifier === undefined || first === undefined) throw broken()
  const lengthOctets = first < 0x80 ? 0 : first & 0x7f
  const start = offset + 2 + lengthOctets
  if ((identifier & 0x1f) === 0x1f || first === 0x80 || lengthOctets > 4) throw broken()
  if (start > octets.length) throw broken()
  const length = lengthOctets === 0 ? first : octets.readUIntBE(offset + 2, lengthOctets)
  if (start + length > octets.length) throw broken()
  return {
    identifier,
    content: octets.subarray(start, start + length),
    whole: octets.subarray(offset, start + length),
  }
}

/** The elements that fill a constructed element's content. */
export function elementsOf(content: Uint8Array): readonly DerElement[] {
  const elements: DerElement[] = []
  for (let offset = 0; offset < content.length;) {
    const element = readElement(content, offset)
    elements.push(element)
    offset += element.whole.length
  }
  return elements
}

/** The parts of a TBSCertificate that others need as they are (RFC 5280 4.1). */
export interface CertificateParts {
  /** Content octets of the serialNumber INTEGER. */
  readonly serial: Buffer
  /** DER of the subject Name. */
  readonly subject: Buffer
  /** DER of the subjectPublicKeyInfo. */
  readonly spki: Buffer
}

/** Takes a certificate apart. @throws HarnessError `ERR_PKI` when it is not one. */
export function certificateParts(der: Uint8Array): CertificateParts {
  const tbs = elementsOf(readElement(der).content)[0]
  if (tbs === undefined) throw broken()
  const fields = elementsOf(tbs.content)
  // The version `[0]` is absent in a version 1 certificate.
  const skipped = fields[0]?.identifier === 0xa0 ? 1 : 0
  const [serial, , , , subject, spki] = fields.slice(skipped)
  if (serial === undefined || subject === undefined || spki === undefined) throw broken()
  return { serial: serial.content, subject: subject.whole, spki: spki.whole }
}

/** The subjectPublicKey's bits out of a subjectPublicKeyInfo (RFC 5280 4.1.2.7). */
export function publicKeyBits(spki: Uint8Array): Buffer {
  const bits = elementsOf(readElement(spki).content)[1]
  if (bits === undefined) throw broken()
  // The first octet counts unused bits, which no key of ours has.
  return bits.content.subarray(1)
}
