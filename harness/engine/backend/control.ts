import fastify, { type FastifyError, type FastifyInstance, type FastifyRequest } from 'fastify'
import { integer, text, Undecodable } from './decode.ts'
import {
  CONTROL_LIMIT,
  decodeRealmStart,
  decodeRealmUpdate,
  decodeSiteStart,
  decodeSiteUpdate,
  PROTOCOL,
  STRAYS,
  type RealmStarted,
  type SiteStarted,
  type Versions,
} from './protocol.ts'
import { Refused } from './refused.ts'
import { isSecret } from './secret.ts'
import type { Targets } from './targets.ts'

/** The application on the control port. It does not listen yet. */
export function createControl(targets: Targets, secret: string): FastifyInstance {
  const app = fastify({
    logger: false,
    bodyLimit: CONTROL_LIMIT,
    keepAliveTimeout: 0,
    // No route has a schema; loading fastify's compilers all the same would cost 40 ms at start-up.
    schemaController: {
      compilersFactory: { buildValidator: refuseSchema, buildSerializer: refuseSchema },
    },
  })
  app.setErrorHandler<FastifyError>((error, _request, reply) => {
    const { status, sentence } = refusalFor(error)
    void reply.code(status).send({ error: sentence })
  })
  app.get('/health', (_request, reply) => reply.code(204).send())
  void app.register((guarded, _options, done) => {
    guarded.addHook('onRequest', (request, _reply, next) => {
      const given = /^Bearer (.{1,500})$/.exec(request.headers.authorization ?? '')?.[1] ?? null
      next(
        isSecret(given, secret) ? undefined : new Refused(401, 'the secret is not the right one'),
      )
    })
    addRoutes(guarded, targets)
    done()
  })
  return app
}

function addRoutes(app: FastifyInstance, targets: Targets): void {
  app.post('/v1/sites', (request, reply) => {
    const { id, site } = targets.startSite(decodeSiteStart(request.body, 'body'))
    return reply.code(201).send({ id, path: site.path } satisfies SiteStarted)
  })
  app.patch('/v1/sites/:id', (request, reply) => {
    targets.updateSite(idOf(request), decodeSiteUpdate(request.body, 'body'))
    return reply.code(204).send()
  })
  app.delete('/v1/sites/:id', (request, reply) => {
    targets.delete('site', idOf(request))
    return reply.code(204).send()
  })
  app.post('/v1/realms', (request, reply) => {
    const { id, realm } = targets.startRealm(decodeRealmStart(request.body, 'body'))
    return reply.code(201).send({ id, prefix: realm.prefix } satisfies RealmStarted)
  })
  app.patch('/v1/realms/:id', (request, reply) => {
    targets.updateRealm(idOf(request), decodeRealmUpdate(request.body, 'body'))
    return reply.code(204).send()
  })
  app.delete('/v1/realms/:id', (request, reply) => {
    targets.delete('realm', idOf(request))
    return reply.code(204).send()
  })
  app.get('/v1/records', (request, reply) => {
    const target = text(40)(queryOf(request, 'target'), 'target')
    const since = integer(0, 1_000_000)(Number(queryOf(request, 'since') ?? 0), 'since')
    const book = target === STRAYS ? targets.strays : targets.bookOf(target)
    return reply.type('application/json').send(book.page(since))
  })
  app.get('/v1/versions', (_request, reply) => {
    const { node, openssl } = process.versions
    return reply.send({ protocol: PROTOCOL, versions: { node, openssl } } satisfies Versions)
  })
}

function idOf({ params }: FastifyRequest): string {
  return typeof params === 'object' && params !== null && 'id' in params ? String(params.id) : ''
}

function queryOf({ query }: FastifyRequest, name: string): unknown {
  return typeof query === 'object' && query !== null
    ? Object.entries(query).find(([key]) => key === name)?.[1]
    : undefined
}

function refusalFor(error: FastifyError | Refused | Undecodable): {
  readonly status: number
  readonly sentence: string
} {
  if (error instanceof Refused) return { status: error.status, sentence: error.message }
  if (error instanceof Undecodable) return { status: 400, sentence: error.message }
  // Fastify's own say nothing of the body but what V8 quotes of bad JSON.
  const status = error.statusCode ?? 500
  return { status, sentence: status === 500 ? `the backend failed: ${error.message}` : error.code }
}

function refuseSchema(): never {
  throw new Error('a route of the control port has a schema, but there is no compiler for it')
}
