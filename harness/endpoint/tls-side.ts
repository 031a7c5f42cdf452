import { constants } from 'node:crypto'
import { createServer, type Server, type TlsOptions } from 'node:tls'
import { HarnessError } from '../errors.ts'
import { chainOf } from '../pki/chain.ts'
import { stapleOf } from '../pki/staple.ts'
import type { IssuedMaterial } from '../pki/types.ts'
import type { EndpointSetup } from '../scenario/setup.ts'
import { caOptionFor, type CaOption } from './ca-hints.ts'
import { clientCrls } from './client-crls.ts'

/** A TLS server for a setup, and what has to be known to judge by what it says. */
export interface TlsSide {
  readonly server: Server
  /** `accepted` at OpenSSL's security level 0. */
  readonly weakSignatures: 'refused' | 'accepted'
  readonly validation: CaOption['validation']
}

/** The TLS 1.3 suites stay when a list of TLS 1.2 ciphers is given, as in nginx. */
const TLS_1_3_SUITES = 'TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256'

/**
 * Creates the TLS server of a slot. A certificate too weak for OpenSSL's default security level (signed
 * with SHA-1, say) and TLS before 1.2 are served at level 0.
 *
 * @throws HarnessError `ERR_ENGINE_FAULT` for what Node cannot do: h2, an alert that it cannot send, a
 *   certificate that OpenSSL cannot load.
 */
export function createTlsSide(
  setup: EndpointSetup,
  material: IssuedMaterial,
  ticketKeys: Buffer,
): TlsSide {
  refuseImpossible(setup)
  const { options, validation } = optionsFor(setup, material, ticketKeys)
  const serve = (more: TlsOptions): Server =>
    stapling(createServer(more), stapleOf(setup, material))
  const isOld = setup.minVersion === 'TLSv1' || setup.minVersion === 'TLSv1.1'
  try {
    if (!isOld) return { server: serve(options), weakSignatures: 'refused', validation }
  } catch (error) {
    if (!isTooWeak(error)) throw unloadable(setup, error)
  }
  const list = setup.ciphers === 'default' ? 'DEFAULT' : setup.ciphers
  const ciphers = `${TLS_1_3_SUITES}:${list}:@SECLEVEL=0`
  try {
    return { server: serve({ ...options, ciphers }), weakSignatures: 'accepted', validation }
  } catch (error) {
    throw unloadable(setup, error)
  }
}

/** Staples these octets for every client that asks. Nothing is stapled without a listener. */
function stapling(server: Server, staple: Buffer | null): Server {
  if (staple === null) return server
  return server.on('OCSPRequest', (_certificate, _issuer, answer) => {
    answer(null, staple)
  })
}

function optionsFor(
  setup: EndpointSetup,
  material: IssuedMaterial,
  ticketKeys: Buffer,
): { readonly options: TlsOptions; readonly validation: CaOption['validation'] } {
  const sent = chainOf(setup, material)
  const { ca, validation } = caOptionFor(setup, material, sent)
  const options: TlsOptions = {
    key: material.get(setup.certificate).keyPem,
    cert: sent.map(({ pem }) => pem).join('\n'),
    ca: [...ca],
    // With it OpenSSL also asks for a CRL of every authority of a path.
    ...(setup.crl === 'none' ? {} : { crl: [...clientCrls(setup, material)] }),
    requestCert: setup.clientCertificate !== 'not-requested',
    // With it a missing certificate is answered by a real alert. Node sends none for a bad one
    // (scenario catalogue, D1), so the other styles judge after the handshake.
    rejectUnauthorized: setup.rejectStyle === 'alert' && setup.clientCertificate === 'required',
    minVersion: setup.minVersion,
    maxVersion: setup.maxVersion,
    ...(setup.ciphers === 'default' ? {} : { ciphers: `${TLS_1_3_SUITES}:${setup.ciphers}` }),
    ...(setup.groups === 'default' ? {} : { ecdhCurve: setup.groups }),
    ...(setup.alpn.length === 0 ? {} : { ALPNProtocols: [...setup.alpn] }),
    // TLS 1.3 tickets cannot be turned off from Node, but with this they are references into a
    // session cache that Node leaves empty, so no session is ever resumed.
    ...(setup.resumption === 'off'
      ? { secureOptions: constants.SSL_OP_NO_TICKET }
      : { ticketKeys }),
    sessionIdContext: 'hookproof',
    // A dispatcher that ends in the middle of the handshake must not leave a half-open connection.
    allowHalfOpen: false,
    noDelay: true,
  }
  return { options, validation }
}

function refuseImpossible(setup: EndpointSetup): void {
  if (setup.alpn.includes('h2')) {
    throw new HarnessError('ERR_ENGINE_FAULT', 'The embedded endpoint does not speak h2.', {
      hint: 'Leave h2 out of `alpn`.',
    })
  }
  const isAlert = setup.rejectStyle === 'alert' && setup.clientCertificate === 'required'
  if (isAlert && setup.allowedClientCertificates !== 'any-under-anchors') {
    throw new HarnessError(
      'ERR_ENGINE_FAULT',
      'The embedded endpoint cannot allow certificates by thumbprint and reject others by an alert.',
      { hint: 'Limit the scenario to the engine `containers`, or use another reject style.' },
    )
  }
}

function isTooWeak(error: unknown): boolean {
  return (
    error instanceof Error &&
    'code' in error &&
    typeof error.code === 'string' &&
    /TOO_(?:SMALL|WEAK)$/.test(error.code)
  )
}

function unloadable(setup: EndpointSetup, cause: unknown): HarnessError {
  const message = cause instanceof Error ? cause.message : String(cause)
  return new HarnessError(
    'ERR_ENGINE_FAULT',
    `OpenSSL cannot serve the certificate ${JSON.stringify(setup.certificate)}: ${message}`,
    { hint: 'The first certificate of `chain` must be the one whose key is used.', cause },
  )
}
