import type { IncomingMessage } from 'node:http'
import type { PresentedCertificate } from '../observation/types.ts'
import { createApplication } from './application.ts'
import { RegisteredRealm } from './realm.ts'
import { addRoutes } from './routes.ts'
import { createTokenKey, TokenBook } from './tokens.ts'
import type { TokenService } from './types.ts'

/** What the token service needs. */
export interface TokenServiceOptions {
  /** The clock of tokens. */
  readonly now: () => Date
  /** How late the misbehaviour `slow` answers, in milliseconds. Default 10 000. */
  readonly slowMs?: number
}

/**
 * Starts the mock OAuth2 token server: client credentials (RFC 6749 4.4) with mutual-TLS client
 * authentication and certificate-bound tokens (RFC 8705), metadata (RFC 8414), JWKS and
 * introspection (RFC 7662). It listens nowhere: whoever ends TLS hands requests to `handle`.
 */
export async function startTokenService(options: TokenServiceOptions): Promise<TokenService> {
  const key = await createTokenKey()
  const realms = new Map<string, RegisteredRealm>()
  const presentedWith = new WeakMap<IncomingMessage, PresentedCertificate>()
  const app = await createApplication()
  addRoutes(app, {
    realms,
    jwks: JSON.stringify({ keys: [key.jwk] }),
    slowMs: options.slowMs ?? 10_000,
    presentedWith: (request) => presentedWith.get(request) ?? { presented: 'none' },
  })
  await app.ready()
  let state: 'up' | 'down' = 'up'

  return {
    register(description) {
      const realm = new RegisteredRealm(description, new TokenBook(key, options.now), (gone) => {
        realms.delete(gone.id)
      })
      realms.set(realm.id, realm)
      return realm
    },
    handle(request, response, presented) {
      if (state === 'down') {
        request.destroy()
        return
      }
      presentedWith.set(request, presented)
      app.routing(request, response)
    },
    async [Symbol.asyncDispose]() {
      state = 'down'
      for (const realm of [...realms.values()]) realm[Symbol.dispose]()
      await app.close()
    },
  }
}
