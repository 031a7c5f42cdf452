import type { KeyObject } from 'node:crypto'
import { KEY_ALGORITHMS, type KeyAlgorithm } from '../scenario/certificate.ts'

const CURVES: Readonly<Record<string, KeyAlgorithm>> = {
  prime256v1: 'ec-p256',
  secp384r1: 'ec-p384',
  secp521r1: 'ec-p521',
}

/**
 * What kind of key it is, in the words of the adapter protocol where they have one for it
 * (`rsa-3072`), else in words like them (`rsa-1536`, `ec-secp256k1`, `x25519`).
 */
export function keyWords({
  asymmetricKeyType: type,
  asymmetricKeyDetails: details,
}: KeyObject): string {
  if (type === undefined) return 'secret'
  if (details?.modulusLength !== undefined) return `${type}-${details.modulusLength}`
  if (type !== 'ec') return type
  const curve = details?.namedCurve ?? 'unnamed'
  return CURVES[curve] ?? `ec-${curve}`
}

/** Whether a word of {@link keyWords} is one that a dispatcher can be asked for. */
export function isKeyAlgorithm(words: string): words is KeyAlgorithm {
  return KEY_ALGORITHMS.some((algorithm) => algorithm === words)
}

/** The RSA public exponent, in decimal; null for a key that has none. */
export function publicExponent({ asymmetricKeyDetails: details }: KeyObject): string | null {
  return details?.publicExponent?.toString() ?? null
}
