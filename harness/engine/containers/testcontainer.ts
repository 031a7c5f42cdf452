import { Readable } from 'node:stream'
import type { StartedTestContainer } from 'testcontainers'
import { printable } from '../../observation/printable.ts'
import { HarnessError } from '../../errors.ts'
import type { Docker } from './docker.ts'
import type { ImageRecipe } from './images.ts'

/** A container to start. */
export interface ContainerPlan {
  readonly docker: Docker
  readonly name: ImageRecipe['name']
  readonly image: string
  readonly network: string
  readonly labels: Readonly<Record<string, string>>
  /** Container ports to publish. */
  readonly ports: readonly number[]
  readonly environment: Readonly<Record<string, string>>
  /** The line that says that it is up. */
  readonly ready: RegExp
  /** Put into /run/hookproof before the start; null = nothing. */
  readonly archive: Buffer | null
  /** nginx and HAProxy keep their slots in /run/hookproof. */
  readonly rootFileSystem: 'read-only' | 'writable'
}

/** A container that is up. */
export interface Started {
  readonly container: string
  /** In the network of the run. */
  readonly address: string
  /** Where a container's port is on 127.0.0.1. */
  portOf(port: number): number
  /** Runs a program in it and gives what it wrote. */
  run(command: readonly string[]): Promise<string>
}

/** Longest wait until a container is up. */
const START_MS = 20_000

/**
 * Starts one container through testcontainers: without capabilities, ports on loopback only.
 *
 * @throws HarnessError `ERR_ENGINE_FAULT` when it does not come up
 */
export async function startContainer(plan: ContainerPlan): Promise<Started> {
  const { docker, name, image, network, labels, ports, environment, ready, archive } = plan
  const { GenericContainer, Wait } = await import('testcontainers')

  class LoopbackContainer extends GenericContainer {
    /** testcontainers publishes on all interfaces, and has no option for it. */
    protected override async beforeContainerCreated(): Promise<void> {
      const bindings = ports.map((port) => [
        `${port}/tcp`,
        [{ HostIp: '127.0.0.1', HostPort: '0' }],
      ])
      this.hostConfig.PortBindings = Object.fromEntries(bindings) as Record<string, unknown[]>
      this.hostConfig.ReadonlyRootfs = plan.rootFileSystem === 'read-only'
      await Promise.resolve()
    }
  }

  const container = new LoopbackContainer(image)
    .withNetworkMode(network)
    .withLabels({ ...labels })
    .withExposedPorts(...ports)
    .withEnvironment({ ...environment })
    .withDroppedCapabilities('ALL')
    .withSecurityOpt('no-new-privileges')
    .withWaitStrategy(Wait.forLogMessage(ready).withStartupTimeout(START_MS))
    .withDefaultLogDriver()
  if (archive !== null) {
    container.withCopyArchivesToContainer([
      { tar: Readable.from([archive]), target: '/run/hookproof' },
    ])
  }
  let started: StartedTestContainer
  try {
    started = await container.start()
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new HarnessError(
      'ERR_ENGINE_FAULT',
      `The container ${name} did not come up: ${printable(reason, 600)}`,
      { hint: 'Look at the Docker engine (`docker info`), and run again.', cause },
    )
  }
  const state = await docker.stateOf(started.getId())
  return {
    container: started.getId(),
    address: state === 'gone' ? '' : (state.addresses[network] ?? ''),
    portOf: (port) => started.getMappedPort(port),
    async run(command) {
      const { output } = await started.exec([...command])
      return output
    },
  }
}
