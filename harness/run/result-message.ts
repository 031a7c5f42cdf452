import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs'
import { HarnessError } from '../errors.ts'
import type { Report, ScenarioResult } from '../report/model.ts'
import type { KnownFailingEntry } from '../scenario/known-failing.ts'
import { ENGINES, PROFILES, type EngineName, type Profile } from '../scenario/vocabulary.ts'

/** Which part of a run this is, counted from 1. */
export interface Shard {
  readonly current: number
  readonly total: number
}

/**
 * What a worker knows about its run. It goes with each result, since where the reports of shards are
 * merged there may be nothing else: no configuration, no dispatcher, no engine.
 */
export interface WorkerFacts {
  readonly suite: Pick<Report['suite'], 'version' | 'corpus'>
  readonly dispatcher: Report['dispatcher']
  readonly engine: EngineName
  readonly versions: Readonly<Record<string, string>>
  readonly profiles: readonly Profile[]
  /** Scenario folders beside the suite's, relative to the working directory, with `/`. */
  readonly ownScenarios: readonly string[]
  /** What stands before the command that runs a scenario again, see `reproduceEnvironment`. */
  readonly reproduce: string
  /** Null for a run that is not sharded. */
  readonly shard: Shard | null
}

/** What a worker tells the reporter with each result. */
export interface ResultMessage extends WorkerFacts {
  readonly result: ScenarioResult
  /** What the list of known failures says of the scenario, whatever became of it; null = nothing. */
  readonly entry: KnownFailingEntry | null
}

/** Name of the attachment that carries a {@link ResultMessage}. */
export const RESULT_ATTACHMENT = 'hookproof.result'

/** An attachment as Playwright hands it to a reporter; a merged one may be a file. */
export interface Attachment {
  readonly name: string
  readonly body?: Buffer
  readonly path?: string
}

/** Most bytes of one message: the ledger of a scenario is bounded, and far smaller. */
const MOST_BYTES = 64 * 1024 * 1024

/**
 * The message among a test's attachments; null where there is none, as in tests of a vendor's own.
 *
 * @throws HarnessError `ERR_REPORT_INVALID` for one that no worker of this version sends
 */
export function messageAmong(attachments: readonly Attachment[]): ResultMessage | null {
  const attachment = attachments.find(({ name }) => name === RESULT_ATTACHMENT)
  if (attachment === undefined) return null
  return parseResultMessage(parsed(bytesOf(attachment)))
}

function bytesOf({ body, path }: Attachment): Buffer {
  if (body !== undefined) {
    if (body.length > MOST_BYTES) throw invalid(`it has ${body.length} bytes`)
    return body
  }
  if (path === undefined) throw invalid('it has neither a body nor a file')
  return fileOf(path)
}

function fileOf(path: string): Buffer {
  let file: number
  try {
    file = openSync(path, 'r')
  } catch (cause) {
    throw invalid(`its file ${path} cannot be read`, cause)
  }
  try {
    const { size } = fstatSync(file)
    if (size > MOST_BYTES) throw invalid(`its file ${path} has ${size} bytes`)
    return readFileSync(file)
  } finally {
    closeSync(file)
  }
}

function parsed(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'))
  } catch (cause) {
    throw invalid('it is not JSON', cause)
  }
}

function invalid(why: string, cause?: unknown): HarnessError {
  return new HarnessError('ERR_REPORT_INVALID', `A scenario's result cannot be read: ${why}.`, {
    hint: 'Run the shards and merge their reports with the same version of hookproof.',
    cause,
  })
}

/**
 * Reads a message. Of the result in it only the scenario's id is looked at here: the schema of the report
 * that it ends in has the rest.
 *
 * @throws HarnessError `ERR_REPORT_INVALID` naming the field
 */
export function parseResultMessage(value: unknown): ResultMessage {
  const message = fields(value, 'the message')
  const suite = fields(message['suite'], 'suite')
  const dispatcher = fields(message['dispatcher'], 'dispatcher')
  const result = fields(message['result'], 'result')
  text(result['scenario'], 'result/scenario')
  return {
    suite: {
      version: text(suite['version'], 'suite/version'),
      corpus: text(suite['corpus'], 'suite/corpus'),
    },
    dispatcher: {
      name: text(dispatcher['name'], 'dispatcher/name'),
      version: text(dispatcher['version'], 'dispatcher/version'),
      capabilities: list(dispatcher['capabilities'], 'dispatcher/capabilities', text),
      carrier: word(dispatcher['carrier'], 'dispatcher/carrier', ['stdio', 'http', 'exec']),
    },
    engine: word(message['engine'], 'engine', ENGINES),
    versions: texts(message['versions']),
    profiles: list(message['profiles'], 'profiles', (one, field) => word(one, field, PROFILES)),
    ownScenarios: list(message['ownScenarios'], 'ownScenarios', text),
    reproduce: text(message['reproduce'], 'reproduce'),
    shard: shardIn(message['shard']),
    entry: entryIn(message['entry']),
    result: result as unknown as ScenarioResult,
  }
}

type Fields = Readonly<Record<string, unknown>>

function fields(value: unknown, field: string): Fields {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Fields
  throw invalid(`${field} is no object`)
}

function text(value: unknown, field: string): string {
  if (typeof value === 'string') return value
  throw invalid(`${field} is no string`)
}

function word<Word extends string>(value: unknown, field: string, words: readonly Word[]): Word {
  const found = words.find((one) => one === value)
  if (found !== undefined) return found
  throw invalid(`${field} is none of ${words.join(', ')}`)
}

function list<Item>(
  value: unknown,
  field: string,
  item: (one: unknown, field: string) => Item,
): readonly Item[] {
  if (!Array.isArray(value)) throw invalid(`${field} is no list`)
  return value.map((one, index) => item(one, `${field}/${index}`))
}

function texts(value: unknown): Readonly<Record<string, string>> {
  const all = Object.entries(fields(value, 'versions'))
  return Object.fromEntries(all.map(([name, one]) => [name, text(one, `versions/${name}`)]))
}

function shardIn(value: unknown): Shard | null {
  if (value === null) return null
  const shard = fields(value, 'shard')
  const total = counted(shard['total'], 'shard/total')
  return { current: counted(shard['current'], 'shard/current'), total }
}

function entryIn(value: unknown): KnownFailingEntry | null {
  if (value === null) return null
  const entry = fields(value, 'entry')
  return {
    scenario: text(entry['scenario'], 'entry/scenario'),
    reason: text(entry['reason'], 'entry/reason'),
    link: text(entry['link'], 'entry/link'),
    file: text(entry['file'], 'entry/file'),
    line: natural(entry['line'], 'entry/line'),
  }
}

function natural(value: unknown, field: string): number {
  if (Number.isSafeInteger(value) && Number(value) >= 1) return Number(value)
  throw invalid(`${field} is no number from 1`)
}

function counted(value: unknown, field: string): number {
  // More machines than that nobody has; a list of the missing ones must stay short.
  if (Number.isInteger(value) && Number(value) >= 1 && Number(value) <= 1000) return Number(value)
  throw invalid(`${field} is no number from 1 to 1000`)
}
