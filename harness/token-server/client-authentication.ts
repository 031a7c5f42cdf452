import { createHash, timingSafeEqual } from 'node:crypto'
import type { TokenAuthMethod } from '../scenario/setup.ts'
import { invalidClient, invalidRequest, type Refusal } from './refusal.ts'
import { fieldOf, type ClientRequest } from './token-request.ts'

/** The one client of a realm. */
export interface RegisteredClient {
  readonly method: TokenAuthMethod
  readonly clientId: string
  readonly clientSecret: string
  /** Thumbprint of the registered certificate, lower-case hexadecimal; null for the secret methods. */
  readonly certificateSha256: string | null
}

/** What became of the client's authentication. */
export type Authentication =
  { readonly outcome: 'authenticated' } | { readonly outcome: 'refused'; readonly refusal: Refusal }

/** Whether the method authenticates by the certificate of the TLS connection (RFC 8705 2). */
export function usesCertificate(method: TokenAuthMethod): boolean {
  return method === 'tls_client_auth' || method === 'self_signed_tls_client_auth'
}

/** Names of every way of authentication that the request shows; empty = none. */
export function methodsShown(request: ClientRequest, client: RegisteredClient): readonly string[] {
  const secrets: string[] = []
  if (request.authorization.kind === 'other-scheme') secrets.push('other-scheme')
  else if (request.authorization.kind !== 'absent') secrets.push('client_secret_basic')
  if (fieldOf(request, 'client_secret') !== null) secrets.push('client_secret_post')
  if (fieldOf(request, 'client_assertion') !== null) secrets.push('client_assertion')
  if (request.presented.presented === 'none') return secrets
  if (usesCertificate(client.method)) return [client.method, ...secrets]
  // A client with a secret may show a certificate as well, for certificate-bound tokens alone
  // (RFC 8705 3). Without a secret, the certificate is what it meant to authenticate with.
  return secrets.length > 0 ? secrets : ['tls_client_auth']
}

/**
 * Authenticates the client by the realm's one method (RFC 6749 2.3, RFC 8705 2). For both TLS methods
 * the certificate must be the registered one, by thumbprint: the path to an anchor, for
 * tls_client_auth, was judged where TLS ended.
 */
export function authenticateClient(
  request: ClientRequest,
  client: RegisteredClient,
): Authentication {
  const { authorization } = request
  const bodyClientId = fieldOf(request, 'client_id')
  const shown = methodsShown(request, client)
  const header =
    authorization.kind === 'absent' ? 'without-authorization-header' : 'with-authorization-header'
  const notAuthenticated = (description: string): Authentication =>
    refused(invalidClient(description, header))

  if (request.form.kind === 'unreadable') return refused(request.form.refusal)
  if (authorization.kind === 'repeated') {
    return refused(invalidRequest('the Authorization header is repeated'))
  }
  if (shown.length > 1) {
    return refused(invalidRequest('more than one way of client authentication is used'))
  }
  if (shown[0] === undefined) {
    return notAuthenticated(`client authentication by ${client.method} is missing`)
  }
  if (shown[0] !== client.method) {
    return notAuthenticated(`this client is registered for ${client.method}`)
  }
  switch (client.method) {
    case 'tls_client_auth':
    case 'self_signed_tls_client_auth':
      if (bodyClientId === null) return refused(invalidRequest('client_id is missing'))
      if (!same(bodyClientId, client.clientId)) return notAuthenticated('the client is unknown')
      return request.presented.presented === 'certificate' &&
        request.presented.sha256 === client.certificateSha256
        ? AUTHENTICATED
        : notAuthenticated('the client certificate is not the registered one')
    case 'client_secret_basic': {
      if (authorization.kind !== 'basic') return notAuthenticated('the credentials are malformed')
      if (bodyClientId !== null && bodyClientId !== authorization.clientId) {
        return refused(invalidRequest('client_id differs from the one in the Authorization header'))
      }
      return checkSecret(authorization.clientId, authorization.clientSecret)
    }
    case 'client_secret_post':
      if (bodyClientId === null) return refused(invalidRequest('client_id is missing'))
      return checkSecret(bodyClientId, fieldOf(request, 'client_secret') ?? '')
  }

  function checkSecret(clientId: string, clientSecret: string): Authentication {
    // Both are compared always, so that the time does not tell which one was wrong.
    const right = [same(clientId, client.clientId), same(clientSecret, client.clientSecret)]
    return right.every(Boolean)
      ? AUTHENTICATED
      : notAuthenticated('the client or its secret is wrong')
  }
}

const AUTHENTICATED: Authentication = { outcome: 'authenticated' }

function refused(refusal: Refusal): Authentication {
  return { outcome: 'refused', refusal }
}

function same(given: string, right: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(given), digest(right))
}
