/**
 * The Java KeyStore format, version 2. It has no standard; Sun's `sun.security.provider.JavaKeyStore`
 * and `KeyProtector` define it. Its protection is weak by design and of no concern here: keys are
 * throwaway.
 */
import { createHash, randomBytes, type KeyObject } from 'node:crypto'
import { encode, nothing, objectIdentifier, octetString, sequence } from './der.ts'
import { pkiError } from './pki-error.ts'
import { utf16 } from './pkcs12-kdf.ts'
import type { IssuedCertificate } from './types.ts'

const MAGIC = 0xfeedfeed
const VERSION = 2
const ENTRY_TAG = { key: 1, certificate: 2 } as const
const KEY_PROTECTOR_OID = '1.3.6.1.4.1.42.2.17.1.1'
/** Hashed into the final digest, for luck presumably. */
const WHITENER = 'Mighty Aphrodite'
const SHA1_OCTETS = 20

/** What goes into a keystore of one entry. */
export interface JksContent {
  /** Name of the entry; Java compares aliases in lower case, so it is stored so. */
  readonly alias: string
  /** End entity first. */
  readonly chain: readonly Pick<IssuedCertificate, 'der'>[]
  /** Null makes the end entity a trusted certificate without a key. */
  readonly privateKey: KeyObject | null
  /** Of the store and of the key. */
  readonly passphrase: string
  /** When the entry says it was made. */
  readonly now: Date
}

/** A keystore with one entry. @throws HarnessError `ERR_PKI` when the chain is empty. */
export function toJks(content: JksContent): Buffer {
  const { privateKey, passphrase, chain } = content
  const endEntity = chain[0]
  if (endEntity === undefined) {
    throw pkiError('A keystore entry has no certificate.', 'Give the end entity certificate.')
  }
  const entry =
    privateKey === null
      ? [uint32(ENTRY_TAG.certificate), ...header(content), certificate(endEntity.der)]
      : [
          uint32(ENTRY_TAG.key),
          ...header(content),
          counted(protectKey(privateKey, passphrase)),
          uint32(chain.length),
          ...chain.map(({ der }) => certificate(der)),
        ]
  const store = Buffer.concat([uint32(MAGIC), uint32(VERSION), uint32(1), ...entry])
  return Buffer.concat([store, sha1(utf16(passphrase), Buffer.from(WHITENER), store)])
}

function header({ alias, now }: JksContent): readonly Buffer[] {
  const date = Buffer.alloc(8)
  date.writeBigInt64BE(BigInt(now.getTime()))
  return [javaString(alias.toLowerCase()), date]
}

function certificate(der: Buffer): Buffer {
  return Buffer.concat([javaString('X.509'), counted(der)])
}

/**
 * The key under Sun's protector: salt, PKCS#8 XORed with a stream of SHA-1 digests, each over the
 * passphrase and the one before, and a SHA-1 over passphrase and plain key to check it by.
 */
function protectKey(key: KeyObject, passphrase: string): Buffer {
  const plain = key.export({ type: 'pkcs8', format: 'der' })
  const secret = utf16(passphrase)
  const salt = randomBytes(SHA1_OCTETS)
  const hidden = Buffer.from(plain)
  let stream: Buffer = salt
  for (let offset = 0; offset < hidden.length; offset += SHA1_OCTETS) {
    stream = sha1(secret, stream)
    for (const [index, octet] of stream.entries()) {
      const at = offset + index
      if (at < hidden.length) hidden[at] = (hidden[at] ?? 0) ^ octet
    }
  }
  return encode(
    sequence(
      sequence(objectIdentifier(KEY_PROTECTOR_OID), nothing()),
      octetString(Buffer.concat([salt, hidden, sha1(secret, plain)])),
    ),
  )
}

function sha1(...parts: readonly Buffer[]): Buffer {
  return createHash('sha1').update(Buffer.concat(parts)).digest()
}

function uint32(value: number): Buffer {
  const octets = Buffer.alloc(4)
  octets.writeUInt32BE(value)
  return octets
}

function counted(octets: Buffer): Buffer {
  return Buffer.concat([uint32(octets.length), octets])
}

/** `DataOutput.writeUTF`: each UTF-16 unit by itself, and no octet is zero. */
function javaString(text: string): Buffer {
  const octets: number[] = []
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index)
    if (unit > 0 && unit < 0x80) octets.push(unit)
    else if (unit < 0x800) octets.push(0xc0 | (unit >> 6), 0x80 | (unit & 0x3f))
    else octets.push(0xe0 | (unit >> 12), 0x80 | ((unit >> 6) & 0x3f), 0x80 | (unit & 0x3f))
  }
  if (octets.length > 0xffff) {
    throw pkiError(`An alias of ${octets.length} octets is too long.`, 'Choose a shorter alias.')
  }
  const length = Buffer.alloc(2)
  length.writeUInt16BE(octets.length)
  return Buffer.concat([length, Buffer.from(octets)])
}
