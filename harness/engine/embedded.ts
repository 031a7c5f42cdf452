import { startOrigin } from '../endpoint/origin.ts'
import { startTokenService } from '../token-server/service.ts'
import type { TokenService } from '../token-server/types.ts'
import { startEmbeddedScenario } from './embedded-scenario.ts'
import { disposeAll } from './listener.ts'
import type { StartedEngine, StartedScenario } from './types.ts'

/** Options of the embedded engine. */
export interface EmbeddedOptions {
  /** A token service of the caller's, which stays the caller's to dispose of; default one of its own. */
  readonly tokenService?: TokenService
  /** The clock of tokens; default the machine's. */
  readonly now?: () => Date
}

/** Starts the engine that needs Node alone: wire, terminators, token server and origin in this process. */
export async function startEmbeddedEngine(options: EmbeddedOptions = {}): Promise<StartedEngine> {
  const origin = await startOrigin()
  const own: AsyncDisposable[] = [origin]
  let tokenService = options.tokenService
  if (tokenService === undefined) {
    tokenService = await startTokenService({ now: options.now ?? (() => new Date()) })
    own.push(tokenService)
  }
  const parts = { origin, tokenService }
  const scenarios = new Set<StartedScenario>()
  return {
    name: 'embedded',
    state: () => 'works',
    versions: { node: process.versions.node, openssl: process.versions.openssl },
    async startScenario(stage) {
      const scenario = await startEmbeddedScenario(parts, stage)
      scenarios.add(scenario)
      return {
        urls: scenario.urls,
        clientSecret: scenario.clientSecret,
        rotate: (endpoint, tokenServer) => scenario.rotate(endpoint, tokenServer),
        settle: (limitMs) => scenario.settle(limitMs),
        async [Symbol.asyncDispose]() {
          scenarios.delete(scenario)
          await scenario[Symbol.asyncDispose]()
        },
      }
    },
    async [Symbol.asyncDispose]() {
      await disposeAll([...scenarios])
      await disposeAll(own)
    },
  }
}
