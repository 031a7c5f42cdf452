import type { IncomingMessage, ServerResponse } from 'node:http'
import type { BearerChecker } from '../endpoint/types.ts'
import type { PresentedCertificate } from '../observation/types.ts'
import type { TokenServerSetup } from '../scenario/setup.ts'

/** One token request as the server saw it, ready for the ledger. */
export interface TokenRequestSeen {
  readonly grantType: string | null
  readonly clientId: string | null
  readonly scope: string | null
  /** `tls_client_auth`, `client_secret_basic`, … or `none`, as far as the request shows. */
  readonly authMethod: string
  readonly answered: number
  readonly error: string | null
}

/** A realm: one scenario's token server. All realms share one HTTP application. */
export interface TokenRealm {
  readonly setup: TokenServerSetup
  readonly clientSecret: string
  /** SHA-256 thumbprint and subject of the registered certificate; null for the secret methods. */
  readonly registered: { readonly sha256: string; readonly subject: string } | null
  /** The base URL that the dispatcher uses, without a trailing slash; goes into metadata and tokens. */
  readonly issuer: string
  /** Thumbprint put into a token by `issue-wrong-binding`. */
  readonly foreignSha256: string
  /** Called once for each token request, before the answer is sent. */
  readonly onTokenRequest: (seen: TokenRequestSeen, request: IncomingMessage) => void
}

/** A registered realm. Disposing of it forgets its tokens. */
export interface StartedRealm extends Disposable {
  /** Path prefix of the realm, for example `/r/9d1e`; the token endpoint is `<prefix>/token`. */
  readonly prefix: string
  /** Knows the realm's tokens: for the origin. */
  readonly bearers: BearerChecker
  /** Replaces the behaviour, for a rotation in the middle of a scenario. */
  update(setup: TokenServerSetup): void
}

/** The token server as an HTTP application, without a listener of its own. */
export interface TokenService extends AsyncDisposable {
  register(realm: TokenRealm): StartedRealm
  /** Handles one request; `presented` is the client certificate that TLS saw. */
  handle(request: IncomingMessage, response: ServerResponse, presented: PresentedCertificate): void
}
