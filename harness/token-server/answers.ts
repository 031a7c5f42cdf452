import type { TokenAnswer } from '../scenario/setup.ts'
import { usesCertificate } from './client-authentication.ts'
import { judgeGrant } from './grant.ts'
import type { RegisteredRealm } from './realm.ts'
import { invalidClient, invalidRequest, refusalBody, refuse, type Refusal } from './refusal.ts'
import type { ClientRequest } from './token-request.ts'

/** Bytes that go back for one token request. */
export interface TokenReply {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  /** `error` of the body, or null. */
  readonly error: string | null
}

/** What is done about one token request. */
export type TokenAction =
  | { readonly act: 'reply'; readonly reply: TokenReply }
  /** The reply comes late, if the client is still there. */
  | { readonly act: 'reply-late'; readonly reply: TokenReply }
  /** The connection is destroyed. */
  | { readonly act: 'close' }

/** Where `redirect` leads, below the realm's prefix. It would issue a token to whoever follows. */
export const MOVED_PATH = '/moved/token'

const PAGE = `<!doctype html>
<html lang="en"><head><title>Sign in</title></head><body><h1>Sign in</h1></body></html>
`

/** Decides what is done about a token request. Answers that issue a token judge the request first. */
export async function actOn(
  answer: TokenAnswer,
  request: ClientRequest,
  realm: RegisteredRealm,
): Promise<TokenAction> {
  switch (answer) {
    case 'issue':
      return reply(await issue(request, realm, {}))
    case 'issue-unbound':
      return reply(await issue(request, realm, { binding: 'none' }))
    case 'issue-wrong-binding':
      return reply(await issue(request, realm, { binding: 'foreign' }))
    case 'wrong-token-type':
      return reply(await issue(request, realm, { tokenType: 'mac' }))
    case 'lower-case-token-type':
      return reply(await issue(request, realm, { tokenType: 'bearer' }))
    case 'issue-with-more':
      return reply(await issue(request, realm, { more: UNASKED }))
    case 'no-expiry':
      return reply(await issue(request, realm, { expiry: 'left-out' }))
    case 'slow': {
      const issued = await issue(request, realm, {})
      return issued.error === null ? { act: 'reply-late', reply: issued } : reply(issued)
    }
    case 'malformed': {
      const body = JSON.stringify({ access_token: 'cut-off', token_type: 'Bearer' })
      return reply({ status: 200, headers: JSON_TYPE, body: body.slice(0, -12), error: null })
    }
    case 'empty':
      return reply({ status: 200, headers: JSON_TYPE, body: '', error: null })
    case 'no-access-token': {
      const body = JSON.stringify({ token_type: 'Bearer', expires_in: 3600 })
      return reply({ status: 200, headers: JSON_TYPE, body, error: null })
    }
    case 'html':
      return reply({
        status: 200,
        headers: { 'content-type': 'text/html; charset=utf-8' },
        body: PAGE,
        error: null,
      })
    case 'invalid-client': {
      const header =
        request.authorization.kind === 'absent'
          ? 'without-authorization-header'
          : 'with-authorization-header'
      return reply(refusalReply(invalidClient('the client is not accepted', header)))
    }
    case 'invalid-scope':
      return reply(refusalReply(refuse('invalid_scope', 'the scope is not accepted')))
    case 'invalid-request':
      return reply(refusalReply(invalidRequest('the request is not accepted')))
    case 'unauthorized-client':
      return reply(refusalReply(refuse('unauthorized_client', 'the client may not do this')))
    case 'unsupported-grant-type':
      return reply(refusalReply(refuse('unsupported_grant_type', 'the grant is not offered')))
    case 'rate-limited':
      return reply(refusalReply(RATE_LIMITED))
    case 'server-error':
      return reply(refusalReply(SERVER_ERROR))
    case 'unavailable':
      return reply(refusalReply(UNAVAILABLE))
    case 'redirect':
      return reply({
        status: 307,
        headers: { location: `${realm.issuer}${MOVED_PATH}` },
        body: '',
        error: null,
      })
    case 'close':
      return { act: 'close' }
  }
}

/** The reply that a refusal becomes (RFC 6749 5.2). */
export function refusalReply(refusal: Refusal): TokenReply {
  return {
    status: refusal.status,
    headers: { ...JSON_TYPE, ...refusal.headers },
    body: refusalBody(refusal),
    error: refusal.code,
  }
}

/** 500, for the misbehaviour of that name and for faults of our own. */
export const SERVER_ERROR: Refusal = {
  status: 500,
  code: 'server_error',
  description: 'the token server failed',
  headers: {},
}

const UNAVAILABLE: Refusal = {
  status: 503,
  code: 'temporarily_unavailable',
  description: 'the token server is busy',
  headers: { 'retry-after': '1' },
}

const RATE_LIMITED: Refusal = { ...UNAVAILABLE, status: 429 }

/** RFC 6749 4.4.3 says that there should be no refresh token; 5.1, that unknown members are ignored. */
const UNASKED = { refresh_token: 'not-for-this-grant', issued_by: 'somebody', flags: [1, 2] }

const JSON_TYPE = { 'content-type': 'application/json' }

/** How an issued answer departs from the right one. */
interface Departure {
  readonly binding?: 'none' | 'foreign'
  readonly tokenType?: 'mac' | 'bearer'
  /** Members beside the usual ones. */
  readonly more?: Readonly<Record<string, unknown>>
  readonly expiry?: 'left-out'
}

async function issue(
  request: ClientRequest,
  realm: RegisteredRealm,
  departure: Departure,
): Promise<TokenReply> {
  const { setup } = realm
  const grant = judgeGrant(request, realm.client, setup.scope)
  if (grant.outcome === 'refused') return refusalReply(grant.refusal)
  const accessToken = await realm.tokens.issue({
    issuer: realm.issuer,
    clientId: setup.clientId,
    scope: grant.scope,
    boundTo: bindingOf(request, realm, departure.binding ?? 'right'),
    binding: usesCertificate(setup.authMethod) ? 'expected' : 'not-expected',
    lifetimeSeconds: setup.expiresIn,
  })
  const body = {
    access_token: accessToken,
    token_type: departure.tokenType ?? 'Bearer',
    ...(departure.expiry === 'left-out' ? {} : { expires_in: setup.expiresIn }),
    scope: grant.scope,
    ...departure.more,
  }
  return { status: 200, headers: JSON_TYPE, body: JSON.stringify(body), error: null }
}

function bindingOf(
  request: ClientRequest,
  realm: RegisteredRealm,
  binding: 'right' | 'none' | 'foreign',
): string | null {
  switch (binding) {
    case 'none':
      return null
    case 'foreign':
      return realm.description.foreignSha256.toLowerCase()
    case 'right':
      return usesCertificate(realm.setup.authMethod) &&
        request.presented.presented === 'certificate'
        ? request.presented.sha256
        : null
  }
}

function reply(what: TokenReply): TokenAction {
  return { act: 'reply', reply: what }
}
