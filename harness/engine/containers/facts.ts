import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { HarnessError } from '../../errors.ts'
import type { BackendAddress } from '../backend/client.ts'
import type { DockerAddress } from './docker-address.ts'

/** A terminator's container, as the workers need to know it. */
export interface TerminatorFacts {
  readonly container: string
  /** Port on 127.0.0.1. */
  readonly port: number
  /** Its address in the network of the run. */
  readonly address: string
}

/** What the runner tells its workers about the containers of the run. Holds secrets: mode 0600. */
export interface ContainersFacts {
  readonly docker: DockerAddress
  readonly nginx: TerminatorFacts & {
    /** Lets files in, over the slot `FILES_SLOT`. */
    readonly filesSecret: string
  }
  readonly haproxy: TerminatorFacts
  readonly backend: {
    readonly container: string
    /** Where requests go, in the network of the run. */
    readonly traffic: { readonly address: string; readonly port: number }
    /** Where connections go whose octets are passed on as they are, in the network of the run. */
    readonly bytes: { readonly address: string; readonly port: number }
    readonly control: BackendAddress
  }
  readonly versions: Readonly<Record<string, string>>
}

/** The part of a run's folder that belongs to this engine. */
export function containersFolder(runFolder: string): string {
  const folder = join(runFolder, 'containers')
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  return folder
}

/** Writes the facts down for the workers. */
export function leaveFacts(runFolder: string, facts: ContainersFacts): void {
  const path = join(containersFolder(runFolder), 'facts.json')
  writeFileSync(path, JSON.stringify(facts), { mode: 0o600 })
}

/** Reads what {@link leaveFacts} wrote. @throws HarnessError `ERR_ENGINE_UNAVAILABLE` when nothing was started. */
export function factsOf(runFolder: string): ContainersFacts {
  const path = join(containersFolder(runFolder), 'facts.json')
  if (!existsSync(path)) {
    throw new HarnessError('ERR_ENGINE_UNAVAILABLE', 'No containers were started for this run.', {
      hint: 'Let the runner start them: see `startContainers`.',
    })
  }
  return JSON.parse(readFileSync(path, 'utf8')) as ContainersFacts
}
