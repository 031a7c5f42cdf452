import { createHash, createPublicKey, type KeyObject } from 'node:crypto'
import { publicKeyBits } from './der-reader.ts'
import { spkiPin } from './thumbprint.ts'

/** What certificates state about a public key. */
export interface PublicKeyFacts {
  /** DER subjectPublicKeyInfo. */
  readonly spki: Buffer
  /** SHA-1 of the public key's bits (RFC 5280 4.2.1.2 (1)). */
  readonly identifier: Buffer
  readonly spkiPin: string
}

/** The same of a key pair, and its private half in words. */
export interface KeyFacts extends PublicKeyFacts {
  /** PKCS#8 in PEM. Secret. */
  readonly keyPem: string
}

// OpenSSL 3 takes longer to write a key out than to sign with it, and a key serves many certificates.
const known = new WeakMap<KeyObject, KeyFacts>()

/** The facts of a private key and its public half, worked out once a key object. */
export function keyFacts(privateKey: KeyObject): KeyFacts {
  const facts = known.get(privateKey) ?? workOut(privateKey)
  known.set(privateKey, facts)
  return facts
}

/** The facts of a public key, anybody's. */
export function publicKeyFacts(publicKey: KeyObject): PublicKeyFacts {
  const spki = publicKey.export({ type: 'spki', format: 'der' })
  return {
    spki,
    identifier: createHash('sha1').update(publicKeyBits(spki)).digest(),
    spkiPin: spkiPin(publicKey),
  }
}

function workOut(privateKey: KeyObject): KeyFacts {
  return {
    ...publicKeyFacts(createPublicKey(privateKey)),
    keyPem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  }
}
