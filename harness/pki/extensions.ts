import type {
  BasicConstraints,
  CertificateDescription,
  ExtendedKeyUsage,
  GeneralName,
  KeyUsage,
  NameConstraints,
  RawExtension,
} from '../scenario/certificate.ts'
import {
  bitString,
  contextConstructed,
  contextPrimitive,
  encode,
  integer,
  objectIdentifier,
  octetString,
  sequence,
  yes,
  type Asn1,
} from './der.ts'
import { generalName } from './names.ts'
import { EXTENSION_OIDS, KEY_USAGE_BITS, PURPOSE_OIDS } from './oids.ts'
import { octetsFromHex } from './pki-error.ts'

/** Whether a reader that does not know an extension must refuse the certificate. */
export type Criticality = 'critical' | 'non-critical'

/** An Extension (RFC 5280 4.1.2.9) around the DER of its value. */
export function extension(oid: string, criticality: Criticality, value: Uint8Array): Asn1 {
  return criticality === 'critical'
    ? sequence(objectIdentifier(oid), yes(), octetString(value))
    : sequence(objectIdentifier(oid), octetString(value))
}

/** An extension whose value is given as octets. @throws HarnessError `ERR_PKI` when they are not hexadecimal. */
export function rawExtension({ oid, criticality, hex }: RawExtension): Asn1 {
  return extension(oid, criticality, octetsFromHex(hex, `value of extension ${oid}`))
}

/** authorityKeyIdentifier with a keyIdentifier alone (RFC 5280 4.2.1.1). */
export function authorityKeyIdentifier(keyIdentifier: Uint8Array): Asn1 {
  const value = sequence(contextPrimitive(0, keyIdentifier))
  return extension(EXTENSION_OIDS.authorityKeyIdentifier, 'non-critical', encode(value))
}

function subjectKeyIdentifier(keyIdentifier: Uint8Array): Asn1 {
  const value = encode(octetString(keyIdentifier))
  return extension(EXTENSION_OIDS.subjectKeyIdentifier, 'non-critical', value)
}

function subjectAlternativeName(names: readonly GeneralName[], criticality: Criticality): Asn1 {
  const value = sequence(...names.map((name) => generalName(name, 'subject-alternative-name')))
  return extension(EXTENSION_OIDS.subjectAlternativeName, criticality, encode(value))
}

function basicConstraints({ authority, pathLength }: BasicConstraints): Asn1 {
  const value = sequence(
    ...(authority === 'ca' ? [yes()] : []),
    ...(pathLength === undefined ? [] : [integer(pathLength)]),
  )
  return extension(EXTENSION_OIDS.basicConstraints, 'critical', encode(value))
}

function keyUsage(usages: readonly KeyUsage[]): Asn1 {
  let bits = 0
  for (const usage of usages) bits |= 0x80 >> KEY_USAGE_BITS[usage]
  if (bits === 0)
    return extension(EXTENSION_OIDS.keyUsage, 'critical', encode(bitString(Buffer.of())))
  // X.690 11.2.2: a list of named bits ends with its last bit set, the rest counts as unused.
  const unused = 31 - Math.clz32(bits & -bits)
  const value = bitString(Buffer.of(bits), unused)
  return extension(EXTENSION_OIDS.keyUsage, 'critical', encode(value))
}

function purposeOid(purpose: ExtendedKeyUsage): string {
  return (PURPOSE_OIDS as Readonly<Record<string, string>>)[purpose] ?? purpose
}

function extendedKeyUsage(purposes: readonly ExtendedKeyUsage[]): Asn1 {
  const value = sequence(...purposes.map((purpose) => objectIdentifier(purposeOid(purpose))))
  return extension(EXTENSION_OIDS.extendedKeyUsage, 'non-critical', encode(value))
}

function nameConstraints({ permitted, excluded, criticality }: NameConstraints): Asn1 {
  const subtrees = (tag: number, names: readonly GeneralName[]): readonly Asn1[] =>
    names.length === 0
      ? []
      : [
          contextConstructed(
            tag,
            ...names.map((name) => sequence(generalName(name, 'name-constraint'))),
          ),
        ]
  const value = sequence(...subtrees(0, permitted), ...subtrees(1, excluded))
  return extension(EXTENSION_OIDS.nameConstraints, criticality, encode(value))
}

/** What `matching` key identifiers refer to, and whether the subject says nothing. */
export interface ExtensionSurroundings {
  /** Identifier of the certificate's own key (RFC 5280 4.2.1.2 (1)). */
  readonly ownKeyIdentifier: Buffer
  readonly issuerKeyIdentifier: Buffer
  readonly subject: 'empty' | 'named'
}

/**
 * Every extension of a description, the raw ones last. subjectAlternativeName is critical when the
 * subject is empty (RFC 5280 4.2.1.6); basicConstraints and keyUsage always are.
 *
 * @throws HarnessError `ERR_PKI` when a value cannot be written.
 */
export function extensionsOf(
  description: CertificateDescription,
  surroundings: ExtensionSurroundings,
): readonly Asn1[] {
  const d = description
  const extensions: Asn1[] = []
  const identifier = (stated: string, matching: Buffer, what: string): Buffer =>
    stated === 'matching' ? matching : octetsFromHex(stated, what)

  if (d.subjectKeyIdentifier !== 'none') {
    const { subjectKeyIdentifier: stated } = d
    const own = surroundings.ownKeyIdentifier
    extensions.push(subjectKeyIdentifier(identifier(stated, own, 'subject key identifier')))
  }
  if (d.authorityKeyIdentifier !== 'none') {
    const { authorityKeyIdentifier: stated } = d
    const issuers = surroundings.issuerKeyIdentifier
    extensions.push(authorityKeyIdentifier(identifier(stated, issuers, 'authority key identifier')))
  }
  if (d.basicConstraints !== 'none') extensions.push(basicConstraints(d.basicConstraints))
  if (d.keyUsage !== 'none') extensions.push(keyUsage(d.keyUsage))
  if (d.extendedKeyUsage !== 'none') extensions.push(extendedKeyUsage(d.extendedKeyUsage))
  if (d.subjectAlternativeNames !== 'none') {
    const criticality = surroundings.subject === 'empty' ? 'critical' : 'non-critical'
    extensions.push(subjectAlternativeName(d.subjectAlternativeNames, criticality))
  }
  if (d.nameConstraints !== 'none') extensions.push(nameConstraints(d.nameConstraints))
  extensions.push(...d.extensions.map(rawExtension))
  return extensions
}
