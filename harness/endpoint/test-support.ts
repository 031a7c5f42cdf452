/** Certificates, setups and clients for the tests of the endpoint, the wire and the engine. */
import { Agent, request as httpsRequest, type RequestOptions } from 'node:https'
import type { IncomingHttpHeaders } from 'node:http'
import { connect, type ConnectionOptions, type TLSSocket } from 'node:tls'
import type { Ledger } from '../observation/ledger.ts'
import type { Observation } from '../observation/types.ts'
import { Pki } from '../pki/issue.ts'
import { KeyPool } from '../pki/key-pool.ts'
import { authority, endEntity, hours } from '../pki/test-support.ts'
import type { IssuedMaterial } from '../pki/types.ts'
import type { CertificateDescription } from '../scenario/certificate.ts'
import type { EndpointSetup } from '../scenario/setup.ts'

const clientSide = (
  issuer: string,
  patch: Partial<CertificateDescription> = {},
): CertificateDescription =>
  endEntity(issuer, {
    subject: [['CN', 'dispatcher']],
    extendedKeyUsage: ['client-auth'],
    subjectAlternativeNames: 'none',
    ...patch,
  })

/** A private PKI, a rogue one, and client certificates of every kind. */
export const CERTIFICATES = {
  root: authority('Root', 'root'),
  intermediate: authority('Intermediate', 'root'),
  endpoint: endEntity('intermediate', { extendedKeyUsage: ['server-auth'] }),
  'next-endpoint': endEntity('intermediate', { extendedKeyUsage: ['server-auth'] }),
  dispatcher: clientSide('intermediate'),
  'rogue-ca': authority('Rogue', 'rogue-ca'),
  'rogue-dispatcher': clientSide('rogue-ca'),
  'expired-dispatcher': clientSide('intermediate', { notBefore: hours(-9), notAfter: hours(-1) }),
  'early-dispatcher': clientSide('intermediate', { notBefore: hours(1) }),
  'server-only': clientSide('intermediate', { extendedKeyUsage: ['server-auth'] }),
  'odd-dispatcher': clientSide('intermediate', {
    extensions: [{ oid: '1.3.6.1.4.1.99999.1', criticality: 'critical', hex: '0500' }],
  }),
  'self-signed': clientSide('self-signed', { basicConstraints: 'none' }),
} satisfies Record<string, CertificateDescription>

/** Name of one of {@link CERTIFICATES}. */
export type CertificateName = keyof typeof CERTIFICATES

let issued: Promise<IssuedMaterial> | null = null

/** {@link CERTIFICATES}, issued once a worker. */
export function material(): Promise<IssuedMaterial> {
  issued ??= new Pki({ now: new Date(), keys: new KeyPool() }).issue(CERTIFICATES)
  return issued
}

/** An endpoint that requires a client certificate under the private root and answers 204, patched. */
export function setup(patch: Partial<EndpointSetup> = {}): EndpointSetup {
  return {
    host: '127.0.0.1',
    scheme: 'https',
    certificate: 'endpoint',
    chain: 'issuers',
    staple: 'none',
    clientCertificate: 'required',
    clientAnchors: ['root'],
    allowedClientCertificates: 'any-under-anchors',
    crl: 'none',
    caHints: 'matching',
    rejectStyle: 'http-400',
    rejectMoment: 'after-handshake',
    minVersion: 'TLSv1.2',
    maxVersion: 'TLSv1.3',
    ciphers: 'default',
    groups: 'default',
    alpn: ['http/1.1'],
    resumption: 'off',
    keepAlive: 'off',
    loadBalancer: 'none',
    policy: { identity: 'any', bearer: 'none' },
    answers: [{ kind: 'status', status: 204, headers: {}, body: '', delayMs: 0 }],
    fault: 'none',
    ...patch,
  }
}

/** TLS options of a dispatcher that trusts the private root and shows a certificate, or none. */
export async function credentials(name: string | 'none'): Promise<ConnectionOptions> {
  const issuedCertificates = await material()
  const ca = issuedCertificates.get('root').pem
  if (name === 'none') return { ca }
  const { pem, keyPem } = issuedCertificates.get(name)
  const issuers = issuedCertificates.issuersOf(name).map((issuer) => issuer.pem)
  return { ca, cert: [pem, ...issuers].join('\n'), key: keyPem }
}

/** What came back to a request, or the error code instead of it. */
export type Answer =
  | {
      readonly status: number
      readonly headers: IncomingHttpHeaders
      readonly body: string
    }
  | { readonly error: string }

/** Posts to a URL over a connection of its own. Never rejects. */
export function post(
  url: string,
  options: RequestOptions,
  body: string | Buffer = '{"id":"evt_0123456789abcdef"}',
): Promise<Answer> {
  return new Promise((resolve) => {
    const failed = (error: NodeJS.ErrnoException) => {
      resolve({ error: error.code ?? error.message })
    }
    const agent = options.agent ?? new Agent({ keepAlive: false, maxCachedSessions: 0 })
    const request = httpsRequest(url, { method: 'POST', ...options, agent })
    request.on('error', failed)
    request.on('response', (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('error', failed)
      response.on('end', () => {
        const { statusCode = 0, headers } = response
        resolve({ status: statusCode, headers, body: Buffer.concat(chunks).toString() })
      })
    })
    request.end(body)
  })
}

/** A TLS connection once its handshake is over. Errors after that are for the test to see or ignore. */
export function tlsConnection(port: number, options: ConnectionOptions): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', ...options }, () => {
      socket.off('error', reject)
      socket.on('error', () => undefined)
      resolve(socket)
    })
    socket.once('error', reject)
  })
}

/** The observations of one kind. */
export function seen<Kind extends Observation['kind']>(
  ledger: Ledger,
  kind: Kind,
): readonly Extract<Observation, { kind: Kind }>[] {
  return ledger
    .observations()
    .filter((one): one is Extract<Observation, { kind: Kind }> => one.kind === kind)
}
