import type {
  Command,
  ConfigureReply,
  DeliverReply,
  EnrollReply,
  HelloReply,
  InspectReply,
  Replies,
  RequestBody,
  ResetReply,
} from './messages.ts'
import { schemaFile } from './schema.ts'
import type { WireHello, WireReplies } from './wire-messages.ts'

/** A reply, parsed. `invalid` is a protocol error: its problem names the field and what is allowed. */
export type Parsed<R> =
  | { readonly result: 'reply'; readonly reply: R }
  | { readonly result: 'unsupported' }
  | { readonly result: 'errored'; readonly message: string }
  | { readonly result: 'invalid'; readonly problem: string }

/** Makes free text of a dispatcher fit for a report: see Redactor.clean. */
export type Clean = (text: string) => string

const definition = schemaFile('adapter.schema.json', 'first-problem')

/**
 * Parses an adapter's reply to a command. Unknown fields are problems: version 1 does not grow.
 *
 * @param message - The JSON value that came, with its `id`.
 * @param clean - Applied to every text in the dispatcher's own words.
 */
export function parseReply<C extends Command>(
  cmd: C,
  message: unknown,
  clean: Clean,
): Parsed<Replies[C]> {
  const fields = fieldsOf(message)
  if (fields.has('errored')) {
    return when('erroredReply', message, (reply) => ({
      result: 'errored',
      message: clean(reply.errored),
    }))
  }
  // Beside `ok`, `unsupported` lists what a configuration asks too much of.
  if (fields.has('unsupported') && !fields.has('ok')) {
    return when('unsupportedReply', message, () => ({ result: 'unsupported' }))
  }
  return PARSERS[cmd](message, clean)
}

/** What is wrong with a request that the harness is about to send; null = nothing. */
export function problemInRequest(request: RequestBody & { readonly id: number }): string | null {
  return definition(`${request.cmd}Request`).problemsIn(request)[0]?.sentence ?? null
}

/**
 * The `id` of a message, or what is wrong with it. Read before all else, since it decides which
 * request a message answers.
 */
export function idOf(message: unknown): { readonly id: number } | { readonly problem: string } {
  if (!isObject(message)) return { problem: 'the reply is not a JSON object' }
  const id = message['id']
  if (id === undefined) return { problem: 'id is missing' }
  if (typeof id !== 'number' || !Number.isSafeInteger(id)) {
    return { problem: 'id is not the integer of a request' }
  }
  return { id }
}

type Parser<R> = (message: unknown, clean: Clean) => Parsed<R>

const PARSERS: { readonly [C in Command]: Parser<Replies[C]> } = {
  hello: (message, clean) =>
    when<'helloReply', HelloReply>('helloReply', message, (hello) => parseHello(hello, clean)),
  configure: parseConfigure,
  deliver: (message, clean) =>
    when<'deliverReply', DeliverReply>('deliverReply', message, ({ disposition, attempts }) =>
      valid({
        disposition,
        attempts: attempts.map(({ stage, reason, status, native }) => ({
          stage,
          reason: reason ?? null,
          status: status ?? null,
          native: native === undefined ? null : clean(native),
        })),
      }),
    ),
  reset: (message) =>
    when<'resetReply', ResetReply>('resetReply', message, ({ dropped }) => valid({ dropped })),
  inspect: (message, clean) =>
    when<'inspectReply', InspectReply>('inspectReply', message, (reply) =>
      valid({
        clientCertificate:
          reply.client_certificate === undefined
            ? null
            : {
                subject: clean(reply.client_certificate.subject),
                notAfter: reply.client_certificate.not_after,
                sha256: reply.client_certificate.sha256,
              },
        warnings: reply.warnings,
      }),
    ),
  enroll: parseEnroll,
  bye: (message) => when('byeReply', message, () => valid('done' as const)),
}

function parseHello(hello: WireHello, clean: Clean): Parsed<HelloReply> {
  const now = hello.now === undefined ? null : Date.parse(hello.now)
  if (now !== null && Number.isNaN(now)) {
    return invalid(`now is ${JSON.stringify(hello.now)}; it must be a date that exists (RFC 3339)`)
  }
  const { name, version, vendor, url } = hello.dispatcher
  return valid({
    name: clean(name),
    version: clean(version),
    vendor: vendor === undefined ? null : clean(vendor),
    url: url === undefined ? null : clean(url),
    capabilities: hello.capabilities,
    limits: { maxParallel: hello.limits?.max_parallel ?? 1 },
    payload: hello.payload ?? 'verbatim',
    now,
  })
}

function parseConfigure(message: unknown, clean: Clean): Parsed<ConfigureReply> {
  const fields = fieldsOf(message)
  if (fields.get('ok') !== false) {
    return when('configureAccepted', message, () => valid({ result: 'accepted' as const }))
  }
  if (fields.has('unsupported')) {
    return when<'configureUnsupported', ConfigureReply>('configureUnsupported', message, (reply) =>
      valid({ result: 'unsupported', unsupported: reply.unsupported }),
    )
  }
  return when<'configureRefused', ConfigureReply>('configureRefused', message, (reply) =>
    valid({
      result: 'refused',
      reason: reply.reason,
      message: reply.message === undefined ? null : clean(reply.message),
    }),
  )
}

function parseEnroll(message: unknown): Parsed<EnrollReply> {
  if (fieldsOf(message).has('csr_pem')) {
    return when<'enrollCsrReply', EnrollReply>('enrollCsrReply', message, (reply) =>
      valid({ kind: 'csr', enrollment: reply.enrollment, csrPem: reply.csr_pem }),
    )
  }
  return when<'enrollSelfReply', EnrollReply>('enrollSelfReply', message, (reply) =>
    valid({ kind: 'certificate', enrollment: reply.enrollment, chainPem: reply.chain_pem }),
  )
}

/** Goes on with a message once it has matched its definition, which is what makes it one. */
function when<N extends keyof WireReplies, R>(
  name: N,
  message: unknown,
  use: (message: WireReplies[N]) => Parsed<R>,
): Parsed<R> {
  const [problem] = definition(name).problemsIn(message)
  return problem === undefined ? use(message as WireReplies[N]) : invalid(problem.sentence)
}

function valid<R>(reply: R): { readonly result: 'reply'; readonly reply: R } {
  return { result: 'reply', reply }
}

function invalid(problem: string): { readonly result: 'invalid'; readonly problem: string } {
  return { result: 'invalid', problem }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function fieldsOf(message: unknown): ReadonlyMap<string, unknown> {
  return new Map(isObject(message) ? Object.entries(message) : [])
}
