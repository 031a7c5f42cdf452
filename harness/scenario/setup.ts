/** The situation of a scenario: the endpoint it meets and what the dispatcher is told. */

import type { CrlDescription } from './revocation-list.ts'

/** Whether the TLS server sends a CertificateRequest, and whether an answer without a certificate will do. */
export type ClientCertificatePolicy = 'required' | 'requested' | 'not-requested'

/** What certificate_authorities in the CertificateRequest lists (RFC 8446 4.2.4). */
export type CaHints = 'none' | 'matching' | 'foreign'

/**
 * How an endpoint turns away a client certificate (ARCHITECTURE, decision 5): a TLS alert (HAProxy,
 * OpenSSL), nginx's HTTP 400 after a completed handshake, a silent close (Node) or a TCP reset.
 */
export type RejectStyle = 'alert' | 'http-400' | 'close' | 'reset'

/** What an endpoint knows of revoked client certificates: a CRL of every authority under its trust anchors. */
export interface CrlSetup {
  /**
   * `expired` = their nextUpdate has passed, `not-yet-valid` = their thisUpdate is yet to come (RFC 5280
   * 5.1.2.4 and 5.1.2.5): no client certificate can be verified then.
   */
  readonly state: 'current' | 'expired' | 'not-yet-valid'
  /** Names of the certificates that their issuers have revoked. */
  readonly revoked: readonly string[]
}

/**
 * When a rejecting endpoint acts: after the handshake, which is when it has read the head of a request, as
 * nginx does (an alert is sent in the handshake itself); or once the body was read.
 */
export type RejectMoment = 'after-handshake' | 'after-body'

/** TLS versions a slot can be limited to. */
export type TlsVersion = 'TLSv1' | 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3'

/** What stands between the wire and the origin. */
export type LoadBalancer =
  /** None: the terminator is the endpoint. */
  | 'none'
  /** Terminates TLS and passes the request on without a word about the certificate. */
  | 'strips'
  /** Terminates TLS and adds `Client-Cert` (RFC 9440 2.2). */
  | 'forwards-client-cert'
  /** Terminates TLS and adds the fields that were common before RFC 9440, `X-SSL-Client-Cert` among them. */
  | 'forwards-x-headers'
  | PassingLoadBalancer

/** Those that leave TLS to the endpoint behind them. */
export type PassingLoadBalancer =
  /** Tells the endpoint by a PROXY protocol header whose connection it is. */
  | 'passes-through'
  /** Tells it nothing: to the endpoint every connection is the load balancer's own. */
  | 'passes-through-silently'
  /** Writes a PROXY protocol header to an endpoint that expects none and takes it for the ClientHello. */
  | 'adds-proxy-header'
  /** Writes none to an endpoint that expects one and takes the ClientHello for it. */
  | 'omits-proxy-header'

/** Those that open TLS, and speak plain HTTP with the origin. */
export type OpeningLoadBalancer = Exclude<LoadBalancer, 'none' | PassingLoadBalancer>

/** One answer of the origin. Answers are used in order; the last one repeats. */
export type OriginAnswer =
  | {
      readonly kind: 'status'
      readonly status: number
      readonly headers: Readonly<Record<string, string>>
      readonly body: string
      readonly delayMs: number
    }
  /** A redirect; `location` is `elsewhere`, `same` (other path) or `plaintext`. */
  | {
      readonly kind: 'redirect'
      readonly status: number
      readonly location: 'elsewhere' | 'same' | 'plaintext'
    }
  /** Bytes that are not HTTP, then a close. */
  | { readonly kind: 'garbage' }
  /** A close without an answer, after the whole request was read. */
  | { readonly kind: 'close' }
  /** Nothing at all until the dispatcher gives up. */
  | { readonly kind: 'stall' }
  /** 200 and a hundred octets promised, of which one comes before the close (RFC 9112 8). */
  | { readonly kind: 'truncated' }
  /** 200, and a close in the middle of the header section. */
  | { readonly kind: 'truncated-head' }
  /** 204, one octet at a time, complete after about three seconds; it counts as no answer. */
  | { readonly kind: 'drip' }
  /** 500 with a body that never ends. */
  | { readonly kind: 'endless' }

