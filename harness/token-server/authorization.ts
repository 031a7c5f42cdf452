/** What the Authorization header says about the client. */
export type AuthorizationSeen =
  | { readonly kind: 'absent' }
  | { readonly kind: 'basic'; readonly clientId: string; readonly clientSecret: string }
  /** Basic, but not readable. */
  | { readonly kind: 'malformed-basic' }
  | { readonly kind: 'other-scheme' }
  | { readonly kind: 'repeated' }

/**
 * Reads client_secret_basic (RFC 6749 2.3.1): both parts are form-urlencoded before they are joined
 * by a colon and put into Base64 (RFC 7617 2).
 */
export function readAuthorization(values: readonly string[]): AuthorizationSeen {
  const [value] = values
  if (value === undefined) return { kind: 'absent' }
  if (values.length > 1) return { kind: 'repeated' }
  const scheme = /^([!#$%&'*+.^_`|~\w-]+)(?: +|$)/.exec(value)
  if (scheme?.[1]?.toLowerCase() !== 'basic') return { kind: 'other-scheme' }
  const pair = decodeBase64(value.slice(scheme[0].length).trim())
  const colon = pair?.indexOf(':') ?? -1
  if (pair === null || colon < 0) return { kind: 'malformed-basic' }
  const clientId = decodeFormPart(pair.slice(0, colon))
  const clientSecret = decodeFormPart(pair.slice(colon + 1))
  if (clientId === null || clientSecret === null) return { kind: 'malformed-basic' }
  return { kind: 'basic', clientId, clientSecret }
}

function decodeBase64(text: string): string | null {
  // Node skips what is not Base64; a credential with such characters is malformed instead.
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(text) || text.length % 4 !== 0) return null
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(text, 'base64'))
  } catch {
    return null
  }
}

function decodeFormPart(text: string): string | null {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return null
  }
}
