/** A backend in this process, and proxies' requests to it, for the tests. */
import { randomBytes } from 'node:crypto'
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http'
import type { EndpointSetup, TokenServerSetup } from '../../scenario/setup.ts'
import { startBackend, type BackendOptions, type StartedBackend } from './backend.ts'
import {
  connectBackend,
  type BackendClient,
  type BackendRecords,
  type RealmDescription,
  type SiteDescription,
} from './client.ts'
import type { BackendRecord } from './protocol.ts'

/** Secret of the control port in the tests. */
export const SECRET = 'a secret of the tests'

/** A backend with a client. */
export interface StartedTestBackend extends AsyncDisposable {
  readonly backend: StartedBackend
  readonly client: BackendClient
  /** URL of the control port. */
  readonly control: string
}

/** Starts it on ports of its own. */
export async function startTestBackend(
  options: Partial<BackendOptions> = {},
): Promise<StartedTestBackend> {
  const backend = await startBackend({
    host: '127.0.0.1',
    trafficPort: 0,
    controlPort: 0,
    controlSecret: SECRET,
    trafficSecret: null,
    ...options,
  })
  const control = `http://127.0.0.1:${backend.controlPort}`
  const client = await connectBackend({ url: control, secret: SECRET })
  return {
    backend,
    client,
    control,
    async [Symbol.asyncDispose]() {
      await client[Symbol.asyncDispose]()
      await backend[Symbol.asyncDispose]()
    },
  }
}

/** A site on slot 20001 that answers 204. */
export function site(patch: Partial<SiteDescription> = {}): SiteDescription {
  return {
    listener: 'endpoint',
    setup: originSetup(),
    event: { secrets: [] },
    slots: [{ slot: 20001, loadBalancer: 'none' }],
    realm: null,
    base: 'https://localhost:41234',
    elsewhere: null,
    ...patch,
  }
}

/** What an origin does: answers 204 unless said otherwise. */
export function originSetup(
  patch: Partial<Pick<EndpointSetup, 'policy' | 'answers'>> = {},
): Pick<EndpointSetup, 'policy' | 'answers'> {
  return { policy: { identity: 'any', bearer: 'none' }, answers: [status(204)], ...patch }
}

/** An answer of the origin. */
export function status(code: number, delayMs = 0): EndpointSetup['answers'][number] {
  return { kind: 'status', status: code, headers: {}, body: '', delayMs }
}

/** A realm on slot 20002 for `tls_client_auth`. */
export function realm(
  sha256: string,
  answers: TokenServerSetup['answers'] = ['issue'],
): RealmDescription {
  return {
    setup: {
      authMethod: 'tls_client_auth',
      registeredCertificate: 'dispatcher',
      clientId: 'hooks',
      scope: 'hooks.write',
      expiresIn: 300,
      answers,
    },
    clientSecret: randomBytes(16).toString('hex'),
    registered: { sha256, subject: 'CN=dispatcher' },
    issuer: 'https://localhost:41235',
    slots: [{ slot: 20002, loadBalancer: 'none' }],
  }
}

/** What came back, or the error code. */
export type Answer =
  | { readonly status: number; readonly headers: IncomingHttpHeaders; readonly body: string }
  | { readonly error: string }

/** One request as a proxy would pass it on. Never rejects. */
export function send(
  port: number,
  path: string,
  sending: {
    readonly method?: string
    readonly headers?: Readonly<Record<string, string | readonly string[]>>
    readonly body?: string | Buffer
    readonly signal?: AbortSignal
  } = {},
): Promise<Answer> {
  const { method = 'POST', headers = {}, body = '{"id":"evt_0123456789abcdef"}', signal } = sending
  return new Promise((resolve) => {
    const failed = (error: NodeJS.ErrnoException): void => {
      resolve({ error: error.code ?? error.message })
    }
    const request = httpRequest({
      host: '127.0.0.1',
      port,
      path,
      method,
      agent: false,
      headers: headers as Record<string, string>,
      ...(signal && { signal }),
    })
    request.on('error', failed)
    request.on('response', (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('error', failed)
      response.on('end', () => {
        const { statusCode = 0 } = response
        resolve({
          status: statusCode,
          headers: response.headers,
          body: Buffer.concat(chunks).toString(),
        })
      })
    })
    request.end(body)
  })
}

/** What nginx says of a request, in the headers that it overwrites. */
export function word(slot: number, connection: number, pem = ''): Record<string, string> {
  return {
    'Hookproof-Slot': String(slot),
    'Hookproof-Connection': `127.0.0.${connection}`,
    'Hookproof-Client-Verify': pem === '' ? 'NONE' : 'SUCCESS',
    'Hookproof-Client-Cert': encodeURIComponent(pem),
  }
}

type Seeing = BackendRecord['seeing']

/** The observations of one kind. */
export function seen<Kind extends Seeing['kind']>(
  { records }: BackendRecords,
  kind: Kind,
): readonly Extract<Seeing, { kind: Kind }>[] {
  return records
    .map(({ seeing }) => seeing)
    .filter((one): one is Extract<Seeing, { kind: Kind }> => one.kind === kind)
}
