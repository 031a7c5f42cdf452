import { createSecureContext } from 'node:tls'
import { foreignHints, matchingHints } from '../../endpoint/ca-hints.ts'
import { clientCrls } from '../../endpoint/client-crls.ts'
import { HarnessError } from '../../errors.ts'
import { chainOf } from '../../pki/chain.ts'
import { stapleOf } from '../../pki/staple.ts'
import type { IssuedMaterial } from '../../pki/types.ts'
import type { EndpointSetup, TlsVersion } from '../../scenario/setup.ts'

/** What a TLS server of a setup is given, in PEM. */
export interface Served {
  readonly chain: string
  /** Secret. */
  readonly key: string
  /** DER of what is stapled to the first certificate, or null. */
  readonly staple: Buffer | null
  /** `low`: OpenSSL's security level 0, for old versions and for certificates too weak for level 1. */
  readonly securityLevel: 'usual' | 'low'
  readonly protocols: readonly TlsVersion[]
  /** Trust anchors for client certificates. */
  readonly anchors: string
  /** CRLs that client certificates are checked against; empty = they are not. */
  readonly crls: string
  /** Certificates whose subjects are sent as CA hints; empty = none. */
  readonly hints: string
  /** SHA-256, hexadecimal, of the client certificates that are accepted without a path, or null. */
  readonly allowed: readonly string[] | null
}

const VERSIONS: readonly TlsVersion[] = ['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3']

/**
 * What terminators are given for a setup.
 *
 * @throws HarnessError `ERR_ENGINE_FAULT` for a certificate that OpenSSL cannot serve.
 */
export function servedBy(setup: EndpointSetup, material: IssuedMaterial): Served {
  const sent = chainOf(setup, material)
  const chain = sent.map(({ pem }) => pem).join('\n')
  const key = material.get(setup.certificate).keyPem
  const anchors = pemOf(setup.clientAnchors, material)
  return {
    chain,
    key,
    staple: stapleOf(setup, material),
    securityLevel: securityLevelFor(setup, chain, key),
    protocols: VERSIONS.slice(
      VERSIONS.indexOf(setup.minVersion),
      VERSIONS.indexOf(setup.maxVersion) + 1,
    ),
    anchors,
    crls: clientCrls(setup, material).join('\n'),
    hints: hintsOf(setup, material),
    allowed:
      setup.allowedClientCertificates === 'any-under-anchors'
        ? null
        : setup.allowedClientCertificates.map((name) => material.known(name).sha256),
  }
}

function hintsOf(setup: EndpointSetup, material: IssuedMaterial): string {
  switch (setup.caHints) {
    case 'none':
      return ''
    case 'foreign':
      return foreignHints().join('\n')
    case 'matching':
      return matchingHints(setup, material)
        .map(({ pem }) => pem)
        .join('\n')
  }
}

function pemOf(names: readonly string[], material: IssuedMaterial): string {
  return names.map((name) => material.known(name).pem).join('\n')
}

function securityLevelFor(
  setup: EndpointSetup,
  cert: string,
  key: string,
): Served['securityLevel'] {
  const isOld = setup.minVersion === 'TLSv1' || setup.minVersion === 'TLSv1.1'
  try {
    createSecureContext({ cert, key })
    return isOld ? 'low' : 'usual'
  } catch (cause) {
    const isWeak =
      cause instanceof Error &&
      'code' in cause &&
      typeof cause.code === 'string' &&
      /TOO_(?:SMALL|WEAK)$/.test(cause.code)
    if (isWeak) return 'low'
    const message = cause instanceof Error ? cause.message : String(cause)
    throw new HarnessError(
      'ERR_ENGINE_FAULT',
      `OpenSSL cannot serve the certificate ${JSON.stringify(setup.certificate)}: ${message}`,
      { hint: 'The first certificate of `chain` must be the one whose key is used.', cause },
    )
  }
}
