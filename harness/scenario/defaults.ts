import type {
  RawCertificate,
  RawClientCertificate,
  RawCrl,
  RawDispatcher,
  RawEndpoint,
  RawStaple,
  RawTokenServer,
} from './raw.ts'
import type { CrlSetup, SecretSetup } from './setup.ts'

/**
 * The standard situation, written in the words of a scenario file: a private PKI, a stand-in public
 * web PKI, an endpoint that requires a client certificate and a dispatcher that has one. A file
 * states only what differs from this.
 */

const AUTHORITY: RawCertificate = {
  key: 'ec-p256',
  'not-before': '-1y',
  'not-after': '+5y',
  signature: 'sha256',
  'subject-alternative-names': 'none',
  'extended-key-usage': 'none',
  'key-usage': ['key-cert-sign', 'crl-sign'],
  'basic-constraints': { authority: 'ca' },
  'name-constraints': 'none',
  'authority-key-identifier': 'matching',
  'subject-key-identifier': 'matching',
  serial: 'random',
  version: 3,
  extensions: [],
  tamper: 'none',
  enrollment: 'none',
}

const END_ENTITY: RawCertificate = {
  ...AUTHORITY,
  // Early enough for `not-after: -1d` alone to make a certificate that ran out yesterday.
  'not-before': '-30d',
  'not-after': '+60d',
  'key-usage': ['digital-signature'],
  'basic-constraints': { authority: 'end-entity' },
}

const root = (name: string, commonName: string): RawCertificate => ({
  ...AUTHORITY,
  issuer: name,
  subject: { O: 'Hookproof', CN: commonName },
})

const intermediate = (issuer: string, commonName: string): RawCertificate => ({
  ...AUTHORITY,
  issuer,
  subject: { O: 'Hookproof', CN: commonName },
  'basic-constraints': { authority: 'ca', 'path-length': 0 },
})

const endpoint = (issuer: string): RawCertificate => ({
  ...END_ENTITY,
  issuer,
  subject: { CN: 'localhost' },
  'subject-alternative-names': [{ dns: 'localhost' }, { ip: '127.0.0.1' }, { ip: '::1' }],
  'extended-key-usage': ['server-auth'],
})

const dispatcher = (issuer: string): RawCertificate => ({
  ...END_ENTITY,
  issuer,
  subject: { O: 'Hookproof', CN: 'webhook dispatcher' },
  'subject-alternative-names': [{ uri: 'spiffe://hookproof.example/dispatcher' }],
  'extended-key-usage': ['client-auth'],
})

/**
 * The certificates that every scenario knows, by name. All have P-256 keys of their own; end
 * entities are in the middle of their 90 days, authorities have five years left.
 *
 * `public-root` stands in for the public web PKI: the harness puts it into the own trust store of
 * the adapter's process, so no scenario may change it.
 */
export const STANDARD_CERTIFICATES: Readonly<Record<string, RawCertificate>> = {
  root: root('root', 'Private Root'),
  intermediate: intermediate('root', 'Private Issuing CA'),
  endpoint: endpoint('intermediate'),
  'next-endpoint': endpoint('intermediate'),
  'elsewhere-endpoint': endpoint('intermediate'),
  'token-endpoint': endpoint('intermediate'),
  dispatcher: dispatcher('intermediate'),
  'next-dispatcher': dispatcher('intermediate'),
  'next-root': root('next-root', 'Next Private Root'),
  'next-intermediate': intermediate('next-root', 'Next Private Issuing CA'),
  'public-root': root('public-root', 'Public Root'),
  'public-intermediate': intermediate('public-root', 'Public Issuing CA'),
  'public-endpoint': endpoint('public-intermediate'),
  'public-dispatcher': dispatcher('public-intermediate'),
  'rogue-ca': root('rogue-ca', 'Rogue CA'),
}

/** The certificates that no scenario may patch, because they were in use before it began. */
export const FIXED_CERTIFICATES: readonly string[] = ['public-root']