/** What the origin checks before it accepts a delivery. */
export interface OriginPolicy {
  /** `mutual-tls`: a request without a client certificate (own or forwarded) is answered 403. */
  readonly identity: 'any' | 'mutual-tls'
  /** Bearer token: not looked at, required, or required and bound to the presented certificate (RFC 8705 3). */
  readonly bearer: 'none' | 'required' | 'bound'
}

/** A definitive OCSP response that an endpoint staples (RFC 6960 4.2.1). */
export interface StapledResponse {
  readonly status: 'good' | 'revoked' | 'unknown'
  /** thisUpdate and producedAt, in milliseconds from the scenario's beginning. */
  readonly thisUpdateMs: number
  /** nextUpdate, in milliseconds from the scenario's beginning. */
  readonly nextUpdateMs: number
  /** Whose key signs: that of the certificate's issuer, or of the certificate with this name. */
  readonly signedBy: string
  /** The certificate that it is about: the one that the endpoint shows, or the one with this name. */
  readonly certificate: string
}

/** What an endpoint staples to its certificate where it is asked to (RFC 6066 8, RFC 8446 4.4.2.1). */
export type Staple =
  | 'none'
  /** The shell of an OCSP response around octets that are none. */
  | 'garbage'
  /** A responder's error message, without a signature (RFC 6960 2.3). */
  | 'try-later'
  | StapledResponse

/** One TLS endpoint: what it shows, what it asks for and how it answers. */
export interface EndpointSetup {
  /** Host of the URL the dispatcher gets, the reference identifier (RFC 9525). */
  readonly host: 'localhost' | '127.0.0.1' | '[::1]'
  readonly scheme: 'https' | 'http'
  /** Name of the end entity certificate. */
  readonly certificate: string
  /** Names of the certificates sent, in order; default the end entity, then its issuers without the root. */
  readonly chain: readonly string[] | 'issuers'
  readonly staple: Staple
  readonly clientCertificate: ClientCertificatePolicy
  /** Names of the trust anchors for client certificates. */
  readonly clientAnchors: readonly string[]
  /** Thumbprint-pinned client certificates accepted without a path (self-signed registration), by name. */
  readonly allowedClientCertificates: readonly string[] | 'any-under-anchors'
  /** CRLs that client certificates are checked against, or `none` = revocation is not looked at. */
  readonly crl: CrlSetup | 'none'
  readonly caHints: CaHints
  readonly rejectStyle: RejectStyle
  readonly rejectMoment: RejectMoment
  readonly minVersion: TlsVersion
  readonly maxVersion: TlsVersion
  /** OpenSSL cipher list (TLS 1.2), or the default. */
  readonly ciphers: string | 'default'
  /** OpenSSL list of the groups for key exchange, such as `P-256` (RFC 8446 4.2.7), or the default. */
  readonly groups: string | 'default'
  readonly alpn: readonly string[]
  readonly resumption: 'off' | 'on'
  readonly keepAlive: 'off' | 'on'
  readonly loadBalancer: LoadBalancer
  readonly policy: OriginPolicy
  readonly answers: readonly OriginAnswer[]
  /** A fault of the wire itself, before or instead of the slot. */
  readonly fault: WireFault
}

/** What the wire does to a connection instead of forwarding it faithfully. */
export type WireFault =
  | 'none'
  /** Accepts TCP and never answers the ClientHello. */
  | 'stall'
  /** Resets when the ClientHello has arrived. */
  | 'reset-on-client-hello'
  /** Closes when the ClientHello has arrived. */
  | 'close-on-client-hello'
  /** Answers the ClientHello in plaintext HTTP. */
  | 'plaintext-answer'

/** How the mock token server misbehaves. Used in order of token requests; the last one repeats. */
export type TokenAnswer =
  | 'issue'
  | 'issue-unbound'
  | 'issue-wrong-binding'
  | 'invalid-client'
  | 'invalid-scope'
  | 'invalid-request'
  | 'unauthorized-client'
  | 'unsupported-grant-type'
  | 'server-error'
  | 'unavailable'
  | 'rate-limited'
  | 'slow'
  | 'malformed'
  | 'empty'
  | 'html'
  | 'no-access-token'
  | 'wrong-token-type'
  /** `token_type` in lower case, which means the same (RFC 6749 5.1). */
  | 'lower-case-token-type'
  /** A refresh token beside the access token, and members that nobody knows. */
  | 'issue-with-more'
  | 'no-expiry'
  | 'redirect'
  | 'close'

