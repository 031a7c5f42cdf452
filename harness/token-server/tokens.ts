import { generateKeyPairSync, randomUUID } from 'node:crypto'
import { calculateJwkThumbprint, compactVerify, exportJWK, SignJWT, type JWK } from 'jose'
import type { TokenKey } from '../endpoint/types.ts'

/** Most tokens that a realm remembers; past it the oldest is forgotten and becomes `unknown`. */
export const MOST_TOKENS = 10_000

/** What a token is to say. */
export interface TokenClaims {
  /** Issuer identifier of the realm. */
  readonly issuer: string
  readonly clientId: string
  readonly scope: string
  /** Thumbprint that the token is bound to, lower-case hexadecimal; null = unbound. */
  readonly boundTo: string | null
  /** What the missing binding of an unbound token means for the origin. */
  readonly binding: 'expected' | 'not-expected'
  readonly lifetimeSeconds: number
}

/** A token as the realm remembers it. Times are exact, unlike the whole seconds of the JWT. */
export interface IssuedToken extends TokenClaims {
  readonly id: string
  /** Milliseconds since the epoch. */
  readonly issuedAtMs: number
  readonly expiresAtMs: number
}

/** A new P-256 key for ES256; `kid` is its thumbprint (RFC 7638). */
export async function createTokenKey(): Promise<TokenKey & { readonly jwk: JWK }> {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const bare = await exportJWK(publicKey)
  const kid = await calculateJwkThumbprint(bare)
  return { kid, privateKey, publicKey, jwk: { ...bare, kid, alg: 'ES256', use: 'sig' } }
}

/** Value of `x5t#S256` for a thumbprint in hexadecimal: base64url without padding (RFC 8705 3.1). */
export function x5tS256(sha256: string): string {
  return Buffer.from(sha256, 'hex').toString('base64url')
}

/** Audience of a realm's tokens (RFC 9068 2.2): its endpoint, by a name that no request can change. */
export function audienceOf(issuer: string): string {
  return `${issuer}/endpoint`
}

/** The tokens of one realm: JWT access tokens (RFC 9068) that only this realm knows. */
export class TokenBook {
  readonly #key: TokenKey
  readonly #now: () => Date
  readonly #limit: number
  readonly #issued = new Map<string, IssuedToken>()

  constructor(key: TokenKey, now: () => Date, limit = MOST_TOKENS) {
    this.#key = key
    this.#now = now
    this.#limit = limit
  }

  /** Signs a token and remembers it. */
  async issue(claims: TokenClaims): Promise<string> {
    const issuedAtMs = this.#now().getTime()
    const expiresAtMs = issuedAtMs + claims.lifetimeSeconds * 1000
    const token: IssuedToken = { ...claims, id: randomUUID(), issuedAtMs, expiresAtMs }
    const confirmation =
      claims.boundTo === null ? {} : { cnf: { 'x5t#S256': x5tS256(claims.boundTo) } }
    const jwt = await new SignJWT({
      client_id: claims.clientId,
      scope: claims.scope,
      ...confirmation,
    })
      .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: this.#key.kid })
      .setIssuer(claims.issuer)
      .setSubject(claims.clientId)
      .setAudience(audienceOf(claims.issuer))
      .setIssuedAt(Math.floor(issuedAtMs / 1000))
      .setExpirationTime(Math.floor(expiresAtMs / 1000))
      .setJti(token.id)
      .sign(this.#key.privateKey)
    this.#issued.set(token.id, token)
    const [oldest] = this.#issued.keys()
    if (oldest !== undefined && this.#issued.size > this.#limit) this.#issued.delete(oldest)
    return jwt
  }

  /** The token behind a JWT, or `unknown`: forged, damaged, of another realm, or forgotten. */
  async find(jwt: string): Promise<IssuedToken | 'unknown'> {
    try {
      const { payload } = await compactVerify(jwt, this.#key.publicKey, { algorithms: ['ES256'] })
      const claims: unknown = JSON.parse(new TextDecoder().decode(payload))
      if (typeof claims !== 'object' || claims === null || !('jti' in claims)) return 'unknown'
      return (typeof claims.jti === 'string' ? this.#issued.get(claims.jti) : null) ?? 'unknown'
    } catch {
      return 'unknown'
    }
  }

  /** Whether a token's lifetime is over: to the millisecond, not to the JWT's second. */
  timeliness(token: IssuedToken): 'current' | 'expired' {
    return this.#now().getTime() < token.expiresAtMs ? 'current' : 'expired'
  }

  /** Forgets every token. */
  clear(): void {
    this.#issued.clear()
  }
}
