import formbody from '@fastify/formbody'
import fastify, { type FastifyError, type FastifyInstance } from 'fastify'
import { refusalReply } from './answers.ts'
import { NOT_FOUND, refusalOf, sendReply } from './http-replies.ts'

/** Longest body of a request, in bytes. */
const BODY_LIMIT = 64 * 1024

/** An HTTP application that reads forms only, answers in JSON and is never cached. It has no routes. */
export async function createApplication(): Promise<FastifyInstance> {
  const app = fastify({
    bodyLimit: BODY_LIMIT,
    exposeHeadRoutes: false,
    // No route has a schema. Loading fastify's compilers all the same would cost 40 ms at start-up.
    schemaController: {
      compilersFactory: { buildValidator: refuseSchema, buildSerializer: refuseSchema },
    },
    frameworkErrors: (_error, _request, reply) => {
      sendReply(reply, NOT_FOUND)
    },
  })
  app.removeAllContentTypeParsers()
  await app.register(formbody)
  app.addHook('onRequest', (_request, reply, done) => {
    // RFC 6749 5.1 wants both on every answer that could hold a token.
    void reply.headers({ 'cache-control': 'no-store', pragma: 'no-cache' })
    done()
  })
  app.setNotFoundHandler((_request, reply) => {
    sendReply(reply, NOT_FOUND)
  })
  app.setErrorHandler<FastifyError>((error, _request, reply) => {
    sendReply(reply, refusalReply(refusalOf(error)))
  })
  return app
}

function refuseSchema(): never {
  throw new Error('a route of the token server has a schema, but there is no compiler for it')
}
