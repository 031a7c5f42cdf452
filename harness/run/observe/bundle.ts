import type { ClientCertificateConfig } from '../../dispatcher/messages.ts'
import { canonicalJson } from '../../pki/canonical-json.ts'
import { chainOf } from '../../pki/chain.ts'
import { crlsPem } from '../../pki/crl-bundle.ts'
import type { IssuedMaterial } from '../../pki/types.ts'
import type { ClientCertificateSetup, DispatcherSetup } from '../../scenario/setup.ts'
import { clientCertificateConfig } from '../client-certificate.ts'
import { NOTHING_ENROLLED } from '../enroll.ts'

/** The files of one configuration that a person can be given, each under its one name. */
export const BUNDLE_FILES = {
  'trust-anchors': 'ca.pem',
  'certificate-chain': 'client.pem',
  'private-key': 'client.key',
  pkcs12: 'client.p12',
  'pkcs12-legacy': 'client-legacy.p12',
  jks: 'client.jks',
  passphrase: 'passphrase.txt',
  pins: 'pins.txt',
  crls: 'crls.pem',
} as const

/** What one of the {@link BUNDLE_FILES} is. */
export type BundlePart = keyof typeof BUNDLE_FILES

/** Contents by part. Holds keys: never logged. */
export type Bundle = ReadonlyMap<BundlePart, string | Buffer>

/**
 * The same text for setups that a person sets up alike: with the same trust anchors, CRLs, pins and
 * client certificate, whatever the names that the scenarios give them.
 */
export function setUpAlike(dispatcher: DispatcherSetup, material: IssuedMaterial): string {
  const thumbprints = (names: readonly string[]) => names.map((name) => material.get(name).sha256)
  const { trustAnchors, crls, pins, clientCertificate } = dispatcher
  return canonicalJson({
    trustAnchors: trustAnchors === 'own-store' ? trustAnchors : thumbprints(trustAnchors),
    crls:
      crls === 'none'
        ? crls
        : crls.map((crl) => ({
            ...crl,
            issuer: material.get(crl.issuer).sha256,
            signedBy: crl.signedBy === null ? null : material.get(crl.signedBy).sha256,
            revoked: thumbprints(crl.revoked),
          })),
    pins: pins === 'none' ? pins : pins.map((name) => material.get(name).spkiPin),
    clientCertificate:
      clientCertificate === 'none'
        ? clientCertificate
        : {
            ...clientCertificate,
            certificate: material.get(clientCertificate.certificate).sha256,
            chain: chainOf(clientCertificate, material).map(({ sha256 }) => sha256),
          },
  })
}

/**
 * What a person has to hand to the dispatcher. A certificate that a scenario hands over as PEM comes as
 * PKCS#12 and JKS too, for products that take nothing else: it is the same certificate.
 */
export function bundleOf(dispatcher: DispatcherSetup, material: IssuedMaterial, now: Date): Bundle {
  const files = new Map<BundlePart, string | Buffer>()
  const { trustAnchors, crls, pins, clientCertificate } = dispatcher
  if (trustAnchors !== 'own-store') {
    files.set('trust-anchors', trustAnchors.map((name) => material.get(name).pem).join(''))
  }
  if (crls !== 'none') files.set('crls', crlsPem(crls, material))
  if (pins !== 'none') {
    files.set('pins', pins.map((name) => `${material.get(name).spkiPin}\n`).join(''))
  }
  if (clientCertificate === 'none') return files
  for (const format of formatsOf(clientCertificate)) {
    const setup = { ...clientCertificate, format }
    const config = clientCertificateConfig(setup, material, NOTHING_ENROLLED, now)
    addTo(files, format, config)
  }
  return files
}

/** How a certificate is handed over, together with its key. */
type HandedFormat = Exclude<ClientCertificateSetup['format'], 'enrolled'>

function formatsOf(setup: ClientCertificateSetup): readonly HandedFormat[] {
  if (setup.format === 'enrolled') throw notHandedOver()
  const usable = setup.damage === 'none' && setup.key !== 'missing'
  return setup.format === 'pem' && usable
    ? ['pem', 'pkcs12', 'pkcs12-legacy', 'jks']
    : [setup.format]
}

function addTo(
  files: Map<BundlePart, string | Buffer>,
  format: HandedFormat,
  config: ClientCertificateConfig,
): void {
  switch (config.format) {
    case 'pem':
      files.set('certificate-chain', config.chain_pem)
      if (config.key_pem !== undefined) files.set('private-key', config.key_pem)
      return
    case 'pkcs12':
    case 'jks':
      files.set(format === 'pem' ? 'pkcs12' : format, Buffer.from(config.data_b64, 'base64'))
      files.set('passphrase', config.passphrase)
      return
    case 'enrolled':
      throw notHandedOver()
  }
}

function notHandedOver(): Error {
  return new Error('a scenario with an enrollment takes an adapter, and is not observed')
}
