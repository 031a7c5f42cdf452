/** Error codes of a token endpoint's answer: RFC 6749 5.2, and two that servers in the field use. */
export type TokenErrorCode =
  | 'invalid_request'
  | 'invalid_client'
  | 'unauthorized_client'
  | 'unsupported_grant_type'
  | 'invalid_scope'
  | 'server_error'
  | 'temporarily_unavailable'

/** Why a request gets no token, as it goes back to the client (RFC 6749 5.2). */
export interface Refusal {
  readonly status: number
  readonly code: TokenErrorCode
  /** Fixed text of ours: nothing that the client sent may be repeated here, it could be a secret. */
  readonly description: string
  readonly headers: Readonly<Record<string, string>>
}

/** 400 `invalid_request`, or the status that HTTP itself has for the case (405, 413). */
export function invalidRequest(
  description: string,
  status = 400,
  headers: Readonly<Record<string, string>> = {},
): Refusal {
  return { status, code: 'invalid_request', description, headers }
}

/**
 * 401 `invalid_client`. Where the client used the Authorization header, RFC 6749 5.2 demands a
 * challenge of the scheme it used.
 */
export function invalidClient(
  description: string,
  authorization: 'with-authorization-header' | 'without-authorization-header',
): Refusal {
  const challenge = { 'www-authenticate': 'Basic realm="token", charset="UTF-8"' }
  return {
    status: 401,
    code: 'invalid_client',
    description,
    headers: authorization === 'with-authorization-header' ? challenge : {},
  }
}

/** 400 with one of the codes that need nothing more. */
export function refuse(
  code: 'unsupported_grant_type' | 'invalid_scope' | 'unauthorized_client',
  description: string,
): Refusal {
  return { status: 400, code, description, headers: {} }
}

/** The JSON body of a refusal. */
export function refusalBody(refusal: Pick<Refusal, 'code' | 'description'>): string {
  return JSON.stringify({ error: refusal.code, error_description: refusal.description })
}
