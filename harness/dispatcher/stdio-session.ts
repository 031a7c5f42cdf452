import { LineReader } from './line-reader.ts'
import type { Command, Replies, RequestOf } from './messages.ts'
import type { AdapterFault, Outcome } from './outcome.ts'
import { faulted } from './outcome.ts'
import type { Parsed } from './parse-message.ts'
import { idOf, parseReply } from './parse-message.ts'
import { outcomeOf, parseProbe } from './parsed-outcome.ts'
import type { StartedProcess } from './process-group.ts'
import { describeEnding, withTimeout } from './process-group.ts'
import type { Redactor } from './redactor.ts'
import type { Session } from './session.ts'
import { decode, encode } from './session.ts'
import { Tail } from './tail.ts'

/** How long a process may take to end by itself once its input has ended. */
const HANG_UP_MS = 500

/** A request that waits for its reply. */
interface Pending {
  readonly cmd: string
  readonly stderr: Tail
  /** Ends the request with this message, or says why the message is no reply to it. */
  settle(message: unknown): { readonly problem: string } | null
  fail(fault: AdapterFault, detail: string): void
}

/** One child process that speaks the protocol over its standard streams. */
export class StdioSession implements Session {
  readonly #process: StartedProcess
  readonly #redactor: Redactor
  readonly #reader = new LineReader()
  readonly #stderr = new Tail()
  readonly #pending = new Map<number, Pending>()
  #lastId = 0
  #broken: string | null = null
  #stopped: Promise<void> | null = null

  constructor(started: StartedProcess, redactor: Redactor) {
    this.#process = started
    this.#redactor = redactor
    started.stdout.on('data', (chunk: Buffer) => {
      this.#read(chunk)
    })
    started.stderr.on('data', (chunk: Buffer) => {
      this.#stderr.append(chunk)
      for (const { stderr } of this.#pending.values()) stderr.append(chunk)
    })
    started.stdout.once('end', () => {
      // An exit closes it too, and says more; an adapter that lives on without it cannot answer.
      setTimeout(() => {
        this.#break('gone', 'the adapter closed its standard output')
      }, 100).unref()
    })
    void started.ended.then((ending) => {
      this.#break('gone', `the adapter ${describeEnding(ending)}${this.#lastWords()}`)
    })
  }

  get state(): 'open' | 'broken' {
    return this.#broken === null ? 'open' : 'broken'
  }

  exchange<C extends Command>(
    request: RequestOf<C>,
    deadlineMs: number,
  ): Promise<Outcome<Replies[C]>> {
    const cmd: C = request.cmd
    const id = ++this.#lastId
    const encoded = encode({ ...request, id })
    if ('problem' in encoded) {
      return Promise.resolve(faulted('protocol', this.#redactor.clean(encoded.problem)))
    }
    return this.#send(id, cmd, encoded.line, deadlineMs, (message) =>
      parseReply(cmd, message, (text) => this.#redactor.clean(text)),
    )
  }

  probe(cmd: string, deadlineMs: number): Promise<Outcome<'answered'>> {
    const id = ++this.#lastId
    return this.#send(id, cmd, JSON.stringify({ id, cmd }), deadlineMs, (message) =>
      parseProbe(parseReply('bye', message, (text) => this.#redactor.clean(text))),
    )
  }

  async close(): Promise<void> {
    if (this.#broken === null) {
      // The end of its input is the polite way to tell a process to end.
      this.#process.stdin.end()
      await withTimeout(this.#process.ended, HANG_UP_MS)
    }
    this.#break('gone', 'the harness stopped the adapter')
    await this.#stopped
  }

  #send<R>(
    id: number,
    cmd: string,
    line: string,
    deadlineMs: number,
    parse: (message: unknown) => Parsed<R>,
  ): Promise<Outcome<R>> {
    if (this.#broken !== null) return Promise.resolve(faulted('gone', this.#broken))
    return new Promise((resolve) => {
      const stderr = new Tail()
      const finish = (outcome: (stderr: string) => Outcome<R>): void => {
        clearTimeout(timer)
        this.#pending.delete(id)
        resolve(outcome(this.#redactor.cleanLines(stderr.text())))
      }
      const timer = setTimeout(() => {
        const detail = `the adapter did not answer ${cmd} within ${deadlineMs} ms`
        finish((text) => faulted('timeout', detail, text))
        this.#break('gone', `${detail}, so it was stopped`)
      }, deadlineMs)
      this.#pending.set(id, {
        cmd,
        stderr,
        settle: (message) => {
          const parsed = parse(message)
          if (parsed.result === 'invalid') return { problem: parsed.problem }
          const told = this.#redactor.toldIn(message)
          finish((text) => outcomeOf(parsed, text, told))
          return null
        },
        fail: (fault, detail) => {
          finish((text) => faulted(fault, detail, text))
        },
      })
      this.#process.stdin.write(`${line}\n`)
    })
  }

  #read(chunk: Buffer): void {
    if (this.#broken !== null) return
    const { lines, rest } = this.#reader.push(chunk)
    for (const line of lines) {
      this.#receive(line)
      if (this.state === 'broken') return
    }
    if (rest === 'too-long') {
      this.#refuse(
        'the adapter wrote more than 1 MiB without a line end',
        this.#reader.unfinished(),
      )
    }
  }

  #receive(line: Buffer): void {
    const decoded = decode(line)
    if ('problem' in decoded) {
      this.#refuse(`a line on the adapter's standard output ${decoded.problem}`, line)
      return
    }
    const found = idOf(decoded.message)
    if ('problem' in found) {
      this.#refuse(`a reply is invalid: ${found.problem}`, line)
      return
    }
    const pending = this.#pending.get(found.id)
    if (pending === undefined) {
      const which = found.id >= 1 && found.id <= this.#lastId ? 'answered before' : 'never sent'
      this.#refuse(`a reply has the id ${found.id} of a request that was ${which}`, line)
      return
    }
    const refused = pending.settle(decoded.message)
    if (refused !== null) {
      this.#refuse(`the reply to ${pending.cmd} is invalid: ${refused.problem}`, line)
    }
  }

  #refuse(problem: string, line: Buffer): void {
    const quoted = this.#redactor.clean(line.toString('utf8'))
    this.#break('protocol', `${this.#redactor.clean(problem)}: ${quoted}`)
  }

  /** The first fault decides; every request in flight ends with it and the process is stopped. */
  #break(fault: AdapterFault, detail: string): void {
    if (this.#broken !== null) return
    this.#broken = detail
    for (const pending of [...this.#pending.values()]) pending.fail(fault, detail)
    this.#stopped = this.#process.stop()
  }

  #lastWords(): string {
    const unfinished = this.#reader.unfinished().toString('utf8')
    const last = this.#stderr.lastLines(3).join('\n')
    return (
      (unfinished === '' ? '' : ` in the middle of the line: ${this.#redactor.clean(unfinished)}`) +
      (last === '' ? '' : `; its standard error ended with: ${this.#redactor.clean(last)}`)
    )
  }
}
