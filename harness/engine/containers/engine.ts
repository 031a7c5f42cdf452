import { readHaproxyLine } from '../../observation/readers/haproxy.ts'
import { readNginxLine } from '../../observation/readers/nginx.ts'
import { connectionAt, standsForPort } from '../../observation/readers/connection-address.ts'
import type { Ledger } from '../../observation/ledger.ts'
import { connectBackend, type BackendClient } from '../backend/client.ts'
import { disposeAll } from '../listener.ts'
import type { StartedEngine, StartedScenario } from '../types.ts'
import { claimNumbers } from './claim.ts'
import { containerFault, ContainerFault, type NamedContainer } from './container-fault.ts'
import { Docker } from './docker.ts'
import { containersFolder, factsOf, type ContainersFacts } from './facts.ts'
import { HaproxyControl } from './haproxy-control.ts'
import { LogFeed, type ReadLine } from './log-feed.ts'
import { NginxControl } from './nginx-control.ts'
import { ReloadLock } from './reload-lock.ts'
import { startContainersScenario } from './scenario.ts'
import { SlotHouse } from './slot-house.ts'
import { Stack } from './stack.ts'
import { Visits, type Terminator } from './visits.ts'

/** What all scenarios of a worker share. */
export interface WorkerParts {
  readonly facts: ContainersFacts
  readonly lock: ReloadLock
  readonly visits: Visits
  readonly house: SlotHouse
  readonly backend: BackendClient
  /** Resolves when everything that these terminators logged has been read. @throws ContainerFault */
  fence(terminators: ReadonlySet<Terminator>): Promise<void>
  /** Why a connection to a terminator failed, one sentence. */
  faultOf(name: Terminator, error: Error): Promise<string>
  /** Does something with a container. @throws ContainerFault when that fails in any way but a HarnessError of its own. */
  using<T>(name: NamedContainer['name'], failing: string, work: () => Promise<T>): Promise<T>
}

/**
 * Joins the containers that the runner has started, for one worker.
 *
 * @throws HarnessError `ERR_ENGINE_UNAVAILABLE` when the runner has started none, `ERR_ENGINE_FAULT`
 *   when one of them does not answer
 */
export async function startContainersEngine(runFolder: string): Promise<StartedEngine> {
  const facts = factsOf(runFolder)
  const folder = containersFolder(runFolder)
  const docker = new Docker(facts.docker)
  const lock = new ReloadLock(folder)
  const claim = await claimNumbers(folder, lock)
  const visits = new Visits(claim.connections)
  const running = new Set<Ledger>()
  const stack = new Stack()
  stack.use(claim)

  /** Set once a container is known not to come back: then nothing is tried any more. */
  let broken: ContainerFault | null = null
  const using = async <T>(
    name: NamedContainer['name'],
    failing: string,
    work: () => Promise<T>,
  ): Promise<T> => {
    if (broken !== null) throw broken
    try {
      return await work()
    } catch (error) {
      if (error instanceof ContainerFault) throw error
      const { container } = facts[name]
      const fault = await containerFault(docker, { name, container }, failing, error)
      if (fault.state === 'not-running') broken = fault
      throw fault
    }
  }
  const follow = async (name: Terminator, read: typeof readNginxLine): Promise<LogFeed> => {
    const take = (line: ReadLine) => {
      if (line.part.part !== 'fault') visits.take(name, line)
      // Whoever asked for a configuration waits to hear that it is refused; it spoils nobody else's scenario.
      else if (line.part.about !== 'configuration') tell(line.part.detail)
    }
    const feed = await using(name, 'does not give its log', () =>
      LogFeed.start(docker, facts[name].container, read, take),
    )
    return stack.use(feed)
  }
  /** A fault goes to the scenario whose connection it is about, or to all that are on. */
  const tell = (detail: string) => {
    const address = /client: ([\d.]+)/.exec(detail)?.[1]
    const number = address === undefined ? null : connectionAt(address)
    if (number !== null) {
      const visitor = visits.visitorAt(number)
      visitor?.ledger.record({ kind: 'harness-fault', detail })
      // Whose port that is HAProxy may have yet to tell.
      if (visitor !== null || !standsForPort(number)) return
    }
    for (const ledger of running) ledger.record({ kind: 'harness-fault', detail })
  }

  try {
    const [nginxFeed, haproxyFeed, backend] = await Promise.all([
      follow('nginx', readNginxLine),
      follow('haproxy', readHaproxyLine),
      using('backend', 'does not answer on its control port', () =>
        connectBackend(facts.backend.control),
      ),
    ])
    stack.use(backend)
    const next = () => visits.nextNumber()
    const nginx = new NginxControl(docker, facts.nginx, nginxFeed, next)
    const haproxy = new HaproxyControl(docker, facts.haproxy, haproxyFeed, next)
    const house = new SlotHouse({ facts, nginx, haproxy, lock, claim, using })
    await house.takeOutAbandoned()
    const parts: WorkerParts = {
      facts,
      lock,
      visits,
      backend,
      using,
      house,
      faultOf: (name, error) =>
        using(name, 'could not be reached', () => Promise.reject(error)).catch(messageOf),
      async fence(terminators) {
        const controls = { nginx, haproxy }
        await Promise.all(
          [...terminators].map((name) =>
            using(name, 'did not answer after a delivery', () => controls[name].fence()),
          ),
        )
      },
    }
    const scenarios = new Set<StartedScenario>()
    return {
      name: 'containers',
      versions: facts.versions,
      state: () => (broken === null ? 'works' : 'gone'),
      async startScenario(stage) {
        if (broken !== null) throw broken
        running.add(stage.ledger)
        let scenario: StartedScenario
        try {
          scenario = await startContainersScenario(parts, stage)
        } catch (error) {
          running.delete(stage.ledger)
          throw error
        }
        scenarios.add(scenario)
        return {
          urls: scenario.urls,
          clientSecret: scenario.clientSecret,
          rotate: (endpoint, tokenServer) => scenario.rotate(endpoint, tokenServer),
          settle: (limitMs) => scenario.settle(limitMs),
          async [Symbol.asyncDispose]() {
            scenarios.delete(scenario)
            await scenario[Symbol.asyncDispose]()
            running.delete(stage.ledger)
          },
        }
      },
      async [Symbol.asyncDispose]() {
        await disposeAll([...scenarios])
        await stack[Symbol.asyncDispose]()
      },
    }
  } catch (error) {
    await stack[Symbol.asyncDispose]()
    throw error
  }
}

const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error)
