import { createHash, randomBytes, X509Certificate, type KeyObject } from 'node:crypto'
import type { CertificateDescription } from '../scenario/certificate.ts'
import { publicKeyBits } from './der-reader.ts'
import { Directory, type KeyIdentity } from './directory.ts'
import { extensionsOf } from './extensions.ts'
import type { KeyPair, KeyPool } from './key-pool.ts'
import { Material } from './material.ts'
import { canonicalJson } from './canonical-json.ts'
import { pem } from './pem.ts'
import { octetsFromHex } from './pki-error.ts'
import { signerFor } from './signature.ts'
import { certificateDer, flipSignatureBit } from './tbs.ts'
import { sha256Hex, spkiPin } from './thumbprint.ts'
import { dateOf } from './time.ts'
import type { IssuedCertificate, IssuedMaterial } from './types.ts'

const SERIAL_OCTETS = 16

/** DER of `SEQUENCE {}`, a Name that says nothing. */
const EMPTY_NAME = Buffer.of(0x30, 0x00)

/** What a certificate takes from others: two certificates with the same order are the same one. */
interface Order {
  readonly name: string
  readonly description: CertificateDescription
  readonly subject: Buffer
  readonly issuer: Buffer
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
   * @param options.now the run's one moment, which relative instants count from
   * @param options.keys where key pairs come from; a certificate's default label is its name
   */
  constructor(options: { readonly now: Date; readonly keys: KeyPool }) {
    this.#now = new Date(options.now)
    this.#keys = options.keys
  }

  /**
   * Issues every certificate described. The same name, description, issuer and keys give the very
   * same certificate again, serial number included, for as long as this object lives.
   *
   * @throws HarnessError `ERR_PKI` when a reference leads nowhere, a value cannot be written, or a
   *   key cannot sign as described.
   */
  async issue(
    descriptions: Readonly<Record<string, CertificateDescription>>,
  ): Promise<IssuedMaterial> {
    const directory = new Directory(descriptions)
    const orders = directory.names.map((name) => orderFor(name, directory))
    return new Material(await Promise.all(orders.map((order) => this.#remembered(order))))
  }

  #remembered(order: Order): Promise<IssuedCertificate> {
    const memo = canonicalJson({
      ...order,
      subject: order.subject.toString('hex'),
      issuer: order.issuer.toString('hex'),
    })
    const known = this.#issued.get(memo)
    if (known !== undefined) return known
    const issued = this.#mint(order)
    this.#issued.set(memo, issued)
    // A failure, of a key file for example, is not remembered.
    issued.catch(() => this.#issued.delete(memo))
    return issued
  }

  async #mint(order: Order): Promise<IssuedCertificate> {
    const pairOf = (key: KeyIdentity): Promise<KeyPair> => this.#keys.pair(key.algorithm, key.label)
    const [own, issuers, signers] = await Promise.all([
      pairOf(order.key),
      pairOf(order.issuerKey),
      pairOf(order.signerKey),
    ])
    const { name, description } = order
    const spki = spkiOf(own.publicKey)
    const signer = signerFor(signers.privateKey, description.signature)
    const whole = certificateDer(
      {
        version: description.version,
        serial: serialOctets(order),
        issuer: order.issuer,
        subject: order.subject,
        notBefore: dateOf(description.notBefore, this.#now),
        notAfter: dateOf(description.notAfter, this.#now),
        spki,
        extensions: extensionsOf(description, {
          ownKeyIdentifier: keyIdentifier(spki),
          issuerKeyIdentifier: keyIdentifier(spkiOf(issuers.publicKey)),
          subject: order.subject.equals(EMPTY_NAME) ? 'empty' : 'named',
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
      spkiPin: spkiPin(own.publicKey),
      privateKey: own.privateKey,
      keyPem: own.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
      issuer: description.issuer,
      x509: readByNode(der),
    }
  }
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

function serialOctets({ name, description }: Order): Buffer {
  if (description.serial !== 'random') {
    return octetsFromHex(description.serial, `serial of certificate "${name}"`)
  }
  const octets = randomBytes(SERIAL_OCTETS)
  // Positive, and no leading zero that DER would have to drop (RFC 5280 4.1.2.2).
  octets[0] = ((octets[0] ?? 0) & 0x7f) | 0x40
  return octets
}

function spkiOf(publicKey: KeyObject): Buffer {
  return publicKey.export({ type: 'spki', format: 'der' })
}

/** SHA-1 of the public key's bits (RFC 5280 4.2.1.2 (1)). */
export function keyIdentifier(spki: Uint8Array): Buffer {
  return createHash('sha1').update(publicKeyBits(spki)).digest()
}

function readByNode(der: Buffer): X509Certificate | null {
  try {
    return new X509Certificate(der)
  } catch {
    return null
  }
}
