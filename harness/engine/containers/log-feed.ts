import type { LogPart } from '../../observation/readers/log-part.ts'
import { printable } from '../../observation/printable.ts'
import type { Docker, FollowedLog } from './docker.ts'

/** One line of a terminator, read. */
export interface ReadLine {
  readonly part: LogPart
  /** When the Docker engine took the line, in milliseconds since 1970. */
  readonly at: number
}

/** Lines of the terminator's own words that are kept for error messages. */
const KEPT_WORDS = 5

/** Follows a terminator's log for as long as the engine lives, and lets others wait for what it says. */
export class LogFeed implements Disposable {
  /** Settles when the log says nothing more, with the reason. Never rejects. */
  readonly ended: Promise<string>
  #state: 'followed' | { readonly ended: string } = 'followed'
  readonly #followed: FollowedLog
  readonly #readers: Set<(line: ReadLine) => void>

  private constructor(followed: FollowedLog, readers: Set<(line: ReadLine) => void>) {
    this.#followed = followed
    this.#readers = readers
    this.ended = followed.ended
    void followed.ended.then((ended) => {
      this.#state = { ended }
    })
  }

  /** Why there is no line that there should be. */
  get silence(): string {
    return this.#state === 'followed' ? 'it wrote no line for a request of ours' : this.#state.ended
  }

  /**
   * Begins to follow.
   *
   * @param read what a line means
   * @param each told of every line, before anyone who waits
   * @throws HarnessError `ERR_ENGINE_FAULT` when the Docker engine does not send the log
   */
  static async start(
    docker: Docker,
    container: string,
    read: (line: string) => LogPart,
    each: (line: ReadLine) => void,
  ): Promise<LogFeed> {
    const readers = new Set([each])
    const followed = await docker.follow(container, ({ text, at }) => {
      const line = { part: read(text), at }
      for (const reader of [...readers]) reader(line)
    })
    return new LogFeed(followed, readers)
  }

  /** Waits for a line, at most `limitMs`. `late` = it did not come, or the log has ended. */
  wait(isIt: (part: LogPart) => boolean, limitMs: number): PendingLine {
    let settle: (outcome: LogPart | 'late') => void = () => undefined
    const line = new Promise<LogPart | 'late'>((resolve) => {
      settle = resolve
    })
    const reader = ({ part }: ReadLine) => {
      if (isIt(part)) settle(part)
    }
    this.#readers.add(reader)
    const timer = setTimeout(() => {
      settle('late')
    }, limitMs)
    void this.ended.then(() => {
      settle('late')
    })
    const done = line.finally(() => {
      clearTimeout(timer)
      this.#readers.delete(reader)
    })
    return {
      line: done,
      cancel() {
        settle('late')
      },
    }
  }

  [Symbol.dispose](): void {
    this.#followed[Symbol.dispose]()
  }
}

/** A line that is waited for. */
export interface PendingLine {
  readonly line: Promise<LogPart | 'late'>
  /** Waits no longer. */
  cancel(): void
}

/**
 * The last lines that are worth a person's time, for an error message: the terminator's own words and
 * not its records of requests, which can hold what a dispatcher sent.
 */
export function lastWords(lines: readonly string[]): readonly string[] {
  return lines
    .filter((line) => line !== '' && !line.startsWith('{'))
    .slice(-KEPT_WORDS)
    .map((line) => printable(line, 200))
}
