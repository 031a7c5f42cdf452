import {
  authenticateClient,
  type Authentication,
  type RegisteredClient,
} from './client-authentication.ts'
import { invalidRequest, refuse, type Refusal } from './refusal.ts'
import { fieldOf, type ClientRequest } from './token-request.ts'

/** What a client credentials request is entitled to. */
export type Grant =
  | { readonly outcome: 'granted'; readonly scope: string }
  | { readonly outcome: 'refused'; readonly refusal: Refusal }

/**
 * Judges a client credentials request (RFC 6749 4.4.2): client authentication first, then the grant
 * type, then the scope (3.3), which must lie within the registered one and defaults to all of it.
 */
export function judgeGrant(
  request: ClientRequest,
  client: RegisteredClient,
  registeredScope: string,
): Grant {
  const authentication: Authentication = authenticateClient(request, client)
  if (authentication.outcome === 'refused') return authentication
  const grantType = fieldOf(request, 'grant_type')
  if (grantType === null) return refused(invalidRequest('grant_type is missing'))
  if (grantType !== 'client_credentials') {
    return refused(refuse('unsupported_grant_type', 'the grant type must be client_credentials'))
  }
  const scope = fieldOf(request, 'scope')
  if (scope === null) return { outcome: 'granted', scope: registeredScope }
  const allowed = new Set(registeredScope.split(' '))
  const wanted = scope.split(' ').filter((token) => token !== '')
  if (wanted.length === 0 || !wanted.every((token) => allowed.has(token))) {
    return refused(refuse('invalid_scope', 'the scope is not within the registered one'))
  }
  return { outcome: 'granted', scope: [...new Set(wanted)].join(' ') }
}

function refused(refusal: Refusal): Grant {
  return { outcome: 'refused', refusal }
}
