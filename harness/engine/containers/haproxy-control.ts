import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { HarnessError } from '../../errors.ts'
import type { LogPart } from '../../observation/readers/log-part.ts'
import type { Docker } from './docker.ts'
import type { TerminatorFacts } from './facts.ts'
import { HAPROXY_SLOTS } from './haproxy-config.ts'
import type { LogFeed } from './log-feed.ts'
import { TERMINATOR_MS } from './nginx-control.ts'
import { exchange, FENCE_SLOT } from './published-port.ts'
import { privateFile, privateFolder, tarOf, type FileContent } from './tar.ts'

/** The user that HAProxy runs as. */
export const HAPROXY_USER = 99

/** Longest wait until a configuration is in force. */
const LOAD_MS = 10_000

/** After this time without the new configuration the signal is sent again; then after twice as long. */
const FIRST_PAUSE_MS = 300

const PROBE_PAUSE_MS = 5

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
  async write(files: ReadonlyMap<string, FileContent>): Promise<void> {
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

  /**
   * Takes a configuration, and reloads. The old one goes on serving when the new one is refused.
   *
   * A signal that comes while HAProxy still finishes the reload before is lost, and its own word of
   * success may be about that one. So each configuration has a mark, by which the fence tells when it is
   * in force, and the signal is sent again until then.
   */
  async load(files: ReadonlyMap<string, FileContent>): Promise<void> {
    const mark = randomBytes(8).toString('hex')
    await this.write(new Map([...files, ['generation', mark]]))
    const refused = this.#feed.wait(
      (part) => part.part === 'fault' && part.about === 'configuration',
      LOAD_MS,
    )
    const loading = new AbortController()
    void refused.line.then(() => {
      loading.abort()
    })
    try {
      for (let pause = FIRST_PAUSE_MS; !loading.signal.aborted; pause *= 2) {
        const ready = this.#feed.wait((part) => part.part === 'ready', pause)
        try {
          await this.#docker.signal(this.#facts.container, 'SIGUSR2')
          await Promise.race([ready.line, refused.line])
        } finally {
          ready.cancel()
        }
        if (await this.#isInForce(mark, pause, loading.signal)) return
      }
    } finally {
      refused.cancel()
    }
    throw refusal(await refused.line)
  }

  /** Asks the fence for the mark until it is there, for so long. */
  async #isInForce(mark: string, limitMs: number, over: AbortSignal): Promise<boolean> {
    for (const limit = performance.now() + limitMs; performance.now() < limit && !over.aborted;) {
      const answer = await this.#askFence(this.#nextNumber()).catch(() => '')
      if (answer.endsWith(mark)) return true
      await sleep(PROBE_PAUSE_MS)
    }
    return false
  }

  #askFence(connection: number): Promise<string> {
    const to = { port: this.#facts.port, connection, slot: FENCE_SLOT }
    return exchange(to, Buffer.from('GET / HTTP/1.0\r\n\r\n'), TERMINATOR_MS)
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
      await this.#askFence(number)
    } catch (error) {
      line.cancel()
      throw error
    }
    if ((await line.line) === 'late') throw new Error(this.#feed.silence)
  }
}

function refusal(part: LogPart | 'late'): Error {
  if (part === 'late' || part.part !== 'fault') {
    return new Error(`a new configuration was not in force within ${LOAD_MS / 1000} s`)
  }
  return new HarnessError('ERR_ENGINE_FAULT', part.detail, {
    hint: 'The setup of this scenario makes a configuration that HAProxy refuses.',
  })
}