/** An endpoint that requires a client certificate under the private root and answers 204. */
export const STANDARD_ENDPOINT = {
  host: 'localhost',
  scheme: 'https',
  certificate: 'endpoint',
  chain: 'issuers',
  staple: 'none',
  'client-certificate': 'required',
  'client-anchors': ['root'],
  'allowed-client-certificates': 'any-under-anchors',
  crl: 'none',
  'ca-hints': 'matching',
  'reject-style': 'http-400',
  'reject-moment': 'after-handshake',
  'min-version': 'TLSv1.2',
  'max-version': 'TLSv1.3',
  ciphers: 'default',
  groups: 'default',
  alpn: ['http/1.1'],
  resumption: 'off',
  'keep-alive': 'off',
  'load-balancer': 'none',
  policy: { identity: 'any', bearer: 'none' },
  answers: [204],
  fault: 'none',
} as const satisfies RawEndpoint

/** `staple: {}`: the issuer said an hour ago that the certificate is good, and says so until tomorrow. */
export const STANDARD_STAPLE = {
  status: 'good',
  'this-update': '-1h',
  'next-update': '+1d',
  'signed-by': 'issuer',
  for: 'own',
} as const satisfies RawStaple

/** `crl: {}`: a CRL that is current and lists nothing. */
export const STANDARD_CRL: CrlSetup = { state: 'current', revoked: [] }

/** Where redirects lead: an endpoint like the standard one, with a certificate of its own. */
export const STANDARD_ELSEWHERE = {
  ...STANDARD_ENDPOINT,
  certificate: 'elsewhere-endpoint',
} as const satisfies RawEndpoint

/**
 * A token server that authenticates the dispatcher by its certificate (RFC 8705 2.1). Its TLS side
 * only asks for the certificate: that none came is answered in OAuth2's words, not in TLS's.
 */
export const STANDARD_TOKEN_SERVER = {
  endpoint: {
    ...STANDARD_ENDPOINT,
    certificate: 'token-endpoint',
    'client-certificate': 'requested',
  },
  'auth-method': 'tls_client_auth',
  'registered-certificate': 'dispatcher',
  'client-id': 'webhook-dispatcher',
  scope: 'hooks.write',
  'expires-in': '1h',
  answers: ['issue'],
} as const satisfies RawTokenServer

/** The certificate `dispatcher` with its key and its issuers, as PEM. */
export const STANDARD_CLIENT_CERTIFICATE = {
  certificate: 'dispatcher',
  format: 'pem',
  chain: 'issuers',
  key: 'own',
  passphrase: 'right',
  damage: 'none',
  'pem-style': 'plain',
} as const satisfies RawClientCertificate

/** A dispatcher that trusts the private root only, has a certificate and does not retry. */
export const STANDARD_DISPATCHER = {
  'trust-anchors': ['root'],
  pins: 'none',
  crls: 'none',
  'client-certificate': STANDARD_CLIENT_CERTIFICATE,
  'min-version': 'default',
  oauth2: 'none',
  signature: 'none',
  retry: 'none',
  timeout: '5s',
} as const satisfies RawDispatcher

/** `crls: { root: {} }`: the root said yesterday that it has revoked nothing, and says so for a week. */
export const STANDARD_DISPATCHER_CRL = {
  revoked: [],
  reason: 'none',
  'this-update': '-1d',
  'next-update': '+7d',
  number: 1,
  extensions: [],
  'entry-extensions': [],
} as const satisfies RawCrl

/** `oauth2: {}`: the target's own certificate and trust anchors. */
export const STANDARD_OAUTH2 = { 'client-certificate': 'same', 'trust-anchors': 'same' } as const

/** A secret that nothing is said about: as long as the digest, and nothing in it that text could not hold. */
export const STANDARD_SECRET: Pick<SecretSetup, 'bytes' | 'octets'> = {
  bytes: 32,
  octets: 'random',
}

/** `retry: {}`: three attempts, the second after 50 ms. */
export const STANDARD_RETRY: { readonly 'max-attempts': number; readonly 'initial-delay': string } =
  { 'max-attempts': 3, 'initial-delay': '50ms' }
