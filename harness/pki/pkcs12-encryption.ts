import { createCipheriv, pbkdf2Sync, randomBytes } from 'node:crypto'
import forge from 'node-forge'
import { integer, nothing, objectIdentifier, octetString, sequence, type Asn1 } from './der.ts'
import { deriveOctets, type Derivation } from './pkcs12-kdf.ts'

/** Real but quick: what OpenSSL takes by default. */
export const ITERATIONS = 2048
const SALT_OCTETS = 16

const OID = {
  pbes2: '1.2.840.113549.1.5.13',
  pbkdf2: '1.2.840.113549.1.5.12',
  hmacWithSha256: '1.2.840.113549.2.9',
  aes256Cbc: '2.16.840.1.101.3.4.1.42',
  pbeWithSha1And3Des: '1.2.840.113549.1.12.1.3',
  pbeWithSha1And40BitRc2: '1.2.840.113549.1.12.1.6',
} as const

/** Octets under a passphrase, and the AlgorithmIdentifier that says how. */
export interface Encrypted {
  readonly algorithm: Asn1
  readonly octets: Buffer
}

/** A way to encrypt under a passphrase. */
export type Encryption = (plain: Buffer, passphrase: string) => Encrypted

/** PBES2 with PBKDF2-HMAC-SHA-256 and AES-256-CBC (RFC 8018 6.2). */
export const aes256: Encryption = (plain, passphrase) => {
  const salt = randomBytes(SALT_OCTETS)
  const iv = randomBytes(16)
  const key = pbkdf2Sync(passphrase, salt, ITERATIONS, 32, 'sha256')
  const cipher = createCipheriv('aes-256-cbc', key, iv)
  const prf = sequence(objectIdentifier(OID.hmacWithSha256), nothing())
  const derivation = sequence(octetString(salt), integer(ITERATIONS), prf)
  return {
    algorithm: sequence(
      objectIdentifier(OID.pbes2),
      sequence(
        sequence(objectIdentifier(OID.pbkdf2), derivation),
        sequence(objectIdentifier(OID.aes256Cbc), octetString(iv)),
      ),
    ),
    octets: Buffer.concat([cipher.update(plain), cipher.final()]),
  }
}

function legacy(oid: string, salt: Buffer, octets: Buffer): Encrypted {
  const parameters = sequence(octetString(salt), integer(ITERATIONS))
  return { algorithm: sequence(objectIdentifier(oid), parameters), octets }
}

function sha1Derivation(passphrase: string): Derivation {
  return { hash: 'sha1', passphrase, salt: randomBytes(SALT_OCTETS), iterations: ITERATIONS }
}

/** pbeWithSHAAnd3-KeyTripleDES-CBC (RFC 7292 appendix C). */
export const tripleDes: Encryption = (plain, passphrase) => {
  const derivation = sha1Derivation(passphrase)
  const key = deriveOctets(derivation, 'key', 24)
  const cipher = createCipheriv('des-ede3-cbc', key, deriveOctets(derivation, 'iv', 8))
  const octets = Buffer.concat([cipher.update(plain), cipher.final()])
  return legacy(OID.pbeWithSha1And3Des, derivation.salt, octets)
}

/** pbewithSHAAnd40BitRC2-CBC (RFC 7292 appendix C). By forge: OpenSSL 3 has put RC2 away. */
export const rc2: Encryption = (plain, passphrase) => {
  const derivation = sha1Derivation(passphrase)
  const key = deriveOctets(derivation, 'key', 5).toString('latin1')
  const cipher = forge.rc2.createEncryptionCipher(key, 40)
  cipher.start(deriveOctets(derivation, 'iv', 8).toString('latin1'))
  cipher.update(forge.util.createBuffer(plain.toString('latin1')))
  cipher.finish()
  const octets = Buffer.from(cipher.output.getBytes(), 'latin1')
  return legacy(OID.pbeWithSha1And40BitRc2, derivation.salt, octets)
}
