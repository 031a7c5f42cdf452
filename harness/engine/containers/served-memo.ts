import { createHash } from 'node:crypto'
import type { IssuedMaterial } from '../../pki/types.ts'
import type { EndpointSetup } from '../../scenario/setup.ts'
import { servedBy, type Served } from './served.ts'

/** More than the setups of all topics that are near each other. */
const MOST_KEPT = 200

/**
 * What terminators are given for a setup, each made once. A CRL or a stapled response is signed with a
 * random number and dated to the second, so that made again it would need a server of its own.
 */
export class ServedMemo {
  readonly #kept = new Map<string, Served>()

  /** @throws HarnessError `ERR_ENGINE_FAULT` for a certificate that OpenSSL cannot serve. */
  get(setup: EndpointSetup, material: IssuedMaterial): Served {
    const key = keyOf(setup, material)
    const served = this.#kept.get(key) ?? servedBy(setup, material)
    // The one used last is the last to go.
    this.#kept.delete(key)
    this.#kept.set(key, served)
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= MOST_KEPT) break
      this.#kept.delete(oldest)
    }
    return served
  }
}

/** What only the origin looks at is left out. */
function keyOf({ answers, policy, ...setup }: EndpointSetup, material: IssuedMaterial): string {
  void answers
  void policy
  const hash = createHash('sha256').update(JSON.stringify(setup))
  for (const { name, sha256 } of material.all) hash.update(`\0${name}\0${sha256}`)
  return hash.digest('hex')
}
