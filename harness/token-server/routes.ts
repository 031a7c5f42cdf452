import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { IncomingMessage } from 'node:http'
import type { PresentedCertificate } from '../observation/types.ts'
import type { TokenAnswer } from '../scenario/setup.ts'
import { MOVED_PATH, refusalReply, SERVER_ERROR } from './answers.ts'
import { NOT_FOUND, sendReply } from './http-replies.ts'
import { introspect } from './introspection.ts'
import { metadataOf } from './metadata.ts'
import type { RegisteredRealm } from './realm.ts'
import { authorizationOf, serveFailedTokenRequest, serveTokenRequest } from './token-endpoint.ts'
import { readClientRequest, type ClientRequest } from './token-request.ts'

/** What the routes look things up in. */
export interface Surroundings {
  readonly realms: ReadonlyMap<string, RegisteredRealm>
  /** The JSON Web Key Set, serialized. */
  readonly jwks: string
  /** How late `slow` is, in milliseconds. */
  readonly slowMs: number
  readonly presentedWith: (request: IncomingMessage) => PresentedCertificate
}

const WELL_KNOWN = '/.well-known/oauth-authorization-server'

/** Adds every path of a realm. */
export function addRoutes(app: FastifyInstance, surroundings: Surroundings): void {
  const metadata = (realm: RegisteredRealm): string => JSON.stringify(metadataOf(realm))
  // RFC 8414 3 puts the well-known part before the issuer's path; many clients append it.
  addDocument(app, surroundings, `${WELL_KNOWN}/r/:realm`, metadata)
  addDocument(app, surroundings, `/r/:realm${WELL_KNOWN}`, metadata)
  addDocument(app, surroundings, '/r/:realm/jwks', () => surroundings.jwks)
  addTokenEndpoint(app, surroundings, '/r/:realm/token', (realm) => realm.nextAnswer())
  addTokenEndpoint(app, surroundings, `/r/:realm${MOVED_PATH}`, () => 'issue')
  app.all('/r/:realm/introspect', async (http, reply) => {
    const realm = realmOf(http, surroundings)
    const request = requestOf(http, surroundings)
    sendReply(reply, realm === undefined ? NOT_FOUND : await introspect(request, realm))
    return reply
  })
}

function addDocument(
  app: FastifyInstance,
  surroundings: Surroundings,
  path: string,
  bodyOf: (realm: RegisteredRealm) => string,
): void {
  app.get(path, (http, reply) => {
    const realm = realmOf(http, surroundings)
    if (realm === undefined) sendReply(reply, NOT_FOUND)
    else void reply.type('application/json').send(bodyOf(realm))
  })
}

function addTokenEndpoint(
  app: FastifyInstance,
  surroundings: Surroundings,
  path: string,
  answerOf: (realm: RegisteredRealm) => TokenAnswer,
): void {
  const { slowMs, presentedWith } = surroundings
  const serve = async (http: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const realm = realmOf(http, surroundings)
    if (realm === undefined) sendReply(reply, NOT_FOUND)
    else {
      const request = requestOf(http, surroundings)
      await serveTokenRequest({ realm, http, reply, slowMs }, request, answerOf(realm))
    }
    return reply
  }
  app.all(path, {
    handler: serve,
    errorHandler(error, http, reply) {
      const realm = realmOf(http, surroundings)
      if (realm === undefined) {
        sendReply(reply, NOT_FOUND)
        return
      }
      const exchange = { realm, http, reply, slowMs }
      const presented = presentedWith(http.raw)
      serveFailedTokenRequest(exchange, error, presented, () => answerOf(realm)).catch(() => {
        sendReply(reply, refusalReply(SERVER_ERROR))
      })
    },
  })
}

function realmOf(http: FastifyRequest, { realms }: Surroundings): RegisteredRealm | undefined {
  const { params } = http
  if (typeof params !== 'object' || params === null || !('realm' in params)) return undefined
  return typeof params.realm === 'string' ? realms.get(params.realm) : undefined
}

function requestOf(http: FastifyRequest, { presentedWith }: Surroundings): ClientRequest {
  const { method, query, body } = http
  return readClientRequest(
    { method, query, body, authorization: authorizationOf(http) },
    presentedWith(http.raw),
  )
}
