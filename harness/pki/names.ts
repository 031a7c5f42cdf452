import type { GeneralName } from '../scenario/certificate.ts'
import { addressOctets, networkOctets } from './address.ts'
import {
  contextConstructed,
  contextPrimitive,
  ia5String,
  objectIdentifier,
  printableString,
  sequence,
  setOf,
  utf8String,
  verbatim,
  type Asn1,
} from './der.ts'
import { ATTRIBUTE_OIDS } from './oids.ts'
import { octetsFromHex, pkiError } from './pki-error.ts'

/** Tags of GeneralName (RFC 5280 4.2.1.6). */
const TAG = { email: 1, dns: 2, directory: 4, uri: 6, ip: 7 } as const

/** otherName, x400Address, directoryName and ediPartyName are constructed; the others primitive. */
const CONSTRUCTED_TAGS: readonly number[] = [0, 3, 4, 5]

const PRINTABLE: readonly string[] = ['C', 'serialNumber', 'dnQualifier']
const IA5: readonly string[] = ['DC', 'emailAddress']

/**
 * A Name with one attribute in each RDN, in order (RFC 5280 4.1.2.4). Attributes are given by
 * keyword or dotted OID; an empty list is an empty Name.
 *
 * @throws HarnessError `ERR_PKI` for an attribute that is neither.
 */
export function distinguishedName(attributes: readonly (readonly [string, string])[]): Asn1 {
  return sequence(
    ...attributes.map(([attribute, value]) =>
      setOf(sequence(objectIdentifier(attributeOid(attribute)), attributeValue(attribute, value))),
    ),
  )
}

function attributeOid(attribute: string): string {
  if (/^[0-2](?:\.\d+)+$/.test(attribute)) return attribute
  const oid = Object.hasOwn(ATTRIBUTE_OIDS, attribute) ? ATTRIBUTE_OIDS[attribute] : undefined
  if (oid !== undefined) return oid
  throw pkiError(
    `${JSON.stringify(attribute)} is not an attribute of a distinguished name.`,
    `Use a dotted OID or one of ${Object.keys(ATTRIBUTE_OIDS).join(', ')}.`,
  )
}

function attributeValue(attribute: string, value: string): Asn1 {
  if (PRINTABLE.includes(attribute)) return printableString(value)
  if (IA5.includes(attribute)) return ia5String(value)
  return utf8String(value)
}

/** Where a GeneralName stands: an iPAddress is a host in one place and a network in the other. */
export type GeneralNamePlace = 'subject-alternative-name' | 'name-constraint'

/**
 * One GeneralName (RFC 5280 4.2.1.6). Text is written in UTF-8 and not checked, so that invalid
 * names can be made. `raw.tag` below 31 is the number of a context tag, constructed where the
 * standard's type is; from 128 on it is the identifier octet itself.
 *
 * @throws HarnessError `ERR_PKI` for an address, tag or hexadecimal that cannot be read.
 */
export function generalName(name: GeneralName, place: GeneralNamePlace): Asn1 {
  if ('dns' in name) return contextPrimitive(TAG.dns, Buffer.from(name.dns, 'utf8'))
  if ('email' in name) return contextPrimitive(TAG.email, Buffer.from(name.email, 'utf8'))
  if ('uri' in name) return contextPrimitive(TAG.uri, Buffer.from(name.uri, 'utf8'))
  if ('ip' in name) {
    const octets = place === 'name-constraint' ? networkOctets(name.ip) : addressOctets(name.ip)
    return contextPrimitive(TAG.ip, octets)
  }
  if ('directory' in name) {
    return contextConstructed(TAG.directory, distinguishedName(Object.entries(name.directory)))
  }
  return rawName(name.raw.tag, name.raw.hex)
}

function rawName(tag: number, hex: string): Asn1 {
  const content = octetsFromHex(hex, 'raw GeneralName')
  if (Number.isInteger(tag) && tag >= 0 && tag < 31) {
    return verbatim((CONSTRUCTED_TAGS.includes(tag) ? 0xa0 : 0x80) | tag, content)
  }
  if (Number.isInteger(tag) && tag >= 0x80 && tag <= 0xff && (tag & 0x1f) !== 0x1f) {
    return verbatim(tag, content)
  }
  throw pkiError(
    `${tag} is not the tag of a GeneralName.`,
    'Write a context tag from 0 through 30, or an identifier octet from 128 on.',
  )
}
