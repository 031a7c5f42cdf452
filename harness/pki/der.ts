/**
 * DER encoding (X.690), a typed layer over node-forge's ASN.1 writer.
 *
 * Trap: forge looks at the tag *number* alone when it writes primitive values. It takes the leading
 * zero off a dNSName (`[2]`) as if it were an INTEGER and writes `[30]` as UTF-16. Octets that must
 * come out as they went in therefore go through {@link verbatim}.
 */
import forge from 'node-forge'
import { readElement } from './der-reader.ts'
import { pkiError } from './pki-error.ts'

/** A value that will be written as DER. */
export type Asn1 = forge.asn1.Asn1

const { asn1 } = forge
const { Class, Type } = asn1

const binary = (octets: Uint8Array): string => Buffer.from(octets).toString('latin1')

/** The DER of a value. */
export function encode(value: Asn1): Buffer {
  return Buffer.from(asn1.toDer(value).getBytes(), 'latin1')
}

/** An identifier octet and content octets, written exactly as given. */
export function verbatim(identifier: number, content: Uint8Array): Asn1 {
  // forge writes `bitStringContents` untouched whatever the tag is; its types do not know the field.
  return Object.assign(asn1.create(Class.UNIVERSAL, Type.NONE, false, ''), {
    type: identifier,
    bitStringContents: binary(content),
  })
}

/** One element that is DER already. */
export function embed(der: Uint8Array): Asn1 {
  const { identifier, content } = readElement(der)
  return verbatim(identifier, content)
}

/** SEQUENCE or SEQUENCE OF. */
export function sequence(...members: readonly Asn1[]): Asn1 {
  return asn1.create(Class.UNIVERSAL, Type.SEQUENCE, true, [...members])
}

/** SET OF, its members sorted as DER wants it (X.690 11.6). */
export function setOf(...members: readonly Asn1[]): Asn1 {
  const sorted = members.map(encode).sort((a, b) => Buffer.compare(a, b))
  return asn1.create(Class.UNIVERSAL, Type.SET, true, sorted.map(embed))
}

/** `[tag]` around members: EXPLICIT, or IMPLICIT of a constructed type. */
export function contextConstructed(tag: number, ...members: readonly Asn1[]): Asn1 {
  const constructed = asn1.create(Class.CONTEXT_SPECIFIC, Type.NONE, true, [...members])
  return Object.assign(constructed, { type: tag })
}

/** `[tag]` IMPLICIT of a primitive type. */
export function contextPrimitive(tag: number, content: Uint8Array): Asn1 {
  return verbatim(Class.CONTEXT_SPECIFIC | tag, content)
}

/** INTEGER of a small number that is not negative. */
export function integer(value: number): Asn1 {
  return asn1.create(Class.UNIVERSAL, Type.INTEGER, false, asn1.integerToDer(value).getBytes())
}

/** INTEGER with exactly these content octets, also a negative or a padded one. */
export function integerOctets(content: Uint8Array): Asn1 {
  return verbatim(Type.INTEGER, content)
}

/** ENUMERATED below 128. */
export function enumerated(value: number): Asn1 {
  return verbatim(Type.ENUMERATED, Uint8Array.of(value))
}

/** OBJECT IDENTIFIER from its dotted form. @throws HarnessError `ERR_PKI` when it is not one. */
export function objectIdentifier(dotted: string): Asn1 {
  // forge reads any text as numbers; it refuses arcs of more than 32 bits by itself.
  if (!/^(?:[01]\.[1-3]?\d|2\.\d+)(?:\.\d+)*$/.test(dotted)) {
    throw pkiError(
      `${JSON.stringify(dotted)} is not an object identifier.`,
      'Write numbers with dots between them, for example 1.3.6.1.5.5.7.3.1.',
    )
  }
  return asn1.create(Class.UNIVERSAL, Type.OID, false, asn1.oidToDer(dotted).getBytes())
}

/** NULL. */
export function nothing(): Asn1 {
  return asn1.create(Class.UNIVERSAL, Type.NULL, false, '')
}

/** BOOLEAN TRUE. FALSE is always a default and so never written (X.690 11.5). */
export function yes(): Asn1 {
  return verbatim(Type.BOOLEAN, Uint8Array.of(0xff))
}

/** OCTET STRING. */
export function octetString(content: Uint8Array): Asn1 {
  return verbatim(Type.OCTETSTRING, content)
}

/** BIT STRING of whole octets, or with this many unused bits at the end. */
export function bitString(content: Uint8Array, unusedBits = 0): Asn1 {
  return verbatim(Type.BITSTRING, Buffer.concat([Uint8Array.of(unusedBits), content]))
}

/** UTF8String. */
export function utf8String(text: string): Asn1 {
  return verbatim(Type.UTF8, Buffer.from(text, 'utf8'))
}

/** PrintableString; the characters are not checked. */
export function printableString(text: string): Asn1 {
  return verbatim(Type.PRINTABLESTRING, Buffer.from(text, 'utf8'))
}

/** IA5String; the characters are not checked. */
export function ia5String(text: string): Asn1 {
  return verbatim(Type.IA5STRING, Buffer.from(text, 'utf8'))
}

/** BMPString: UTF-16, big endian. */
export function bmpString(text: string): Asn1 {
  return verbatim(Type.BMPSTRING, Buffer.from(text, 'utf16le').swap16())
}
