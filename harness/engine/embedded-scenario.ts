import { randomBytes } from 'node:crypto'
import type { StartedOrigin } from '../endpoint/origin.ts'
import type { RedirectTargets } from '../endpoint/origin-answer.ts'
import { SessionSharing } from '../endpoint/session-sharing.ts'
import { Site } from '../endpoint/site.ts'
import type { BearerChecker } from '../endpoint/types.ts'
import { HarnessError } from '../errors.ts'
import type { EndpointSetup } from '../scenario/setup.ts'
import type { TokenService } from '../token-server/types.ts'
import { disposeAll, serveSite, startListener, type StartedListener } from './listener.ts'
import { startTokenListener, type StartedTokenListener } from './token-listener.ts'
import type { ScenarioStage, StartedScenario } from './types.ts'

/** What all scenarios of an engine share. */
export interface EngineParts {
  readonly origin: StartedOrigin
  readonly tokenService: TokenService
}

/**
 * Stands one scenario up: a wire and a slot for the endpoint, and where it has them for the token
 * server and for `elsewhere`.
 *
 * @throws HarnessError `ERR_ENGINE_FAULT` for a setup that node:tls cannot serve.
 */
export async function startEmbeddedScenario(
  { origin, tokenService }: EngineParts,
  stage: ScenarioStage,
): Promise<StartedScenario> {
  const { endpoint, tokenServer, elsewhere, material, ledger, event } = stage
  const exposure = stage.exposure ?? null
  const shared = { material, ledger, sessions: new SessionSharing(), exposure }
  const clientSecret = randomBytes(32).toString('base64url')
  const started: AsyncDisposable[] = []
  const keep = <T extends AsyncDisposable>(thing: T): T => {
    started.push(thing)
    return thing
  }

  // The token server's realm is there before the first request, but not before the site.
  let tokens: StartedTokenListener | null = null
  const bearers: BearerChecker | null =
    tokenServer === null
      ? null
      : {
          check: async (...question) => (await tokens?.bearers.check(...question)) ?? 'unknown',
        }
  const targets = { own: '', elsewhere: null as string | null }
  const startSite = async (
    listener: 'endpoint' | 'elsewhere',
    setup: EndpointSetup,
    redirects: () => RedirectTargets,
  ): Promise<{ readonly site: Site; readonly listener: StartedListener; readonly url: string }> => {
    const site = new Site({ listener, ledger, event, setup, bearers, targets: redirects })
    const serveFor = serveSite(origin, site)
    const up = keep(await startListener({ ...shared, listener, setup, serveFor }))
    return { site, listener: up, url: `${up.base}${site.path}` }
  }

  const startAll = [
    startSite('endpoint', endpoint, () => targets),
    elsewhere === null
      ? Promise.resolve(null)
      : startSite('elsewhere', elsewhere, () => ({
          own: targets.elsewhere ?? '',
          elsewhere: null,
        })),
    tokenServer === null
      ? Promise.resolve(null)
      : startTokenListener(tokenService, tokenServer, clientSecret, shared).then(keep),
  ] as const
  const outcomes = await Promise.allSettled(startAll)
  const failed = outcomes.find((outcome) => outcome.status === 'rejected')
  if (failed !== undefined) {
    await disposeAll(started)
    throw failed.reason
  }
  const [own, other, tokenListener] = await Promise.all(startAll)
  tokens = tokenListener
  targets.own = own.url
  targets.elsewhere = other?.url ?? null
  const listeners = [own.listener, other?.listener, tokenListener].filter((up) => up != null)

  return {
    urls: {
      endpoint: own.url,
      elsewhere: targets.elsewhere,
      'token-server': tokenListener?.url ?? null,
    },
    clientSecret,
    async rotate(nextEndpoint, nextTokenServer) {
      if (nextTokenServer !== null && tokenListener === null) throw noTokenServer()
      own.site.update(nextEndpoint)
      await Promise.all([
        own.listener.rotate(nextEndpoint),
        nextTokenServer === null ? undefined : tokenListener?.rotate(nextTokenServer),
      ])
    },
    async settle(limitMs) {
      await Promise.all(listeners.map((listener) => listener.settle(limitMs)))
    },
    [Symbol.asyncDispose]: () => disposeAll(started),
  }
}

function noTokenServer(): HarnessError {
  return new HarnessError(
    'ERR_ENGINE_FAULT',
    'A rotation gives a token server to a scenario that began without one.',
    { hint: 'Give the scenario a token-server from the beginning.' },
  )
}
