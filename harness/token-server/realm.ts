import { randomBytes } from 'node:crypto'
import type { TokenAnswer } from '../scenario/setup.ts'
import { createBearerChecker } from './bearer.ts'
import type { RegisteredClient } from './client-authentication.ts'
import type { TokenBook } from './tokens.ts'
import type { RegisteredCertificate, StartedRealm, TokenBehaviour, TokenRealm } from './types.ts'

/** A registered realm, with what its handlers need. */
export class RegisteredRealm implements StartedRealm {
  readonly id = randomBytes(16).toString('hex')
  readonly prefix = `/r/${this.id}`
  readonly description: TokenRealm
  readonly tokens: TokenBook
  readonly bearers: StartedRealm['bearers']
  readonly #disposed = new AbortController()
  readonly #forget: (realm: RegisteredRealm) => void
  #setup: TokenBehaviour
  #registered: RegisteredCertificate | null
  #answersGiven = 0

  constructor(
    description: TokenRealm,
    tokens: TokenBook,
    forget: (realm: RegisteredRealm) => void,
  ) {
    this.description = description
    this.tokens = tokens
    this.bearers = createBearerChecker(tokens)
    this.#forget = forget
    this.#setup = description.setup
    this.#registered = description.registered
  }

  /** Issuer identifier (RFC 8414 2). */
  get issuer(): string {
    const { issuer } = this.description
    return `${typeof issuer === 'string' ? issuer : issuer()}${this.prefix}`
  }

  /** The behaviour now. */
  get setup(): TokenBehaviour {
    return this.#setup
  }

  /** Aborted when the realm is disposed of: whatever waits must stop. */
  get disposed(): AbortSignal {
    return this.#disposed.signal
  }

  /** The realm's one client, as registered now. */
  get client(): RegisteredClient {
    return {
      method: this.#setup.authMethod,
      clientId: this.#setup.clientId,
      clientSecret: this.description.clientSecret,
      certificateSha256: this.#registered?.sha256.toLowerCase() ?? null,
    }
  }

  /** The answer for the next token request; the last one repeats. */
  nextAnswer(): TokenAnswer {
    const { answers } = this.#setup
    return answers[this.#answersGiven++] ?? answers.at(-1) ?? 'issue'
  }

  update(setup: TokenBehaviour, registered?: RegisteredCertificate | null): void {
    this.#setup = setup
    if (registered !== undefined) this.#registered = registered
    this.#answersGiven = 0
  }

  [Symbol.dispose](): void {
    this.#forget(this)
    this.#disposed.abort()
    this.tokens.clear()
  }
}
