import { randomBytes } from 'node:crypto'
import { HarnessError } from '../../errors.ts'
import type { Listener } from '../../observation/types.ts'
import type { EndpointSetup } from '../../scenario/setup.ts'
import { startWire, type StartedWire } from '../../wire/wire.ts'
import { disposeAll } from '../listener.ts'
import type { ScenarioStage, StartedScenario } from '../types.ts'
import { BackendSide } from './backend-side.ts'
import type { WorkerParts } from './engine.ts'
import { RETIRING_MS } from './reload-lock.ts'
import { SlotSet, type Setups } from './slot-set.ts'
import { Stack } from './stack.ts'

/**
 * Stands one scenario up in the containers that are there: slots, what answers behind them, and a wire
 * before each listener.
 *
 * @throws HarnessError `ERR_ENGINE_FAULT` for a setup that cannot be served, and for a container that
 *   does not do its work
 */
export async function startContainersScenario(
  parts: WorkerParts,
  stage: ScenarioStage,
): Promise<StartedScenario> {
  const stack = new Stack()
  try {
    return await standUp(parts, stage, stack)
  } catch (error) {
    await stack[Symbol.asyncDispose]().catch(() => undefined)
    throw error
  }
}

async function standUp(
  parts: WorkerParts,
  stage: ScenarioStage,
  stack: Stack,
): Promise<StartedScenario> {
  const { ledger } = stage
  const setups = setupsOf(stage)
  stack.defer(() => {
    parts.visits.forget(ledger)
  })
  const slots = stack.use(new SlotSet(parts, stage))
  await slots.add(setups)
  const isKept = Object.values(setups)
    .flat()
    .some(({ keepAlive }) => keepAlive === 'on')
  // A reload of nginx closes idle connections, and one of HAProxy can reset those just made.
  if (isKept || slots.terminators.has('haproxy')) {
    stack.use(await parts.lock.quiet(isKept ? RETIRING_MS : 0))
  }
  const wires = await startWires(stage, slots, stack)
  const clientSecret = randomBytes(32).toString('base64url')
  const onBackend = <T>(work: () => Promise<T>): Promise<T> =>
    parts.using('backend', 'did not do what it was asked', work)
  const behind = stack.use(
    await onBackend(() =>
      BackendSide.start({
        backend: parts.backend,
        visits: parts.visits,
        stage,
        slots,
        clientSecret,
        bases: {
          endpoint: baseOf(stage.endpoint, wires.endpoint),
          'token-server':
            stage.tokenServer && baseOf(stage.tokenServer.endpoint, wires['token-server']),
          elsewhere: stage.elsewhere && baseOf(stage.elsewhere, wires.elsewhere),
        },
      }),
    ),
  )
  const all = Object.values(wires).filter((wire) => wire !== null)
  const collect = async (): Promise<void> => {
    await parts.fence(slots.terminators)
    await onBackend(() => behind.collect())
  }
  return {
    urls: behind.urls,
    clientSecret,
    async rotate(endpoint, tokenServer) {
      if (tokenServer !== null && wires['token-server'] === null) throw noTokenServer()
      const tokenSetups = tokenServer === null ? [] : [tokenServer.endpoint]
      await slots.add({ endpoint: [endpoint], 'token-server': tokenSetups, elsewhere: [] })
      await onBackend(() => behind.rotate(endpoint, tokenServer))
      wires.endpoint.point(slots.addressOf('endpoint', endpoint), endpoint.fault)
      for (const setup of tokenSetups) {
        wires['token-server']?.point(slots.addressOf('token-server', setup), setup.fault)
      }
    },
    async settle(limitMs) {
      await Promise.all(all.map((wire) => wire.settle(limitMs)))
      await collect()
    },
    async [Symbol.asyncDispose]() {
      const isQuiet = all.every((wire) => wire.open === 0)
      await disposeAll(all)
      try {
        // What the ends of the connections tell belongs in the ledger too.
        if (!isQuiet) await collect()
      } catch (error) {
        const detail = error instanceof Error ? error.message : String(error)
        ledger.record({ kind: 'harness-fault', detail })
      } finally {
        await stack[Symbol.asyncDispose]()
      }
    },
  }
}

function setupsOf({ endpoint, tokenServer, elsewhere, later = [] }: ScenarioStage): Setups {
  const tokenServers = [tokenServer, ...later.map((step) => step.tokenServer)]
  return {
    endpoint: [endpoint, ...later.map((step) => step.endpoint)],
    'token-server': tokenServers.flatMap((server) => (server === null ? [] : [server.endpoint])),
    elsewhere: elsewhere === null ? [] : [elsewhere],
  }
}

type Wires = Readonly<Record<Listener, StartedWire | null>> & { readonly endpoint: StartedWire }

async function startWires(stage: ScenarioStage, slots: SlotSet, stack: Stack): Promise<Wires> {
  const { endpoint, tokenServer, elsewhere, ledger } = stage
  const start = async (listener: Listener, setup: EndpointSetup): Promise<StartedWire> => {
    const slot = slots.addressOf(listener, setup)
    const { host, fault } = setup
    return stack.use(await startWire({ listener, host, ledger, slot, fault }))
  }
  const [own, token, other] = await Promise.all([
    start('endpoint', endpoint),
    tokenServer === null ? null : start('token-server', tokenServer.endpoint),
    elsewhere === null ? null : start('elsewhere', elsewhere),
  ])
  return { endpoint: own, 'token-server': token, elsewhere: other }
}

function baseOf({ scheme, host }: EndpointSetup, wire: StartedWire | null): string {
  return `${scheme}://${host}:${wire?.port ?? 0}`
}

function noTokenServer(): HarnessError {
  return new HarnessError(
    'ERR_ENGINE_FAULT',
    'A rotation gives a token server to a scenario that began without one.',
    { hint: 'Give the scenario a token-server from the beginning.' },
  )
}
