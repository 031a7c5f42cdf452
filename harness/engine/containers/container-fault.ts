import { HarnessError } from '../../errors.ts'
import type { Docker } from './docker.ts'
import { lastWords } from './log-feed.ts'

/** A container of the run, for messages. */
export interface NamedContainer {
  readonly name: 'nginx' | 'haproxy' | 'backend'
  readonly container: string
}

/** How many lines are fetched to find a few words in. */
const LINES = 60

/**
 * The error for a container that did not do its work: what it did not do, what state it is in, and the
 * last lines of its log. Never rejects.
 */
export async function containerFault(
  docker: Docker,
  { name, container }: NamedContainer,
  failing: string,
  cause?: unknown,
): Promise<ContainerFault> {
  const [state, lines] = await Promise.all([
    docker.stateOf(container).then(
      (found) => (found === 'gone' ? 'is gone' : wordsOf(found)),
      (error: unknown) => `is in a state that is not known, for ${messageOf(error)}`,
    ),
    docker.lastLines(container, LINES).then(lastWords, () => []),
  ])
  const log = lines.length === 0 ? '' : ` Its log ends: ${lines.join(' | ')}`
  const because = cause === undefined ? '' : ` (${messageOf(cause)})`
  return new ContainerFault(
    `The container ${name} (${container.slice(0, 12)}) ${failing}${because}; it ${state}.${log}`,
    state === 'is running' ? 'running' : 'not-running',
    cause,
  )
}

/** A {@link HarnessError} `ERR_ENGINE_FAULT` that knows whether the container can still recover. */
export class ContainerFault extends HarnessError {
  readonly state: 'running' | 'not-running'

  constructor(sentence: string, state: ContainerFault['state'], cause: unknown) {
    super('ERR_ENGINE_FAULT', sentence, {
      hint: 'Look at the Docker engine, and run again; HOOKPROOF_ENGINE=embedded does without containers.',
      cause,
    })
    this.state = state
  }
}

function wordsOf({ status, exitCode }: { status: string; exitCode: number }): string {
  return status === 'exited' ? `has exited with status ${exitCode}` : `is ${status}`
}

const messageOf = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).replace(/\.$/, '')
