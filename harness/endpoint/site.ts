import { randomBytes } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Recorder } from '../observation/ledger.ts'
import type { BearerFinding, Listener } from '../observation/types.ts'
import type { EndpointSetup, OpeningLoadBalancer, OriginAnswer } from '../scenario/setup.ts'
import { checkSignature } from './event-signature.ts'
import { forwardedThumbprint, isForwarding } from './forwarded-certificate.ts'
import { plainAnswer, sendAnswer, statusOf, waitOn, type RedirectTargets } from './origin-answer.ts'
import type { RequestBody } from './request-body.ts'
import { singleHeader, type DistinctHeaders } from './request-headers.ts'
import { requestSeen } from './request-record.ts'
import type { Arrival } from './serve.ts'
import type { BearerChecker, EventExpected } from './types.ts'

/** A request's way to the origin. */
export interface Visit {
  readonly site: Site
  readonly arrival: Arrival
  readonly way:
    | {
        readonly by: 'direct'
        /** What the dispatcher sent, where a proxy in another process has changed it since. */
        readonly headersAsSent?: DistinctHeaders
      }
    /** The certificate is what the load balancer says, and the headers are what it was sent. */
    | {
        readonly by: 'load-balancer'
        readonly mode: OpeningLoadBalancer
        readonly headersAsSent: DistinctHeaders
      }
}

/** What a site needs. */
export interface SiteOptions {
  readonly listener: Listener
  readonly ledger: Recorder
  readonly event: EventExpected
  readonly setup: Pick<EndpointSetup, 'policy' | 'answers'>
  /** Knows the scenario's tokens; null where it has no token server. */
  readonly bearers: BearerChecker | null
  /** Asked for each redirect: the ports are known later than the site. */
  readonly targets: () => RedirectTargets
}

/** One scenario's place at the origin: records each request and answers as the setup says. */
export class Site {
  /** Unguessable, so that what arrives here was sent by whoever was told: `/hooks/` and 16 hexadecimal digits. */
  readonly path = `/hooks/${randomBytes(8).toString('hex')}`
  readonly #options: SiteOptions
  #setup: SiteOptions['setup']
  #answered = 0

  constructor(options: SiteOptions) {
    this.#options = options
    this.#setup = options.setup
  }

  /** Replaces policy and answers. Other answers begin anew; the same ones go on where they were. */
  update(setup: SiteOptions['setup']): void {
    if (JSON.stringify(setup.answers) !== JSON.stringify(this.#setup.answers)) this.#answered = 0
    this.#setup = setup
  }

  /** Records a request and answers it. Never rejects. */
  async answer(
    request: IncomingMessage,
    response: ServerResponse,
    body: RequestBody,
    visit: Visit,
  ): Promise<void> {
    try {
      await this.#answer(request, response, body, visit)
    } catch (error) {
      const detail = `the origin failed: ${error instanceof Error ? error.message : String(error)}`
      this.#options.ledger.record({ kind: 'harness-fault', detail })
      request.socket.destroy()
    }
  }

  async #answer(
    request: IncomingMessage,
    response: ServerResponse,
    body: RequestBody,
    visit: Visit,
  ): Promise<void> {
    const { event, ledger, bearers, targets } = this.#options
    const now = new Date()
    const header = (name: string) => singleHeader(request, name)
    const signed = checkSignature(event.secrets, { header, body: body.bytes }, now)
    const certificate = certificateOf(request, visit)
    const authorization = singleHeader(request, 'authorization')
    const bearer = await findBearer(bearers, authorization, certificate)
    const answer = this.#choose(request, body, bearer, certificate)
    if (answer.kind === 'status' && answer.delayMs > 0) await waitOn(response, answer.delayMs)
    const isGone = body.state === 'cut-off' || request.socket.destroyed
    ledger.record(
      requestSeen(request, body, visit.arrival, {
        bearer,
        ...signed,
        answered: isGone ? 0 : statusOf(answer),
        by: 'origin',
        headersAsSent: visit.way.headersAsSent ?? null,
      }),
    )
    if (isGone) return
    if (body.state === 'too-large') request.resume()
    sendAnswer(answer, request, response, targets())
  }

  #choose(
    request: IncomingMessage,
    body: RequestBody,
    bearer: BearerFinding,
    certificate: string | null,
  ): OriginAnswer {
    const { policy, answers } = this.#setup
    if (!this.#isOurs(request.url ?? '')) return plainAnswer(404)
    if (body.state === 'too-large') return plainAnswer(413, { connection: 'close' })
    if (policy.identity === 'mutual-tls' && certificate === null) return plainAnswer(403)
    if (!isEnough(bearer, policy.bearer)) {
      // Without any token there is nothing to call invalid (RFC 6750 3.1).
      const challenge = bearer === 'none' ? 'Bearer' : 'Bearer error="invalid_token"'
      return plainAnswer(401, { 'www-authenticate': challenge })
    }
    return answers[this.#answered++] ?? answers.at(-1) ?? plainAnswer(204)
  }

  #isOurs(url: string): boolean {
    const path = url.split('?', 1)[0] ?? ''
    return path === this.path || path.startsWith(`${this.path}/`)
  }
}

/** Thumbprint of the certificate that the origin knows of, or null. */
function certificateOf(request: IncomingMessage, { arrival, way }: Visit): string | null {
  if (way.by === 'direct') {
    return arrival.presented.presented === 'certificate' ? arrival.presented.sha256 : null
  }
  return isForwarding(way.mode) ? forwardedThumbprint(way.mode, request) : null
}

async function findBearer(
  bearers: BearerChecker | null,
  authorization: string | null,
  certificate: string | null,
): Promise<BearerFinding> {
  if (bearers !== null) return await bearers.check(authorization, certificate)
  return /^bearer(?: |$)/i.test(authorization ?? '') ? 'unknown' : 'none'
}

function isEnough(finding: BearerFinding, policy: EndpointSetup['policy']['bearer']): boolean {
  switch (policy) {
    case 'none':
      return true
    case 'required':
      return finding === 'valid' || finding === 'valid-bound' || finding === 'unbound'
    case 'bound':
      return finding === 'valid-bound'
  }
}
