import { HarnessError } from '../../errors.ts'
import type { ContainersFacts } from './facts.ts'
import type { Docker } from './docker.ts'
import type { LogFeed } from './log-feed.ts'
import { exchange, FENCE_SLOT, FILES_SLOT } from './published-port.ts'
import type { FileContent } from './tar.ts'

/** A worker that a reload has retired closes after one request. */
const WRITE_ATTEMPTS = 4

/** Longest wait for a worker with a new configuration. */
const RELOAD_MS = 10_000

/** Bounds of everything that is asked of a terminator. */
export const TERMINATOR_MS = 5000

/** Gives nginx files, makes it reload, and waits for its log. All throw when nginx does not do it in time. */
export class NginxControl {
  readonly #docker: Docker
  readonly #facts: ContainersFacts['nginx']
  readonly #feed: LogFeed
  readonly #nextNumber: () => number

  constructor(
    docker: Docker,
    facts: ContainersFacts['nginx'],
    feed: LogFeed,
    nextNumber: () => number,
  ) {
    this.#docker = docker
    this.#facts = facts
    this.#feed = feed
    this.#nextNumber = nextNumber
  }

  /** Writes files below `slots/`, mode 0600, over nginx's own DAV (RFC 4918 9.7). */
  async write(files: ReadonlyMap<string, FileContent>): Promise<void> {
    let left = [...files]
    let statuses: readonly string[] = []
    for (let attempt = 0; left.length > 0 && attempt < WRITE_ATTEMPTS; attempt++) {
      statuses = await this.#put(left)
      const refused = statuses.findIndex((status) => status !== '201' && status !== '204')
      left = left.slice(refused === -1 ? statuses.length : refused)
    }
    if (left.length === 0) return
    throw new Error(`${left.length} of ${files.size} files were not taken: ${statuses.join(' ')}`)
  }

  /** Writes files over one connection. Gives the statuses of those that were answered, in order. */
  async #put(files: readonly (readonly [string, FileContent])[]): Promise<readonly string[]> {
    const { port, filesSecret } = this.#facts
    const requests = files.map(([path, content], index) => {
      const body = Buffer.from(content)
      const head = [
        `PUT /slots/${path} HTTP/1.1`,
        'Host: slots',
        `Authorization: Bearer ${filesSecret}`,
        `Content-Length: ${body.length}`,
        `Connection: ${index === files.length - 1 ? 'close' : 'keep-alive'}`,
      ]
      return Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), body])
    })
    const to = { port, connection: this.#nextNumber(), slot: FILES_SLOT }
    const answers = await exchange(to, Buffer.concat(requests), TERMINATOR_MS)
    return [...answers.matchAll(/^HTTP\/1\.1 (\d{3}) /gm)].map(([, status = '']) => status)
  }

  /** Takes a configuration, and reloads. The old one goes on serving when the new one is refused. */
  async load(files: ReadonlyMap<string, FileContent>): Promise<void> {
    await this.write(files)
    const ready = this.#feed.wait(
      (part) => part.part === 'ready' || (part.part === 'fault' && part.about === 'configuration'),
      RELOAD_MS,
    )
    try {
      await this.#docker.signal(this.#facts.container, 'SIGHUP')
    } catch (error) {
      ready.cancel()
      throw error
    }
    const part = await ready.line
    if (part === 'late') throw new Error(`no new worker within ${RELOAD_MS / 1000} s`)
    if (part.part === 'fault') {
      throw new HarnessError('ERR_ENGINE_FAULT', part.detail, {
        hint: 'The setup of this scenario makes a configuration that nginx refuses.',
      })
    }
  }

  /** Resolves when all that was logged until now has been read. */
  async fence(): Promise<void> {
    const number = this.#nextNumber()
    const line = this.#feed.wait(
      (part) => 'connection' in part && part.connection === number,
      TERMINATOR_MS,
    )
    try {
      const to = { port: this.#facts.port, connection: number, slot: FENCE_SLOT }
      await exchange(to, Buffer.from('GET / HTTP/1.0\r\n\r\n'), TERMINATOR_MS)
    } catch (error) {
      line.cancel()
      throw error
    }
    if ((await line.line) === 'late') throw new Error(this.#feed.silence)
  }
}
