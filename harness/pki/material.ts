import { listNames, pkiError } from './pki-error.ts'
import type { IssuedCertificate, IssuedMaterial } from './types.ts'

/** The certificates of one scenario by name and by thumbprint. */
export class Material implements IssuedMaterial {
  readonly all: readonly IssuedCertificate[]
  readonly now: Date
  readonly #byName: ReadonlyMap<string, IssuedCertificate>
  readonly #nameByThumbprint = new Map<string, string>()

  constructor(all: readonly IssuedCertificate[], now: Date) {
    this.all = all
    this.now = now
    this.#byName = new Map(all.map((certificate) => [certificate.name, certificate]))
    for (const { name, sha256 } of all) {
      // Two names can stand for the same octets; the first one is what reports say.
      if (!this.#nameByThumbprint.has(sha256)) this.#nameByThumbprint.set(sha256, name)
    }
  }

  get(name: string): IssuedCertificate {
    const found = this.#byName.get(name)
    if (found !== undefined) return found
    throw pkiError(
      `No certificate is called ${JSON.stringify(name)}.`,
      `Known certificates: ${listNames([...this.#byName.keys()])}.`,
    )
  }

  issuersOf(name: string): readonly IssuedCertificate[] {
    const issuers: IssuedCertificate[] = []
    // Two CAs may have signed each other: each is taken once.
    const passed = new Set([name])
    let { issuer } = this.get(name)
    while (!passed.has(issuer)) {
      passed.add(issuer)
      const certificate = this.get(issuer)
      if (certificate.issuer === certificate.name) break
      issuers.push(certificate)
      issuer = certificate.issuer
    }
    return issuers
  }

  nameOf(sha256: string): string | null {
    return this.#nameByThumbprint.get(sha256) ?? null
  }
}
