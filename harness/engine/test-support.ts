/** Scenarios that stand, for the tests of the embedded engine. */
import { request as httpRequest } from 'node:http'
import { credentials, material, post, setup, type Answer } from '../endpoint/test-support.ts'
import { Ledger } from '../observation/ledger.ts'
import type { EndpointSetup } from '../scenario/setup.ts'
import { startEmbeddedEngine } from './embedded.ts'
import type { ScenarioStage, StartedScenario } from './types.ts'

/** A scenario in an engine of its own. */
export interface Standing extends AsyncDisposable {
  readonly scenario: StartedScenario
  readonly ledger: Ledger
  readonly url: string
  readonly port: number
  /** Posts an event as the dispatcher with that certificate, and waits for the ledger to be whole. */
  deliver(certificate: string, options?: Parameters<typeof post>[1]): Promise<Answer>
}

/** Stands a scenario up whose endpoint is the standard one with a patch. */
export async function stand(
  patch: Partial<EndpointSetup> = {},
  stage: Partial<ScenarioStage> = {},
): Promise<Standing> {
  const engine = await startEmbeddedEngine()
  const ledger = new Ledger()
  const scenario = await engine.startScenario({
    endpoint: setup(patch),
    tokenServer: null,
    elsewhere: null,
    material: await material(),
    ledger,
    event: { secrets: [] },
    ...stage,
  })
  const url = scenario.urls.endpoint ?? ''
  return {
    scenario,
    ledger,
    url,
    port: Number(new URL(url).port),
    async deliver(certificate, options = {}) {
      const answer = await post(url, { ...(await credentials(certificate)), ...options })
      await scenario.settle(5000)
      return answer
    },
    async [Symbol.asyncDispose]() {
      await scenario[Symbol.asyncDispose]()
      await engine[Symbol.asyncDispose]()
    },
  }
}

/** Posts in the clear. */
export function postPlain(url: string, body: string): Promise<Answer> {
  return new Promise((resolve) => {
    const request = httpRequest(url, { method: 'POST', agent: false }, (response) => {
      response.resume()
      response.on('end', () => {
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: '' })
      })
    })
    request.on('error', (error: NodeJS.ErrnoException) => {
      resolve({ error: error.code ?? error.message })
    })
    request.end(body)
  })
}
