import type { CertificateDescription, KeyAlgorithm } from '../scenario/certificate.ts'
import { listNames, pkiError } from './pki-error.ts'

/** Which pair of the pool a certificate has. */
export interface KeyIdentity {
  readonly algorithm: KeyAlgorithm
  /** Name of the certificate that the pair was made for. */
  readonly label: string
}

/**
 * The descriptions of one scenario, with the references between them followed. An issuer is looked at
 * for its subject and key only, so issuers may go round in a circle.
 */
export class Directory {
  readonly names: readonly string[]
  readonly #descriptions: Readonly<Record<string, CertificateDescription>>

  constructor(descriptions: Readonly<Record<string, CertificateDescription>>) {
    this.#descriptions = descriptions
    this.names = Object.keys(descriptions)
  }

  /**
   * The description with that name.
   *
   * @param reference where the name was found, for example `issuer of certificate "endpoint"`
   * @throws HarnessError `ERR_PKI` when there is none.
   */
  find(name: string, reference: string): CertificateDescription {
    const found = Object.hasOwn(this.#descriptions, name) ? this.#descriptions[name] : undefined
    if (found !== undefined) return found
    throw pkiError(
      `The ${reference} is ${JSON.stringify(name)}, which no certificate is called.`,
      `Known certificates: ${listNames(this.names)}.`,
    )
  }

  /** Attributes of a certificate's subject, copied from another where it says so. */
  subjectOf(name: string): CertificateDescription['subject'] {
    return this.#follow(name, 'subjectOf').description.subject
  }

  /** The key pair of a certificate, shared with another where it says so. */
  keyOf(name: string): KeyIdentity {
    const { name: label, description } = this.#follow(name, 'keyOf')
    return { algorithm: description.key, label }
  }

  #follow(
    name: string,
    field: 'subjectOf' | 'keyOf',
  ): { readonly name: string; readonly description: CertificateDescription } {
    const passed = [name]
    let description = this.find(name, 'name of a certificate')
    for (let next = description[field]; next !== null; next = description[field]) {
      const last = passed.at(-1) ?? name
      description = this.find(next, `${field} of certificate "${last}"`)
      if (passed.includes(next)) {
        throw pkiError(
          `Following ${field} goes in a circle: ${listNames([...passed, next])}.`,
          `Give one of these certificates ${field === 'keyOf' ? 'a key' : 'a subject'} of its own.`,
        )
      }
      passed.push(next)
    }
    return { name: passed.at(-1) ?? name, description }
  }
}
