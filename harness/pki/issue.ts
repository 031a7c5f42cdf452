import { randomBytes, X509Certificate, type KeyObject } from 'node:crypto'
import { HarnessError } from '../errors.ts'
import type { CertificateDescription } from '../scenario/certificate.ts'
import { Directory, type KeyIdentity } from './directory.ts'
import { extensionsOf } from './extensions.ts'
import { keyFacts, publicKeyFacts, type PublicKeyFacts } from './key-facts.ts'
import type { KeyPair, KeyPool } from './key-pool.ts'
import { Material } from './material.ts'
import { canonicalJson } from './canonical-json.ts'
import { pem } from './pem.ts'
import { distinguishedName } from './names.ts'
import { octetsFromHex, pkiError } from './pki-error.ts'
import { signerFor } from './signature.ts'
import { certificateDer, flipSignatureBit } from './tbs.ts'
import { sha256Hex } from './thumbprint.ts'
import { dateOf, distanceOf } from './time.ts'
import type { IssuedCertificate, KnownCertificate } from './types.ts'

const SERIAL_OCTETS = 16

/** What a certificate takes from others: two certificates with the same order are the same one. */
interface Order {
  readonly name: string
  readonly description: CertificateDescription
  readonly subject: CertificateDescription['subject']
  readonly issuer: CertificateDescription['subject']
  readonly key: KeyIdentity
  readonly issuerKey: KeyIdentity
  readonly signerKey: KeyIdentity
}

/** The certification authorities of a worker. Issues what scenarios describe, and remembers it. */
export class Pki {
  readonly #now: Date
  readonly #keys: KeyPool
  readonly #issued = new Map<string, Promise<IssuedCertificate>>()

  /**
   * @param options.now the run's one moment, which relative instants count from that are an hour away or more
   * @param options.keys where key pairs come from; a certificate's default label is its name
   */
  constructor(options: { readonly now: Date; readonly keys: KeyPool }) {
    this.#now = new Date(options.now)
    this.#keys = options.keys
  }

  /**
   * Issues every certificate described, except those whose key the dispatcher makes: they come when it
   * has enrolled, and {@link Material.admit} takes them in. The same name, description, issuer and keys give the very
   * same certificate again, serial number included, for as long as this object lives; but one that begins or ends less
   * than an hour from now is minted for its scenario alone.
   *
   * @param begun - when the scenario began. Default: with the run.
   * @throws HarnessError `ERR_PKI` when a reference leads nowhere, a value cannot be written, or a
   *   key cannot sign as described.
   */
  async issue(
    descriptions: Readonly<Record<string, CertificateDescription>>,
    begun: Date = this.#now,
  ): Promise<Material> {
    const directory = new Directory(descriptions)
    const orders = directory.names
      .filter((name) => descriptions[name]?.enrollment === 'none')
      .map((name) => orderFor(name, directory))
    const all = await Promise.all(
      orders.map((order) =>
        isNear(order) ? this.#minted(order, begun) : this.#remembered(order, begun),
      ),
    )
    return new Material(all, begun)
  }

