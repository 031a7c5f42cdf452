import type { PresentedCertificate } from '../observation/types.ts'
import { readAuthorization, type AuthorizationSeen } from './authorization.ts'
import { invalidRequest, type Refusal } from './refusal.ts'

/** The fields of a form, or why there are none. */
export type Form =
  | { readonly kind: 'read'; readonly fields: ReadonlyMap<string, string> }
  | { readonly kind: 'unreadable'; readonly refusal: Refusal }

/** What a client sent to an endpoint that needs client authentication. */
export interface ClientRequest {
  readonly form: Form
  readonly authorization: AuthorizationSeen
  readonly presented: PresentedCertificate
}

/** What of an HTTP request {@link readClientRequest} looks at. */
export interface RawClientRequest {
  readonly method: string
  readonly query: unknown
  /** What @fastify/formbody made of the body: strings, or lists of strings where a name repeats. */
  readonly body: unknown
  /** Every Authorization header value, in order. */
  readonly authorization: readonly string[]
}

/** Reads a request that may be anything into one that is typed. Never throws. */
export function readClientRequest(
  raw: RawClientRequest,
  presented: PresentedCertificate,
): ClientRequest {
  return { form: readForm(raw), authorization: readAuthorization(raw.authorization), presented }
}

/** A request whose body could not be read at all, for example because of its size or type. */
export function unreadableRequest(
  refusal: Refusal,
  authorization: readonly string[],
  presented: PresentedCertificate,
): ClientRequest {
  return {
    form: { kind: 'unreadable', refusal },
    authorization: readAuthorization(authorization),
    presented,
  }
}

/** One field's value, or null; also null where the form was unreadable. */
export function fieldOf(request: ClientRequest, name: string): string | null {
  return request.form.kind === 'read' ? (request.form.fields.get(name) ?? null) : null
}

function readForm(raw: RawClientRequest): Form {
  if (raw.method !== 'POST') {
    return unreadable(invalidRequest('the method must be POST', 405, { allow: 'POST' }))
  }
  if (Object.hasOwn(asRecord(raw.query), 'client_secret')) {
    return unreadable(invalidRequest('credentials must not be in the request URI'))
  }
  if (typeof raw.body !== 'object' || raw.body === null) {
    return unreadable(invalidRequest('the body must be application/x-www-form-urlencoded'))
  }
  const fields = new Map<string, string>()
  for (const [name, value] of Object.entries(raw.body)) {
    if (typeof value === 'string') {
      // RFC 6749 3.2: a parameter without a value counts as left out.
      if (value !== '') fields.set(name, value)
    } else if (name !== 'resource') {
      // RFC 8707 2 lets `resource` repeat; RFC 6749 3.2 lets nothing.
      return unreadable(invalidRequest('a parameter is repeated'))
    }
  }
  return { kind: 'read', fields }
}

function unreadable(refusal: Refusal): Form {
  return { kind: 'unreadable', refusal }
}

function asRecord(value: unknown): object {
  return typeof value === 'object' && value !== null ? value : {}
}
