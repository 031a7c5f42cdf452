import { refusalReply, type TokenReply } from './answers.ts'
import { authenticateClient } from './client-authentication.ts'
import type { RegisteredRealm } from './realm.ts'
import { invalidRequest } from './refusal.ts'
import { fieldOf, type ClientRequest } from './token-request.ts'
import { audienceOf, x5tS256 } from './tokens.ts'

/** Answers an introspection request (RFC 7662 2), with the binding as RFC 8705 3.2 says. */
export async function introspect(
  request: ClientRequest,
  realm: RegisteredRealm,
): Promise<TokenReply> {
  const authentication = authenticateClient(request, realm.client)
  if (authentication.outcome === 'refused') return refusalReply(authentication.refusal)
  const jwt = fieldOf(request, 'token')
  if (jwt === null) return refusalReply(invalidRequest('token is missing'))
  const token = await realm.tokens.find(jwt)
  // RFC 7662 2.2: nothing but `active` about a token that is not.
  if (token === 'unknown' || realm.tokens.timeliness(token) === 'expired') {
    return json({ active: false })
  }
  return json({
    active: true,
    scope: token.scope,
    client_id: token.clientId,
    token_type: 'Bearer',
    exp: Math.floor(token.expiresAtMs / 1000),
    iat: Math.floor(token.issuedAtMs / 1000),
    sub: token.clientId,
    aud: audienceOf(token.issuer),
    iss: token.issuer,
    jti: token.id,
    ...(token.boundTo === null ? {} : { cnf: { 'x5t#S256': x5tS256(token.boundTo) } }),
  })
}

function json(body: Readonly<Record<string, unknown>>): TokenReply {
  return {
    status: 200,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    error: null,
  }
}
