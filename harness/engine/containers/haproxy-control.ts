import { HarnessError } from '../../errors.ts'
import type { Docker } from './docker.ts'
import type { TerminatorFacts } from './facts.ts'
import { HAPROXY_SLOTS } from './haproxy-config.ts'
import type { LogFeed } from './log-feed.ts'
import { TERMINATOR_MS } from './nginx-control.ts'
import { exchange, FENCE_SLOT } from './published-port.ts'
import { privateFile, privateFolder, tarOf } from './tar.ts'

/** The user that HAProxy runs as. */
export const HAPROXY_USER = 99

/** Gives HAProxy files, makes it reload, and waits for its log. All throw when HAProxy does not do it in time. */
export class HaproxyControl {
  readonly #docker: Docker
  readonly #facts: TerminatorFacts
  readonly #feed: LogFeed
  readonly #nextNumber: () => number

  constructor(docker: Docker, facts: TerminatorFacts, feed: LogFeed, nextNumber: () => number) {
    this.#docker = docker
    this.#facts = facts
    this.#feed = feed
    this.#nextNumber = nextNumber
  }

  /** Writes files below the folder of slots. */
  async write(files: ReadonlyMap<string, string>): Promise<void> {
    const folders = new Set(
      [...files.keys()].flatMap((path) =>
        path.includes('/') ? [path.split('/', 1)[0] ?? ''] : [],
      ),
    )
    const archive = tarOf([
      ...[...folders].map((path) => privateFolder(path, HAPROXY_USER)),
      ...[...files].map(([path, content]) => privateFile(path, content, HAPROXY_USER)),
    ])
    await this.#docker.unpackInto(this.#facts.container, HAPROXY_SLOTS, archive)
  }

  /** Reloads. The old configuration goes on serving when the new one is refused. */
  async reload(): Promise<void> {
    const ready = this.#feed.wait(({ part }) => part === 'ready' || part === 'fault', TERMINATOR_MS)
    try {
      await this.#docker.signal(this.#facts.container, 'SIGUSR2')
    } catch (error) {
      ready.cancel()
      throw error
    }
    const part = await ready.line
    if (part === 'late') throw new Error('no new worker within 3 s')
    if (part.part === 'fault') {
      throw new HarnessError('ERR_ENGINE_FAULT', part.detail, {
        hint: 'The setup of this scenario makes a configuration that HAProxy refuses.',
      })
    }
  }

  /** Resolves when all that was logged until now has been read. */
  async fence(): Promise<void> {
    const number = this.#nextNumber()
    // The reader leaves the fence's own line out; the one that ends its connection comes after it.
    const line = this.#feed.wait(
      (part) => part.part === 'ended' && part.connection === number,
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
