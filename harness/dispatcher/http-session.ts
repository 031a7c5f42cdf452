import { request as requestHttp } from 'node:http'
import type { IncomingMessage } from 'node:http'
import { request as requestHttps } from 'node:https'
import { MAX_LINE_BYTES } from './deadlines.ts'
import type { Command, Replies, RequestOf } from './messages.ts'
import type { AdapterFault, Outcome } from './outcome.ts'
import { faulted } from './outcome.ts'
import type { Parsed } from './parse-message.ts'
import { idOf, parseReply } from './parse-message.ts'
import { outcomeOf, parseProbe } from './parsed-outcome.ts'
import type { Redactor } from './redactor.ts'
import type { Session } from './session.ts'
import { decode, encode } from './session.ts'

/** A body that arrived, or why none did. */
type Answer =
  | { readonly status: number; readonly body: Buffer }
  | { readonly fault: AdapterFault; readonly detail: string }

/** The protocol as `POST {base}/v1/{cmd}`. There is no process to stop: only requests to give up. */
export class HttpSession implements Session {
  readonly #base: string
  readonly #redactor: Redactor
  readonly #closing = new AbortController()
  #lastId = 0
  #state: 'open' | 'broken' = 'open'

  /** @param base - URL without a query; `/v1/{cmd}` is appended to its path. */
  constructor(base: string, redactor: Redactor) {
    this.#base = base.replace(/\/+$/, '')
    this.#redactor = redactor
  }

  get state(): 'open' | 'broken' {
    return this.#state
  }

  async exchange<C extends Command>(
    request: RequestOf<C>,
    deadlineMs: number,
  ): Promise<Outcome<Replies[C]>> {
    const cmd: C = request.cmd
    const id = ++this.#lastId
    const encoded = encode({ ...request, id })
    if ('problem' in encoded) return faulted('protocol', this.#redactor.clean(encoded.problem))
    return this.#post(id, cmd, encoded.line, deadlineMs, (message) =>
      parseReply(cmd, message, (text) => this.#redactor.clean(text)),
    )
  }

  probe(cmd: string, deadlineMs: number): Promise<Outcome<'answered'>> {
    const id = ++this.#lastId
    return this.#post(id, cmd, JSON.stringify({ id, cmd }), deadlineMs, (message) =>
      parseProbe(parseReply('bye', message, (text) => this.#redactor.clean(text))),
    )
  }

  close(): Promise<void> {
    this.#state = 'broken'
    this.#closing.abort()
    return Promise.resolve()
  }

  async #post<R>(
    id: number,
    cmd: string,
    body: string,
    deadlineMs: number,
    parse: (message: unknown) => Parsed<R>,
  ): Promise<Outcome<R>> {
    const answer = await this.#send(`${this.#base}/v1/${cmd}`, body, deadlineMs)
    if ('fault' in answer) return this.#broken(answer.fault, `${cmd}: ${answer.detail}`)
    const { status, body: bytes } = answer
    const quote = (): string => this.#redactor.clean(bytes.toString('utf8'))
    const refuse = (problem: string): Outcome<R> =>
      this.#broken('protocol', `${this.#redactor.clean(problem)} (HTTP ${status}): ${quote()}`)
    if (bytes.length > MAX_LINE_BYTES) return refuse(`the answer to ${cmd} is longer than 1 MiB`)
    const decoded = decode(bytes)
    if ('problem' in decoded) return refuse(`the answer to ${cmd} ${decoded.problem}`)
    const found = idOf(decoded.message)
    if ('problem' in found) return refuse(`the answer to ${cmd} is invalid: ${found.problem}`)
    if (found.id !== id) return refuse(`the answer to ${cmd} has the id ${found.id}, not ${id}`)
    const parsed = parse(decoded.message)
    if (parsed.result === 'invalid')
      return refuse(`the answer to ${cmd} is invalid: ${parsed.problem}`)
    return outcomeOf(parsed, '', this.#redactor.toldIn(decoded.message))
  }

  #broken<R>(fault: AdapterFault, detail: string): Outcome<R> {
    this.#state = 'broken'
    return faulted(fault, detail)
  }

  #send(url: string, body: string, deadlineMs: number): Promise<Answer> {
    const deadline = AbortSignal.timeout(deadlineMs)
    const failed = (error: NodeJS.ErrnoException): Answer => {
      if (this.#closing.signal.aborted) return gone('the harness stopped the adapter')
      if (deadline.aborted) return { fault: 'timeout', detail: `no answer within ${deadlineMs} ms` }
      // Where every address of a name refuses, the error has a code and no message.
      return gone(this.#redactor.clean(error.message || (error.code ?? 'failed')))
    }
    return new Promise((resolve) => {
      const send = url.startsWith('https:') ? requestHttps : requestHttp
      const request = send(
        url,
        {
          method: 'POST',
          // A connection of its own each time: one kept alive may close just as it is used again.
          agent: false,
          headers: {
            'content-type': 'application/json',
            'content-length': Buffer.byteLength(body),
          },
          signal: AbortSignal.any([deadline, this.#closing.signal]),
        },
        (response) => {
          bodyOf(response).then(
            (bytes) => {
              resolve({ status: response.statusCode ?? 0, body: bytes })
              request.destroy()
            },
            (error: unknown) => {
              resolve(failed(error instanceof Error ? error : new Error(String(error))))
            },
          )
        },
      )
      request.on('error', (error: NodeJS.ErrnoException) => {
        resolve(failed(error))
      })
      request.end(body)
    })
  }
}

/** Reads a body, and no more of it than shows that it is too long. */
async function bodyOf(response: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of response as AsyncIterable<Buffer>) {
    chunks.push(chunk)
    length += chunk.length
    if (length > MAX_LINE_BYTES) break
  }
  return Buffer.concat(chunks)
}

function gone(detail: string): Answer {
  return { fault: 'gone', detail }
}
