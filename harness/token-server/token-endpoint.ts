import { setTimeout as sleep } from 'node:timers/promises'
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import type { PresentedCertificate } from '../observation/types.ts'
import type { TokenAnswer } from '../scenario/setup.ts'
import { actOn, refusalReply, SERVER_ERROR, type TokenReply } from './answers.ts'
import { methodsShown } from './client-authentication.ts'
import { refusalOf, sendReply } from './http-replies.ts'
import type { RegisteredRealm } from './realm.ts'
import { fieldOf, unreadableRequest, type ClientRequest } from './token-request.ts'
import type { TokenRequestSeen } from './types.ts'

/** Longest string from a request that is passed on to the ledger. */
const LONGEST = 200

/** One token request under way. */
export interface TokenExchange {
  readonly realm: RegisteredRealm
  readonly http: FastifyRequest
  readonly reply: FastifyReply
  /** How late `slow` is, in milliseconds. */
  readonly slowMs: number
}

/** Serves one token request: decides, records, and only then lets bytes out. */
export async function serveTokenRequest(
  exchange: TokenExchange,
  request: ClientRequest,
  answer: TokenAnswer,
): Promise<void> {
  const { realm, http, reply } = exchange
  const action = await actOn(answer, request, realm)
  const answered = action.act === 'reply' && !http.raw.socket.destroyed ? action.reply : null
  realm.description.onTokenRequest(seenOf(request, realm, answered), http.raw)
  switch (action.act) {
    case 'reply':
      sendReply(reply, action.reply)
      return
    case 'reply-late':
      if ((await waitWhileThere(exchange)) === 'still-there') sendReply(reply, action.reply)
      else destroy(exchange)
      return
    case 'close':
      destroy(exchange)
  }
}

/** Serves a token request that fastify could not read, or that failed in our own hands. */
export async function serveFailedTokenRequest(
  exchange: TokenExchange,
  error: FastifyError,
  presented: PresentedCertificate,
  nextAnswer: () => TokenAnswer,
): Promise<void> {
  const { realm, http, reply } = exchange
  const request = unreadableRequest(refusalOf(error), authorizationOf(http), presented)
  if (http.raw.socket.destroyed) {
    // Cut off in the middle of the body: it happened, but it used up no answer.
    realm.description.onTokenRequest(seenOf(request, realm, null), http.raw)
    destroy(exchange)
  } else if ((error.statusCode ?? 500) >= 500) {
    const failure = refusalReply(SERVER_ERROR)
    realm.description.onTokenRequest(seenOf(request, realm, failure), http.raw)
    sendReply(reply, failure)
  } else {
    await serveTokenRequest(exchange, request, nextAnswer())
  }
}

/** Every Authorization header value: Node's `headers` would hide all but the first. */
export function authorizationOf(http: FastifyRequest): readonly string[] {
  return http.raw.headersDistinct['authorization'] ?? []
}

function seenOf(
  request: ClientRequest,
  realm: RegisteredRealm,
  answered: TokenReply | null,
): TokenRequestSeen {
  const { authorization } = request
  const basicId = authorization.kind === 'basic' ? authorization.clientId : null
  return {
    grantType: bounded(fieldOf(request, 'grant_type')),
    clientId: bounded(fieldOf(request, 'client_id') ?? basicId),
    scope: bounded(fieldOf(request, 'scope')),
    authMethod: methodsShown(request, realm.client).join('+') || 'none',
    answered: answered?.status ?? 0,
    error: answered?.error ?? null,
  }
}

function bounded(text: string | null): string | null {
  return text === null || text.length <= LONGEST ? text : `${text.slice(0, LONGEST)}…`
}

async function waitWhileThere(exchange: TokenExchange): Promise<'still-there' | 'gone'> {
  const gone = new AbortController()
  const leave = (): void => {
    gone.abort()
  }
  const { socket } = exchange.http.raw
  const { disposed } = exchange.realm
  socket.once('close', leave)
  disposed.addEventListener('abort', leave)
  if (socket.destroyed || disposed.aborted) leave()
  try {
    await sleep(exchange.slowMs, undefined, { signal: gone.signal, ref: false })
    return 'still-there'
  } catch {
    return 'gone'
  } finally {
    socket.removeListener('close', leave)
    disposed.removeEventListener('abort', leave)
  }
}

function destroy({ reply, http }: TokenExchange): void {
  reply.hijack()
  http.raw.socket.destroy()
}
