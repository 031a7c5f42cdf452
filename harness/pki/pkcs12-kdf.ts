import { createHash, createHmac } from 'node:crypto'

/** What the derived octets are for (RFC 7292 B.3). */
const PURPOSE_ID = { key: 1, iv: 2, mac: 3 } as const

/** How to derive. Both digests have input blocks of 64 octets, which the algorithm depends on. */
export interface Derivation {
  readonly hash: 'sha1' | 'sha256'
  readonly passphrase: string
  readonly salt: Buffer
  readonly iterations: number
}

const BLOCK_OCTETS = 64

/** UTF-16, big endian: how PKCS#12 and JKS see a passphrase, without the end mark. */
export function utf16(passphrase: string): Buffer {
  return Buffer.from(passphrase, 'utf16le').swap16()
}

/** Copies of the octets, as many whole blocks as hold them once; none for none. */
function stretched(octets: Buffer): Buffer {
  return Buffer.alloc(BLOCK_OCTETS * Math.ceil(octets.length / BLOCK_OCTETS), octets)
}

/** Adds `addend` and one to each block, as numbers, without the carry that runs over. */
function increased(blocks: Buffer, addend: Buffer): Buffer {
  const sum = Buffer.from(blocks)
  for (let end = sum.length; end > 0; end -= BLOCK_OCTETS) {
    let carry = 1
    for (let index = 1; index <= BLOCK_OCTETS; index++) {
      carry += (sum[end - index] ?? 0) + (addend[BLOCK_OCTETS - index] ?? 0)
      sum[end - index] = carry & 0xff
      carry >>= 8
    }
  }
  return sum
}

/** PKCS#12's own key derivation (RFC 7292 B.2), which PBES2 replaced for all but the MAC. */
export function deriveOctets(
  derivation: Derivation,
  purpose: keyof typeof PURPOSE_ID,
  length: number,
): Buffer {
  const { hash, passphrase, salt, iterations } = derivation
  const diversifier = Buffer.alloc(BLOCK_OCTETS, PURPOSE_ID[purpose])
  let input: Buffer = Buffer.concat([
    stretched(salt),
    stretched(Buffer.concat([utf16(passphrase), Buffer.alloc(2)])),
  ])
  const derived: Buffer[] = []
  for (let have = 0; have < length;) {
    let round = createHash(hash).update(diversifier).update(input).digest()
    for (let iteration = 1; iteration < iterations; iteration++) {
      round = createHash(hash).update(round).digest()
    }
    derived.push(round)
    have += round.length
    input = increased(input, Buffer.alloc(BLOCK_OCTETS, round))
  }
  return Buffer.concat(derived).subarray(0, length)
}

/** HMAC over the authenticated safe under a derived key (RFC 7292 4, MacData). */
export function macOver(content: Buffer, derivation: Derivation): Buffer {
  const { hash } = derivation
  const key = deriveOctets(derivation, 'mac', createHash(hash).digest().length)
  return createHmac(hash, key).update(content).digest()
}
