import type { KeyAlgorithm } from '../scenario/certificate.ts'
import type {
  ConfigureOutcome,
  DeliverOutcome,
  EnrollOutcome,
  InspectOutcome,
  ProbeOutcome,
  ResetOutcome,
  StartedAdapter,
} from './adapter.ts'
import type { Deadlines } from './deadlines.ts'
import { greet } from './greet.ts'
import { Lanes } from './lanes.ts'
import type {
  ConfigureReply,
  EnrollCapability,
  Hello,
  TargetConfig,
  WebhookEvent,
} from './messages.ts'
import type { Faulted, Outcome, Told } from './outcome.ts'
import { faulted } from './outcome.ts'
import type { Redactor } from './redactor.ts'
import type { RestartBudget } from './restart-budget.ts'
import type { Connect, Session } from './session.ts'

/** What a {@link MessageAdapter} is made of. */
export interface MessageAdapterParts {
  readonly carrier: 'stdio' | 'http'
  readonly session: Session
  readonly hello: Hello
  readonly connect: Connect
  readonly redactor: Redactor
  readonly restarts: RestartBudget
  readonly deadlines: Deadlines
}

/** How a target was last configured, and what the dispatcher made of it. */
interface Configured {
  readonly config: TargetConfig
  readonly result: ConfigureReply['result']
}

/**
 * An adapter that speaks the protocol's messages, whatever carries them. When its session breaks,
 * the next request starts another, within the budget, and configures the targets again.
 */
export class MessageAdapter implements StartedAdapter {
  readonly carrier: 'stdio' | 'http'
  readonly hello: Hello
  readonly #parts: MessageAdapterParts
  readonly #lanes: Lanes
  readonly #targets = new Map<string, Configured>()
  #session: Session
  #recovery: Promise<Session | Faulted> | null = null
  #givenUp: string | null = null
  /** Given away by replies that nobody waits for, those after a restart. The next outcome has it. */
  #toldMeanwhile: readonly Told[] = []
  #lastFault = 'it ended'

  constructor(parts: MessageAdapterParts) {
    this.carrier = parts.carrier
    this.hello = parts.hello
    this.#parts = parts
    this.#session = parts.session
    this.#lanes = new Lanes(parts.hello.limits.maxParallel)
  }

  async configure(target: string, config: TargetConfig): Promise<ConfigureOutcome> {
    this.#parts.redactor.learn(config)
    const outcome = await this.#ask((session) => this.#configure(session, target, config))
    // Without an answer nobody knows what the target has now; it may be what broke the adapter.
    if (outcome.outcome === 'ok')
      this.#targets.set(target, { config, result: outcome.reply.result })
    else this.#targets.delete(target)
    return outcome
  }

  deliver(target: string, event: WebhookEvent, deadlineMs: number): Promise<DeliverOutcome> {
    const request = { cmd: 'deliver', target, deadline_ms: deadlineMs, event } as const
    const limit = deadlineMs + this.#parts.deadlines.deliverGrace
    return this.#ask((session) => session.exchange(request, limit))
  }

  reset(): Promise<ResetOutcome> {
    return this.#ask((session) => session.exchange({ cmd: 'reset' }, this.#parts.deadlines.reset))
  }

  inspect(target: string): Promise<InspectOutcome> {
    const limit = this.#parts.deadlines.inspect
    return this.#ask((session) => session.exchange({ cmd: 'inspect', target }, limit))
  }

  enroll(algorithm: KeyAlgorithm, capability: EnrollCapability): Promise<EnrollOutcome> {
    const declared = this.hello.capabilities.filter((one) => one.startsWith('enrollment.'))
    const request = {
      cmd: 'enroll',
      key_algorithm: algorithm,
      // The field came later: nobody has to know it who can do but one of the two.
      ...(declared.length > 1 ? { capability } : {}),
    } as const
    return this.#ask((session) => session.exchange(request, this.#parts.deadlines.enroll))
  }

  forget(target: string): void {
    this.#targets.delete(target)
  }

  greet(): Promise<Outcome<Hello>> {
    return this.#ask((session) => greet(session, this.#parts.deadlines))
  }

  probe(cmd: string): Promise<ProbeOutcome> {
    return this.#ask((session) => session.probe(cmd, this.#parts.deadlines.reset))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#givenUp ??= 'the harness stopped the adapter'
    await this.#recovery
    if (this.#session.state === 'open') {
      await this.#session.exchange({ cmd: 'bye' }, this.#parts.deadlines.bye)
    }
    await this.#session.close()
  }

  #configure(session: Session, target: string, config: TargetConfig): Promise<ConfigureOutcome> {
    const request = { cmd: 'configure', target, config } as const
    return session.exchange(request, this.#parts.deadlines.configure)
  }

  #ask<R>(request: (session: Session) => Promise<Outcome<R>>): Promise<Outcome<R>> {
    return this.#lanes.run(async () => {
      const session = await this.#ready()
      if ('outcome' in session) return this.#withMeanwhile(session)
      const outcome = this.#withMeanwhile(await request(session))
      if (outcome.outcome === 'fault' && session.state === 'broken')
        this.#lastFault = outcome.detail
      return outcome
    })
  }

  #withMeanwhile<R>(outcome: Outcome<R>): Outcome<R> {
    if (outcome.outcome === 'unsupported' || this.#toldMeanwhile.length === 0) return outcome
    const told = [...this.#toldMeanwhile, ...outcome.told]
    this.#toldMeanwhile = []
    return { ...outcome, told }
  }

  async #ready(): Promise<Session | Faulted> {
    if (this.#givenUp !== null) return faulted('gone', this.#givenUp)
    if (this.#session.state === 'open') return this.#session
    this.#recovery ??= this.#recover().finally(() => {
      this.#recovery = null
    })
    return this.#recovery
  }

  async #recover(): Promise<Session | Faulted> {
    await this.#session.close()
    if (this.#parts.restarts.take() === 'exhausted') {
      this.#givenUp = `the adapter was given up: this run's restarts are used up; before that ${this.#lastFault}`
      return faulted('gone', this.#givenUp)
    }
    let session: Session
    try {
      session = await this.#parts.connect()
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      return faulted('gone', this.#parts.redactor.clean(`the adapter did not start again: ${why}`))
    }
    this.#session = session
    const hello = await greet(session, this.#parts.deadlines)
    const broken = problemAfterRestart(hello) ?? (await this.#configureAgain(session))
    if (broken === null) return session
    await session.close()
    this.#lastFault = broken.detail
    return broken
  }

  async #configureAgain(session: Session): Promise<Faulted | null> {
    for (const [target, { config, result }] of [...this.#targets]) {
      const outcome = await this.#configure(session, target, config)
      if (outcome.outcome === 'ok') {
        this.#toldMeanwhile = [...this.#toldMeanwhile, ...outcome.told]
        if (outcome.reply.result === result) continue
      }
      // One target that cannot be had again must not cost the run every restart it has.
      this.#targets.delete(target)
      if (outcome.outcome === 'fault') return outcome
      const now = outcome.outcome === 'ok' ? outcome.reply.result : outcome.outcome
      return faulted('errored', `after a restart a target that was ${result} is ${now}`)
    }
    return null
  }
}

function problemAfterRestart(hello: Outcome<Hello>): Faulted | null {
  switch (hello.outcome) {
    case 'ok':
      return null
    case 'fault':
      return hello
    case 'unsupported':
      return faulted('protocol', 'the adapter calls hello unsupported', hello.stderr)
  }
}