  #minted(order: Order, begun: Date): Promise<IssuedCertificate> {
    return this.#mint(order, begun).catch((cause: unknown) => {
      throw cannotIssue(order.name, cause)
    })
  }

  #remembered(order: Order, begun: Date): Promise<IssuedCertificate> {
    const memo = canonicalJson(order)
    const known = this.#issued.get(memo)
    if (known !== undefined) return known
    const issued = this.#minted(order, begun)
    this.#issued.set(memo, issued)
    // A failure, of a key file for example, is not remembered.
    issued.catch(() => this.#issued.delete(memo))
    return issued
  }

  /**
   * Issues the certificate of that name for a public key whose private half is somebody else's. Each
   * call issues another one; nothing is remembered.
   *
   * @throws HarnessError `ERR_PKI` as {@link Pki.issue} does.
   */
  async issueFor(
    name: string,
    descriptions: Readonly<Record<string, CertificateDescription>>,
    publicKey: KeyObject,
    begun: Date = this.#now,
  ): Promise<KnownCertificate> {
    const order = orderFor(name, new Directory(descriptions))
    try {
      return await this.#sign(order, publicKeyFacts(publicKey), begun)
    } catch (cause) {
      throw cannotIssue(name, cause)
    }
  }

  #pairOf({ algorithm, label }: KeyIdentity): Promise<KeyPair> {
    return this.#keys.pair(algorithm, label)
  }

  async #mint(order: Order, begun: Date): Promise<IssuedCertificate> {
    const { privateKey } = await this.#pairOf(order.key)
    const facts = keyFacts(privateKey)
    return { ...(await this.#sign(order, facts, begun)), privateKey, keyPem: facts.keyPem }
  }

  async #sign(order: Order, facts: PublicKeyFacts, begun: Date): Promise<KnownCertificate> {
    const [issuers, signers] = await Promise.all([
      this.#pairOf(order.issuerKey),
      this.#pairOf(order.signerKey),
    ])
    const { name, description } = order
    const moments = { run: this.#now, scenario: begun }
    const signer = signerFor(signers.privateKey, description.signature)
    const whole = certificateDer(
      {
        version: description.version,
        serial: serialOctets(order),
        issuer: distinguishedName(order.issuer),
        subject: distinguishedName(order.subject),
        notBefore: dateOf(description.notBefore, moments),
        notAfter: dateOf(description.notAfter, moments),
        spki: facts.spki,
        extensions: extensionsOf(description, {
          ownKeyIdentifier: facts.identifier,
          issuerKeyIdentifier: keyFacts(issuers.privateKey).identifier,
          subject: order.subject.length === 0 ? 'empty' : 'named',
        }),
      },
      signer,
    )
    const der = description.tamper === 'flip-signature-bit' ? flipSignatureBit(whole) : whole
    return {
      name,
      der,
      pem: pem('CERTIFICATE', der),
      sha256: sha256Hex(der),
      spkiPin: facts.spkiPin,
      issuer: description.issuer,
      x509: readByNode(der),
    }
  }
}

function cannotIssue(name: string, cause: unknown): HarnessError {
  const reason = cause instanceof Error ? cause.message : String(cause)
  const hint =
    cause instanceof HarnessError
      ? cause.hint
      : 'Look at what the description says of its key, signature and extensions.'
  return pkiError(`Certificate "${name}" cannot be issued: ${reason}`, hint, cause)
}

/** Whether it would be out of date for another scenario. */
function isNear({ description: { notBefore, notAfter } }: Order): boolean {
  return [notBefore, notAfter].some((instant) => distanceOf(instant) === 'near')
}

function orderFor(name: string, directory: Directory): Order {
  const description = directory.find(name, 'name of a certificate')
  const { issuer, signedBy } = description
  directory.find(issuer, `issuer of certificate "${name}"`)
  if (signedBy !== null) directory.find(signedBy, `signedBy of certificate "${name}"`)
  return {
    name,
    description,
    subject: directory.subjectOf(name),
    issuer: directory.subjectOf(issuer),
    key: directory.keyOf(name),
    issuerKey: directory.keyOf(issuer),
    signerKey: directory.keyOf(signedBy ?? issuer),
  }
}

function serialOctets({ description }: Order): Buffer {
  if (description.serial !== 'random') {
    return octetsFromHex(description.serial, 'serial number')
  }
  const octets = randomBytes(SERIAL_OCTETS)
  // Positive, and no leading zero that DER would have to drop (RFC 5280 4.1.2.2).
  octets[0] = ((octets[0] ?? 0) & 0x7f) | 0x40
  return octets
}

function readByNode(der: Buffer): X509Certificate | null {
  try {
    return new X509Certificate(der)
  } catch {
    return null
  }
}