/** Ways to authenticate to a token endpoint (RFC 6749 2.3.1, RFC 8705 2). */
export type TokenAuthMethod =
  'tls_client_auth' | 'self_signed_tls_client_auth' | 'client_secret_basic' | 'client_secret_post'

/** The mock token server of a scenario. */
export interface TokenServerSetup {
  /** The TLS side of it; its origin fields are not used. */
  readonly endpoint: EndpointSetup
  readonly authMethod: TokenAuthMethod
  /** Name of the certificate registered for the client; `none` for the secret methods. */
  readonly registeredCertificate: string | 'none'
  readonly clientId: string
  readonly scope: string
  /** Lifetime put in `expires_in`, in seconds. */
  readonly expiresIn: number
  readonly answers: readonly TokenAnswer[]
}

/** How the client certificate is handed to the dispatcher. */
export interface ClientCertificateSetup {
  /** Name of the certificate. */
  readonly certificate: string
  /** `enrolled`: the certificates alone; the key is one that the dispatcher made, told by its handle. */
  readonly format: 'pem' | 'pkcs12' | 'pkcs12-legacy' | 'jks' | 'enrolled'
  /** Names in the order of the bundle; default the end entity, then its issuers without the root. */
  readonly chain: readonly string[] | 'issuers'
  /**
   * Which private key is handed over: its own, none, or that of another certificate. Where the format is
   * `enrolled`, whose handle is told; `missing` is a handle that the dispatcher never gave.
   */
  readonly key: { readonly of: string } | 'own' | 'missing'
  readonly passphrase: 'right' | 'wrong' | 'empty'
  /** Damage done to what is handed over. */
  readonly damage: 'none' | 'truncated' | 'garbage'
  /**
   * How PEM is written; all are the same to RFC 7468: with line feeds, with CRLF, or with a text
   * before each certificate, as OpenSSL writes it.
   */
  readonly pemStyle: 'plain' | 'crlf' | 'explained'
}

/** How a payload is signed: three `webhook-` headers, or one header over the body's bytes (adapter protocol, "signature"). */
export type SignatureScheme = 'standard-webhooks' | 'hmac-sha256'

/** The `signature` part of the configuration. */
export interface SignatureSetup {
  readonly scheme: SignatureScheme
  /**
   * Names of one or two secrets: the current one, and the one that it has replaced while both are to be
   * known. Default one, named after the target.
   */
  readonly secrets: readonly string[]
}

/** A secret that events are signed with. It is made anew for each run of a scenario. */
export interface SecretSetup {
  readonly scheme: SignatureScheme
  /** Length in bytes. Default 32. */
  readonly bytes: number
  /**
   * `random`: no zero octet, and no white space at either end. `with-zero`: an octet 0 after the third.
   * `with-spaces`: a line feed in front and a space behind.
   */
  readonly octets: 'random' | 'with-zero' | 'with-spaces'
}

/** What the dispatcher is told for the target. */
export interface DispatcherSetup {
  /** Names of the only roots to trust; `own-store` = the field is left out. */
  readonly trustAnchors: readonly string[] | 'own-store'
  /** Names of the certificates whose SPKI is pinned; `none` = the field is left out. */
  readonly pins: readonly string[] | 'none'
  /** CRLs that the server's path must be checked against, in order; `none` = the field is left out. */
  readonly crls: readonly CrlDescription[] | 'none'
  readonly clientCertificate: ClientCertificateSetup | 'none'
  readonly minVersion: 'TLSv1.2' | 'TLSv1.3' | 'default'
  readonly oauth2: OAuth2Setup | 'none'
  readonly signature: SignatureSetup | 'none'
  readonly retry: { readonly maxAttempts: number; readonly initialDelayMs: number } | 'none'
  readonly timeoutMs: number
}

/** The `oauth2` part of the configuration; client id, method and URL follow from the token server. */
export interface OAuth2Setup {
  /** A client certificate of its own for the token endpoint, or the target's. */
  readonly clientCertificate: ClientCertificateSetup | 'same'
  readonly trustAnchors: readonly string[] | 'same'
}

/** The event to deliver. */
export interface EventSetup {
  /** Size of the body to aim at, in bytes; `small` = the usual few hundred. */
  readonly size: number | 'small'
}
