import type { FastifyError, FastifyReply } from 'fastify'
import { SERVER_ERROR, type TokenReply } from './answers.ts'
import { invalidRequest, type Refusal } from './refusal.ts'

/** For every path that no realm has. */
export const NOT_FOUND: TokenReply = {
  status: 404,
  headers: { 'content-type': 'application/json' },
  body: '{"error":"not_found"}',
  error: 'not_found',
}

/** Sends a reply as it is. */
export function sendReply(reply: FastifyReply, what: TokenReply): void {
  void reply.code(what.status).headers(what.headers).send(what.body)
}

/** What to tell a client whose request fastify could not read; nothing of the request in it. */
export function refusalOf(error: FastifyError): Refusal {
  if ((error.statusCode ?? 500) >= 500) return SERVER_ERROR
  switch (error.code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return invalidRequest('the body is longer than 64 KiB', 413)
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
    case 'FST_ERR_CTP_EMPTY_TYPE':
      return invalidRequest('the body must be application/x-www-form-urlencoded')
    default:
      return invalidRequest('the request could not be read')
  }
}
