import { createPublicKey, generateKeyPair, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { promisify } from 'node:util'
import type { KeyAlgorithm } from '../scenario/certificate.ts'
import { KeyFiles } from './key-files.ts'

const generateInBackground = promisify(generateKeyPair)

/** A private key and the public key that belongs to it. */
export interface KeyPair {
  readonly privateKey: KeyObject
  readonly publicKey: KeyObject
}

/** Which pair is wanted. */
export interface WantedKey {
  readonly algorithm: KeyAlgorithm
  readonly label: string
}

/** An RSA modulus in bits, or the way to make a key that costs next to nothing. */
type Making =
  | { readonly cost: 'dear'; readonly modulusLength: number }
  | { readonly cost: 'cheap'; generate(): KeyPair }

function makingOf(algorithm: KeyAlgorithm): Making {
  switch (algorithm) {
    case 'ec-p256':
      return { cost: 'cheap', generate: () => generateEc('P-256') }
    case 'ec-p384':
      return { cost: 'cheap', generate: () => generateEc('P-384') }
    case 'ec-p521':
      return { cost: 'cheap', generate: () => generateEc('P-521') }
    case 'ed25519':
      return { cost: 'cheap', generate: () => generateKeyPairSync('ed25519') }
    case 'rsa-1024':
    case 'rsa-2048':
    case 'rsa-3072':
    case 'rsa-4096':
      return { cost: 'dear', modulusLength: Number(algorithm.slice('rsa-'.length)) }
  }
}

function generateEc(namedCurve: 'P-256' | 'P-384' | 'P-521'): KeyPair {
  return generateKeyPairSync('ec', { namedCurve })
}

/**
 * Key pairs by algorithm and label: asking twice gives the same pair. The label is the name of the
 * certificate that the pair is for, so scenarios that deviate in anything but the key share it.
 *
 * EC and Ed25519 pairs live in this process. RSA pairs take up to seconds to make; with a `folder`
 * they are shared by every process that uses the folder, and each is made once.
 */
export class KeyPool {
  readonly #pairs = new Map<string, Promise<KeyPair>>()
  readonly #files: KeyFiles | null

  /** @param options.folder where RSA pairs are shared, made when absent; default: they are not. */
  constructor(options: { readonly folder?: string } = {}) {
    this.#files = options.folder === undefined ? null : new KeyFiles(options.folder)
  }

  /**
   * The pair for an algorithm and a label.
   *
   * @throws HarnessError `ERR_PKI` when the folder cannot be used, a file in it is no such key, or
   *   another process takes too long to make one.
   */
  pair(algorithm: KeyAlgorithm, label: string): Promise<KeyPair> {
    const id = `${algorithm} ${label}`
    const known = this.#pairs.get(id)
    if (known !== undefined) return known
    const pair = this.#obtain(algorithm, label)
    this.#pairs.set(id, pair)
    pair.catch(() => this.#pairs.delete(id))
    return pair
  }

  async #obtain(algorithm: KeyAlgorithm, label: string): Promise<KeyPair> {
    const making = makingOf(algorithm)
    if (making.cost === 'cheap') return making.generate()
    const { modulusLength } = making
    // In libuv's threads: a synchronous RSA-4096 would hold up every connection of the worker.
    const generate = (): Promise<KeyPair> => generateInBackground('rsa', { modulusLength })
    if (this.#files === null) return generate()
    const privateKey = await this.#files.obtain(
      { algorithm, label, modulusLength },
      async () => (await generate()).privateKey,
    )
    return { privateKey, publicKey: createPublicKey(privateKey) }
  }
}

/**
 * Makes the RSA pairs that are wanted, in a folder that pools are then given. Others cost nothing
 * and are not shared, so they are left out.
 *
 * @throws HarnessError `ERR_PKI` as {@link KeyPool.pair} does.
 */
export async function warmUp(wanted: readonly WantedKey[], folder: string): Promise<void> {
  const pool = new KeyPool({ folder })
  const dear = wanted.filter(({ algorithm }) => makingOf(algorithm).cost === 'dear')
  await Promise.all(dear.map(({ algorithm, label }) => pool.pair(algorithm, label)))
}
