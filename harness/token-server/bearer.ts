import type { BearerChecker } from '../endpoint/types.ts'
import type { BearerFinding } from '../observation/types.ts'
import type { TokenBook } from './tokens.ts'

/** Checks bearer tokens (RFC 6750 2.1) and their binding (RFC 8705 3) against a realm's tokens. */
export function createBearerChecker(book: TokenBook): BearerChecker {
  return {
    async check(authorization, presentedSha256): Promise<BearerFinding> {
      const match = /^bearer(?: +(.*))?$/is.exec(authorization ?? '')
      if (match === null) return 'none'
      const token = await book.find(match[1]?.trim() ?? '')
      if (token === 'unknown') return 'unknown'
      if (book.timeliness(token) === 'expired') return 'expired'
      if (token.boundTo !== null) {
        return token.boundTo === presentedSha256?.toLowerCase() ? 'valid-bound' : 'wrong-binding'
      }
      return token.binding === 'expected' ? 'unbound' : 'valid'
    },
  }
}
