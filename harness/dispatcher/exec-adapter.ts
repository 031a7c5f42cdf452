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
import type { ExecDescription } from './description.ts'
import { unsupportedByExec } from './exec-features.ts'
import { replyOf } from './exec-reply.ts'
import type { RunEnding } from './exec-run.ts'
import { runOnce, writePrivateFiles } from './exec-run.ts'
import { Lanes } from './lanes.ts'
import type { Hello, TargetConfig, WebhookEvent } from './messages.ts'
import { DROPPABLE } from './messages.ts'
import type { Outcome } from './outcome.ts'
import { answered, faulted } from './outcome.ts'
import { describeEnding } from './process-group.ts'
import type { Redactor } from './redactor.ts'
import { fillTemplate, placeholdersOf, type Values } from './template.ts'

/** What an {@link ExecAdapter} is made of. */
export interface ExecAdapterParts {
  readonly description: ExecDescription
  readonly hello: Hello
  readonly env: Readonly<Record<string, string>>
  readonly redactor: Redactor
  readonly deadlines: Deadlines
}

/** A program that is run once a delivery. It has no state: configurations are kept here. */
export class ExecAdapter implements StartedAdapter {
  readonly carrier = 'exec'
  readonly hello: Hello
  readonly #parts: ExecAdapterParts
  readonly #targets = new Map<string, TargetConfig>()
  readonly #lanes: Lanes
  readonly #closing = new AbortController()
  readonly #running = new Set<Promise<unknown>>()

  constructor(parts: ExecAdapterParts) {
    this.#parts = parts
    this.hello = parts.hello
    this.#lanes = new Lanes(parts.hello.limits.maxParallel)
  }

  configure(target: string, config: TargetConfig): Promise<ConfigureOutcome> {
    this.#parts.redactor.learn(config)
    const unsupported = unsupportedByExec(config, placeholdersOf(this.#parts.description.command))
    // Replaced or not, the former configuration is no longer in force.
    this.#targets.delete(target)
    if (unsupported.length > 0) {
      return Promise.resolve(answered({ result: 'unsupported', unsupported }))
    }
    const given = valuesOf(config, 'application/json', (name) => name)
    const filled = fillTemplate(this.#parts.description.command, given)
    if ('missing' in filled) {
      const detail = `exec.command always needs {${filled.missing}}, and this target has none: put it into a group, as in [--option, "{${filled.missing}}"]`
      return Promise.resolve(faulted('errored', detail))
    }
    this.#targets.set(target, config)
    return Promise.resolve(answered({ result: 'accepted' }))
  }

  async deliver(target: string, event: WebhookEvent, deadlineMs: number): Promise<DeliverOutcome> {
    const delivery = this.#lanes.run(() => this.#deliver(target, event, deadlineMs))
    this.#running.add(delivery)
    try {
      return await delivery
    } finally {
      this.#running.delete(delivery)
    }
  }

  reset(): Promise<ResetOutcome> {
    // Every delivery has a process of its own, so nothing survives that could be dropped.
    return Promise.resolve(answered({ dropped: DROPPABLE }))
  }

  inspect(): Promise<InspectOutcome> {
    return Promise.resolve({ outcome: 'unsupported', stderr: '' })
  }

  enroll(): Promise<EnrollOutcome> {
    return Promise.resolve({ outcome: 'unsupported', stderr: '' })
  }

  forget(target: string): void {
    this.#targets.delete(target)
  }

  greet(): Promise<Outcome<Hello>> {
    return Promise.resolve(answered(this.hello))
  }

  probe(): Promise<ProbeOutcome> {
    return Promise.resolve({ outcome: 'unsupported', stderr: '' })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort()
    await Promise.all(this.#running)
  }

  async #deliver(target: string, event: WebhookEvent, deadlineMs: number): Promise<DeliverOutcome> {
    const config = this.#targets.get(target)
    if (this.#closing.signal.aborted) return faulted('gone', 'the harness stopped the adapter')
    if (config === undefined) return faulted('errored', 'the target was not configured')
    try {
      await using files = await writePrivateFiles({
        ca: config.trust_anchors_pem ?? null,
        crls: config.crls_pem ?? null,
        ...certificateFiles(config),
        body: Buffer.from(event.body_b64, 'base64'),
      })
      const values = valuesOf(config, event.content_type, (name) => files.paths.get(name) ?? null)
      const filled = fillTemplate(this.#parts.description.command, values)
      if ('missing' in filled) return faulted('errored', `{${filled.missing}} has no value`)
      const limit = deadlineMs + this.#parts.deadlines.deliverGrace
      const { env, description } = this.#parts
      const ending = await runOnce(filled.command, {
        cwd: description.folder,
        env: { ...env, ...description.env },
        deadlineMs: limit,
        signal: this.#closing.signal,
      })
      return this.#outcomeOf(ending, limit)
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      return faulted('errored', this.#parts.redactor.clean(`the files of a delivery: ${why}`))
    }
  }

  #outcomeOf(run: RunEnding, limitMs: number): DeliverOutcome {
    const { description, redactor } = this.#parts
    const { name, reasons } = description
    if (run.run === 'not-started') {
      return faulted('gone', redactor.clean(`${name} did not start: ${run.error.message}`))
    }
    const stderr = redactor.cleanLines(run.stderr.text())
    if (run.run === 'too-late') {
      return faulted('timeout', `${name} did not end within ${limitMs} ms`, stderr)
    }
    const { status } = run.ending
    if (this.#closing.signal.aborted || status === null) {
      return faulted('gone', `${name} ${describeEnding(run.ending)}`, stderr)
    }
    const reply = replyOf(status, run.stderr.text(), reasons, (text) => redactor.clean(text))
    return answered(reply, stderr)
  }
}

function certificateFiles(config: TargetConfig): Record<'cert' | 'key', string | null> {
  const certificate = config.client_certificate
  if (certificate?.format !== 'pem') return { cert: null, key: null }
  return { cert: certificate.chain_pem, key: certificate.key_pem ?? null }
}

/** What stands for each placeholder; `fileOf` is asked only for files that this target has. */
function valuesOf(
  config: TargetConfig,
  contentType: string,
  fileOf: (name: 'ca' | 'cert' | 'crls' | 'key' | 'body') => string | null,
): Values {
  const { cert, key } = certificateFiles(config)
  return {
    url: config.url,
    ca: config.trust_anchors_pem === undefined ? null : fileOf('ca'),
    crls: config.crls_pem === undefined ? null : fileOf('crls'),
    cert: cert === null ? null : fileOf('cert'),
    key: key === null ? null : fileOf('key'),
    body: fileOf('body'),
    content_type: contentType,
    timeout_s: config.timeout_ms === undefined ? null : String(config.timeout_ms / 1000),
  }
}
