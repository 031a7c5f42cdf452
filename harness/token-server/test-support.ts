import { once } from 'node:events'
import { createServer, request, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { PresentedCertificate } from '../observation/types.ts'
import type { EndpointSetup, TokenAnswer, TokenServerSetup } from '../scenario/setup.ts'
import { startTokenService } from './service.ts'
import type { StartedRealm, TokenRealm, TokenRequestSeen, TokenService } from './types.ts'

/** Thumbprint of the client's registered certificate in the tests. */
export const REGISTERED = 'ab'.repeat(32)
/** Thumbprint of somebody else's certificate. */
export const STRANGER = 'cd'.repeat(32)
/** The client's secret: must never come back in an answer. */
export const SECRET = 'top+secret %100: Grüße'
/** The client's id, with characters that form-urlencoding must carry. */
export const CLIENT_ID = 'hooks client:1'

/** An HTTP answer, read whole. */
export interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly text: string
  /** The body as a JSON object. @throws Error when it is none. */
  json(): Readonly<Record<string, unknown>>
}

/** What {@link send} sends. */
export interface Sending {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string | string[]>>
  readonly body?: string
  /** Thumbprint of the certificate that TLS would have seen. */
  readonly certificate?: string
  readonly signal?: AbortSignal
}

/** A realm of a test, with what it recorded. */
export interface TestRealm {
  readonly realm: StartedRealm
  readonly url: string
  readonly seen: TokenRequestSeen[]
  /** Posts a form below the realm's URL. */
  post(path: string, form: Record<string, string>, sending?: Sending): Promise<Answer>
  /** A token request that is right in every way for a TLS method. */
  requestToken(sending?: Sending): Promise<Answer>
}

/** A token service behind a plain HTTP listener on loopback. */
export interface StartedTestServer extends AsyncDisposable {
  readonly origin: string
  readonly service: TokenService
  register(setup?: Partial<TokenServerSetup>): TestRealm
}

const PRESENTED = 'x-test-certificate'

/** Starts it. The certificate that TLS would have seen comes in a header of the test's own. */
export async function startTestServer(
  options: { now?: () => Date; slowMs?: number } = {},
): Promise<StartedTestServer> {
  const service = await startTokenService({ now: () => new Date(), ...options })
  const server = createServer((incoming, response) => {
    const sha256 = incoming.headers[PRESENTED]
    service.handle(incoming, response, presented(typeof sha256 === 'string' ? sha256 : null))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    origin,
    service,
    register: (setup = {}) => registerRealm(service, origin, setup),
    async [Symbol.asyncDispose]() {
      await service[Symbol.asyncDispose]()
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

/** Sends one request on a connection of its own and reads the answer whole. */
export async function send(url: string, sending: Sending = {}): Promise<Answer> {
  const headers: Record<string, string | string[]> = { ...sending.headers }
  if (sending.certificate !== undefined) headers[PRESENTED] = sending.certificate
  if (sending.body !== undefined) {
    headers['content-type'] ??= 'application/x-www-form-urlencoded'
    headers['content-length'] = String(Buffer.byteLength(sending.body))
  }
  const method = sending.method ?? (sending.body === undefined ? 'GET' : 'POST')
  const { signal } = sending
  const outgoing = request(url, { method, headers, agent: false, ...(signal && { signal }) })
  const answered = new Promise<Answer>((resolve, reject) => {
    outgoing.on('error', reject)
    outgoing.on('response', (response) => {
      const chunks: Buffer[] = []
      response.on('error', reject)
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString()
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          text,
          json: () => JSON.parse(text) as Readonly<Record<string, unknown>>,
        })
      })
    })
  })
  outgoing.end(sending.body)
  return answered
}

/** The header of client_secret_basic, encoded as RFC 6749 2.3.1 says. */
export function basic(clientId: string, clientSecret: string): { authorization: string } {
  const encode = (text: string): string => new URLSearchParams({ x: text }).toString().slice(2)
  const pair = `${encode(clientId)}:${encode(clientSecret)}`
  return { authorization: `Basic ${Buffer.from(pair).toString('base64')}` }
}

/** A setup with these answers, registered for `tls_client_auth` unless said otherwise. */
export function setupWith(setup: Partial<TokenServerSetup> = {}): TokenServerSetup {
  return {
    // The service never looks at the TLS side.
    endpoint: {} as EndpointSetup,
    authMethod: 'tls_client_auth',
    registeredCertificate: 'dispatcher',
    clientId: CLIENT_ID,
    scope: 'hooks.write hooks.read',
    expiresIn: 300,
    answers: ['issue'] satisfies TokenAnswer[],
    ...setup,
  }
}

function registerRealm(
  service: TokenService,
  origin: string,
  setup: Partial<TokenServerSetup>,
): TestRealm {
  const seen: TokenRequestSeen[] = []
  const whole = setupWith(setup)
  const description: TokenRealm = {
    setup: whole,
    clientSecret: SECRET,
    registered: whole.authMethod.startsWith('client_secret')
      ? null
      : { sha256: REGISTERED, subject: 'CN=dispatcher' },
    issuer: origin,
    foreignSha256: STRANGER,
    onTokenRequest: (request) => seen.push(request),
  }
  const realm = service.register(description)
  const url = `${origin}${realm.prefix}`
  const post: TestRealm['post'] = (path, form, sending = {}) =>
    send(`${url}${path}`, { body: new URLSearchParams(form).toString(), ...sending })
  return {
    realm,
    url,
    seen,
    post,
    requestToken: (sending = {}) =>
      post(
        '/token',
        { grant_type: 'client_credentials', client_id: CLIENT_ID },
        { certificate: REGISTERED, ...sending },
      ),
  }
}

function presented(sha256: string | null): PresentedCertificate {
  if (sha256 === null) return { presented: 'none' }
  return {
    presented: 'certificate',
    name: sha256 === REGISTERED ? 'dispatcher' : null,
    sha256,
    subject: 'CN=dispatcher',
    chain: [],
  }
}
