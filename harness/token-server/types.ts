import type { IncomingMessage, ServerResponse } from 'node:http'
import type { BearerChecker } from '../endpoint/types.ts'
import type { PresentedCertificate } from '../observation/types.ts'
import type { TokenServerSetup } from '../scenario/setup.ts'

/** One token request as the server saw it, ready for the ledger. Strings from the request are bounded. */
export interface TokenRequestSeen {
  readonly grantType: string | null
  readonly clientId: string | null
  readonly scope: string | null
  /**
   * `tls_client_auth`, `client_secret_basic`, … or `none`, as far as the request shows; several are
   * joined by `+`, for example `tls_client_auth+client_secret_post`.
   */
  readonly authMethod: string
  /** Status of the answer; 0 = none at the time of recording (`close` and `slow`). */
  readonly answered: number
  /** `error` of the answer (RFC 6749 5.2), or null. */
  readonly error: string | null
}

/** The certificate registered for a client. */
export interface RegisteredCertificate {
  /** SHA-256 of the DER, lower-case hexadecimal. */
  readonly sha256: string
  readonly subject: string
}

/** How a realm behaves: a token server's setup without its TLS side. */
export type TokenBehaviour = Omit<TokenServerSetup, 'endpoint'>

/** A realm: one scenario's token server. All realms share one HTTP application. */
export interface TokenRealm {
  readonly setup: TokenBehaviour
  readonly clientSecret: string
  /** The registered certificate; null for the secret methods. */
  readonly registered: RegisteredCertificate | null
  /**
   * Origin of the URL that the dispatcher uses, for example `https://localhost:41234`, without a
   * trailing slash. With the realm's prefix behind it, it is the issuer identifier (RFC 8414 2) of
   * metadata and tokens. A function is asked each time, for an origin that is known later.
   */
  readonly issuer: string | (() => string)
  /** Thumbprint put into a token by `issue-wrong-binding`, lower-case hexadecimal. */
  readonly foreignSha256: string
  /** Called once for each token request, before the answer is sent. */
  readonly onTokenRequest: (seen: TokenRequestSeen, request: IncomingMessage) => void
}

/** A registered realm. Disposing of it forgets its tokens and cuts off its slow answers. */
export interface StartedRealm extends Disposable {
  /** Path prefix of the realm, `/r/` and 32 hexadecimal digits; the token endpoint is `<prefix>/token`. */
  readonly prefix: string
  /** Knows the realm's tokens: for the origin. */
  readonly bearers: BearerChecker
  /**
   * Replaces the behaviour, for a rotation in the middle of a scenario; its answers begin anew.
   * Tokens issued before stay known.
   *
   * @param registered - the certificate registered from now on; left out = as before.
   */
  update(setup: TokenBehaviour, registered?: RegisteredCertificate | null): void
}

/** The token server as an HTTP application, without a listener of its own. */
export interface TokenService extends AsyncDisposable {
  register(realm: TokenRealm): StartedRealm
  /** Handles one request; `presented` is the client certificate that TLS saw. */
  handle(request: IncomingMessage, response: ServerResponse, presented: PresentedCertificate): void
}
