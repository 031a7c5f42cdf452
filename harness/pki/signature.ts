import { constants, sign, type KeyObject } from 'node:crypto'
import type { SignatureHash } from '../scenario/certificate.ts'
import {
  contextConstructed,
  integer,
  nothing,
  objectIdentifier,
  sequence,
  type Asn1,
} from './der.ts'
import { ALGORITHM_OIDS } from './oids.ts'
import { pkiError } from './pki-error.ts'

/** What goes beside a signature, and how to make it. */
export interface Signer {
  /** The AlgorithmIdentifier, which certificates and CRLs state twice (RFC 5280 4.1.1.2). */
  readonly algorithm: Asn1
  /** Signature over these octets, as it goes into the BIT STRING. */
  sign(octets: Uint8Array): Buffer
}

const RSA_OIDS = {
  sha256: ALGORITHM_OIDS.sha256WithRsa,
  sha384: ALGORITHM_OIDS.sha384WithRsa,
  sha512: ALGORITHM_OIDS.sha512WithRsa,
  sha1: ALGORITHM_OIDS.sha1WithRsa,
  md5: ALGORITHM_OIDS.md5WithRsa,
} as const

const ECDSA_OIDS = {
  sha256: ALGORITHM_OIDS.ecdsaWithSha256,
  sha384: ALGORITHM_OIDS.ecdsaWithSha384,
  sha512: ALGORITHM_OIDS.ecdsaWithSha512,
  sha1: ALGORITHM_OIDS.ecdsaWithSha1,
} as const

const PSS_SALT_OCTETS = 32

/** AlgorithmIdentifier of RSASSA-PSS with SHA-256, MGF1 over it and 32 octets of salt (RFC 4055 3.1). */
function pssSha256(): Asn1 {
  const sha256 = (): Asn1 => sequence(objectIdentifier(ALGORITHM_OIDS.sha256), nothing())
  return sequence(
    objectIdentifier(ALGORITHM_OIDS.rsassaPss),
    sequence(
      contextConstructed(0, sha256()),
      contextConstructed(1, sequence(objectIdentifier(ALGORITHM_OIDS.mgf1), sha256())),
      contextConstructed(2, integer(PSS_SALT_OCTETS)),
    ),
  )
}

function rsaSigner(key: KeyObject, hash: SignatureHash): Signer {
  if (hash === 'pss-sha256') {
    const padding = constants.RSA_PKCS1_PSS_PADDING
    return {
      algorithm: pssSha256(),
      sign: (octets) => sign('sha256', octets, { key, padding, saltLength: PSS_SALT_OCTETS }),
    }
  }
  return {
    // RFC 4055 5 and RFC 3279 2.2.1 demand NULL parameters here.
    algorithm: sequence(objectIdentifier(RSA_OIDS[hash]), nothing()),
    sign: (octets) => sign(hash, octets, key),
  }
}

function ecdsaSigner(key: KeyObject, hash: SignatureHash): Signer {
  if (hash === 'md5' || hash === 'pss-sha256') {
    throw pkiError(
      `An EC key cannot sign with ${hash}.`,
      'Give the signing certificate an RSA key, or choose sha256, sha384, sha512 or sha1.',
    )
  }
  return {
    // RFC 5758 3.2: no parameters, not even NULL.
    algorithm: sequence(objectIdentifier(ECDSA_OIDS[hash])),
    sign: (octets) => sign(hash, octets, { key, dsaEncoding: 'der' }),
  }
}

/**
 * How a private key signs certificates and CRLs. Ed25519 keys take no notice of the hash.
 *
 * @throws HarnessError `ERR_PKI` when the key cannot sign in that way.
 */
export function signerFor(key: KeyObject, hash: SignatureHash): Signer {
  const type = key.asymmetricKeyType
  if (type === 'rsa') return rsaSigner(key, hash)
  if (type === 'ec') return ecdsaSigner(key, hash)
  if (type === 'ed25519') {
    return {
      algorithm: sequence(objectIdentifier(ALGORITHM_OIDS.ed25519)),
      sign: (octets) => sign(null, octets, key),
    }
  }
  throw pkiError(
    `A key of type ${String(type)} cannot sign certificates here.`,
    'Use an RSA, EC or Ed25519 key.',
  )
}
