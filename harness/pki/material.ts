import { listNames, pkiError } from './pki-error.ts'
import type { IssuedCertificate, IssuedMaterial, KnownCertificate } from './types.ts'

/** The certificates of one scenario by name and by thumbprint. */
export class Material implements IssuedMaterial {
  readonly now: Date
  readonly #byName = new Map<string, KnownCertificate>()
  readonly #withKey = new Map<string, IssuedCertificate>()
  readonly #nameByThumbprint = new Map<string, string>()

  constructor(issued: readonly IssuedCertificate[], now: Date) {
    this.now = now
    for (const certificate of issued) {
      this.#withKey.set(certificate.name, certificate)
      this.admit(certificate)
    }
  }

  /**
   * Adds a certificate whose key is the dispatcher's own, once it has enrolled. Whoever asks from then
   * on, an endpoint that stands already too, knows it by its name.
   *
   * @throws HarnessError `ERR_PKI` when the name is taken
   */
  admit(certificate: KnownCertificate): void {
    const { name, sha256 } = certificate
    if (this.#byName.has(name)) {
      throw pkiError(
        `A certificate is called ${JSON.stringify(name)} already.`,
        'Enroll each certificate once.',
      )
    }
    this.#byName.set(name, certificate)
    // Two names can stand for the same octets; the first one is what reports say.
    if (!this.#nameByThumbprint.has(sha256)) this.#nameByThumbprint.set(sha256, name)
  }

  /** Those whose keys the harness made. */
  get issued(): readonly IssuedCertificate[] {
    return [...this.#withKey.values()]
  }

  get all(): readonly KnownCertificate[] {
    return [...this.#byName.values()]
  }

  known(name: string): KnownCertificate {
    const found = this.#byName.get(name)
    if (found !== undefined) return found
    throw pkiError(
      `No certificate is called ${JSON.stringify(name)}.`,
      `Known certificates: ${listNames([...this.#byName.keys()])}.`,
    )
  }

  get(name: string): IssuedCertificate {
    const found = this.#withKey.get(name)
    if (found !== undefined) return found
    throw pkiError(
      `The key of ${JSON.stringify(this.known(name).name)} is the dispatcher's own.`,
      'Only a certificate that the harness issued with its key can be used here.',
    )
  }

  issuersOf(name: string): readonly KnownCertificate[] {
    const issuers: KnownCertificate[] = []
    // Two CAs may have signed each other: each is taken once.
    const passed = new Set([name])
    let { issuer } = this.known(name)
    while (!passed.has(issuer)) {
      passed.add(issuer)
      const certificate = this.known(issuer)
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
