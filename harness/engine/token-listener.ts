import { randomBytes } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { subjectOf } from '../endpoint/presented.ts'
import type { Arrival } from '../endpoint/serve.ts'
import type { BearerChecker } from '../endpoint/types.ts'
import type { IssuedMaterial } from '../pki/types.ts'
import type { TokenServerSetup } from '../scenario/setup.ts'
import type { RegisteredCertificate, TokenService } from '../token-server/types.ts'
import { startListener, type ListenerOptions, type StartedListener } from './listener.ts'

/** A scenario's token server behind a wire of its own. */
export interface StartedTokenListener extends AsyncDisposable {
  /** The token endpoint. */
  readonly url: string
  readonly bearers: BearerChecker
  rotate(setup: TokenServerSetup): Promise<void>
  settle: StartedListener['settle']
}

/** Starts the listener of a scenario's token server and registers its realm. */
export async function startTokenListener(
  service: TokenService,
  setup: TokenServerSetup,
  clientSecret: string,
  options: Omit<ListenerOptions, 'listener' | 'setup' | 'serveFor'>,
): Promise<StartedTokenListener> {
  const { material, ledger } = options
  const arrivals = new WeakMap<IncomingMessage, Arrival>()
  const listener = await startListener({
    ...options,
    listener: 'token-server',
    setup: setup.endpoint,
    serveFor: () => (request, response, arrival) => {
      arrivals.set(request, arrival)
      service.handle(request, response, arrival.presented)
    },
  })
  const realm = service.register({
    setup,
    clientSecret,
    registered: registeredIn(setup, material),
    issuer: listener.base,
    foreignSha256: randomBytes(32).toString('hex'),
    onTokenRequest(seen, request) {
      const arrival = arrivals.get(request)
      if (arrival === undefined) return
      const { connection, presented } = arrival
      ledger.record({
        kind: 'token-request',
        listener: 'token-server',
        connection,
        clientCertificate: presented,
        ...seen,
      })
    },
  })
  return {
    url: `${listener.base}${realm.prefix}/token`,
    bearers: realm.bearers,
    async rotate(next) {
      realm.update(next, registeredIn(next, material))
      await listener.rotate(next.endpoint)
    },
    settle: (limitMs) => listener.settle(limitMs),
    async [Symbol.asyncDispose]() {
      realm[Symbol.dispose]()
      await listener[Symbol.asyncDispose]()
    },
  }
}

function registeredIn(
  { registeredCertificate }: TokenServerSetup,
  material: IssuedMaterial,
): RegisteredCertificate | null {
  if (registeredCertificate === 'none') return null
  const { sha256, der } = material.known(registeredCertificate)
  return { sha256, subject: subjectOf(der) }
}
