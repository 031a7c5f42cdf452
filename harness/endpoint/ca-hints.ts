import { rootCertificates } from 'node:tls'
import type { KnownCertificate, IssuedMaterial } from '../pki/types.ts'
import type { EndpointSetup } from '../scenario/setup.ts'

/** What Node's `ca` option is to be. It sets CA hints and trust at once; here it is about the hints. */
export interface CaOption {
  /** PEM of certificates whose subjects are sent as certificate_authorities (RFC 8446 4.2.4). */
  readonly ca: readonly string[]
  /**
   * `openssl`: these are also the trust anchors, no more and no less, so OpenSSL's own validation of
   * client certificates holds. `own`: it says nothing.
   */
  readonly validation: 'openssl' | 'own'
}

const FOREIGN_HINTS = 3

/** Real public authorities in PEM: foreign to every PKI that the harness makes. */
export function foreignHints(): string[] {
  return rootCertificates.slice(0, FOREIGN_HINTS)
}

/**
 * The hints of a setup.
 *
 * @param sent the endpoint's certificates as they are sent. When that is an end entity alone, OpenSSL
 *   completes it from `ca`; its issuer is then left out, for an endpoint that forgets its intermediate
 *   must not be healed by its own trust in it.
 */
export function caOptionFor(
  setup: EndpointSetup,
  material: IssuedMaterial,
  sent: readonly KnownCertificate[],
): CaOption {
  switch (setup.caHints) {
    case 'none':
      // An empty array, unlike none, also keeps Node's own roots out.
      return { ca: [], validation: 'own' }
    case 'foreign':
      return { ca: foreignHints(), validation: 'own' }
    case 'matching': {
      const matching = matchingHints(setup, material)
      const [only, ...others] = sent
      const hints =
        only === undefined || others.length > 0
          ? matching
          : matching.filter((authority) => !hasIssued(authority, only))
      const isExact =
        hints.length === matching.length && setup.allowedClientCertificates === 'any-under-anchors'
      return { ca: hints.map(({ pem }) => pem), validation: isExact ? 'openssl' : 'own' }
    }
  }
}

/** The authorities under which an endpoint takes certificates: its anchors, and what issued those that it allows. */
export function matchingHints(
  { clientAnchors, allowedClientCertificates: allowed }: EndpointSetup,
  material: IssuedMaterial,
): readonly KnownCertificate[] {
  const issuers =
    allowed === 'any-under-anchors' ? [] : allowed.map((name) => material.known(name).issuer)
  return [...new Set([...clientAnchors, ...issuers])].map((name) => material.known(name))
}

function hasIssued(authority: KnownCertificate, certificate: KnownCertificate): boolean {
  if (authority.x509 === null || certificate.x509 === null) return false
  return certificate.x509.checkIssued(authority.x509)
}
