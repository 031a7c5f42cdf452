import { Agent, request as httpRequest } from 'node:http'
import { HarnessError } from '../../errors.ts'
import { Undecodable, type Decoder } from './decode.ts'
import { CONTROL_LIMIT, decodeRefusal } from './protocol.ts'

/** How long the backend may take for one answer, in milliseconds. */
const DEADLINE_MS = 5000

interface Answer {
  readonly status: number
  readonly body: Buffer
}

/** Requests to one control port over connections that stay open. */
export class ControlConnection {
  readonly #url: URL
  readonly #authorization: string
  readonly #agent = new Agent({ keepAlive: true, noDelay: true, maxSockets: 8 })

  constructor(address: { readonly url: string; readonly secret: string }) {
    this.#url = new URL(address.url)
    this.#authorization = `Bearer ${address.secret}`
  }

  async get<T>(path: string, decode: Decoder<T>): Promise<T> {
    return this.#decoded(await this.#ask('GET', path, null), decode)
  }

  async post<T>(path: string, body: object, decode: Decoder<T>): Promise<T> {
    return this.#decoded(await this.#ask('POST', path, body), decode)
  }

  async patch(path: string, body: object): Promise<void> {
    await this.#ask('PATCH', path, body)
  }

  async delete(path: string): Promise<void> {
    await this.#ask('DELETE', path, null)
  }

  /** The backend does not do as it should. */
  fault(what: string, cause?: unknown): HarnessError {
    return new HarnessError('ERR_ENGINE_FAULT', `The backend at ${this.#url.host} ${what}.`, {
      hint: 'Look at the log of its container, and that no other hookproof version started it.',
      ...(cause === undefined ? {} : { cause }),
    })
  }

  /** Closes every connection. */
  close(): void {
    this.#agent.destroy()
  }

  async #ask(method: string, path: string, body: object | null): Promise<Answer> {
    const what = `${method} ${path.split('?', 1)[0] ?? ''}`
    let answer: Answer
    try {
      answer = await this.#exchange(method, path, body)
    } catch (error) {
      throw this.fault(`did not answer ${what}`, error)
    }
    if (answer.status >= 200 && answer.status < 300) return answer
    const { error } = this.#decoded(answer, decodeRefusal)
    throw this.fault(`refused ${what} with ${answer.status}: ${error}`)
  }

  #exchange(method: string, path: string, body: object | null): Promise<Answer> {
    const payload = body === null ? null : Buffer.from(JSON.stringify(body))
    return new Promise((resolve, reject) => {
      const outgoing = httpRequest(new URL(path, this.#url), {
        agent: this.#agent,
        method,
        headers: {
          authorization: this.#authorization,
          ...(payload && { 'content-type': 'application/json', 'content-length': payload.length }),
        },
        signal: AbortSignal.timeout(DEADLINE_MS),
      })
      outgoing.on('error', reject)
      outgoing.on('response', (response) => {
        const chunks: Buffer[] = []
        let length = 0
        response.on('data', (chunk: Buffer) => {
          length += chunk.length
          if (length > CONTROL_LIMIT) response.destroy(new Error('the answer is too long'))
          else chunks.push(chunk)
        })
        response.on('error', reject)
        response.on('end', () => {
          resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks) })
        })
      })
      outgoing.end(payload ?? undefined)
    })
  }

  #decoded<T>({ status, body }: Answer, decode: Decoder<T>): T {
    try {
      return decode(JSON.parse(body.toString()), 'answer')
    } catch (error) {
      const why = error instanceof Undecodable ? error.message : 'no JSON'
      throw this.fault(`answered with status ${status} something else than it should: ${why}`)
    }
  }
}
