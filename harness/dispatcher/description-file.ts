import { readFileSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { isNode, LineCounter, parseDocument } from 'yaml'
import { HarnessError } from '../errors.ts'
import { CORE_CAPABILITIES } from '../scenario/vocabulary.ts'
import type { Capability, Disposition, Reason, Stage } from '../scenario/vocabulary.ts'
import type { DispatcherDescription, ReasonRule, TemplatePart } from './description.ts'
import { dispositionOf, stageOf } from './reason-defaults.ts'
import { schemaFile } from './schema.ts'
import { placeholdersOf, templateProblem } from './template.ts'
import { splitWords } from './words.ts'

/** What description.schema.json has let through. */
type FileContent =
  | { readonly carrier: 'stdio'; readonly command: Words; readonly env?: Env }
  | { readonly carrier: 'http'; readonly url: string }
  | {
      readonly carrier: 'exec'
      readonly env?: Env
      readonly reasons?: FileReasons
      readonly exec: {
        readonly command: string | readonly TemplatePart[]
        readonly name: string
        readonly version?: string
        readonly 'version-command'?: Words
        readonly capabilities?: readonly Capability[]
        readonly payload?: 'verbatim' | 'wrapped'
        readonly reasons?: FileReasons
      }
    }
type Words = string | readonly string[]
type Env = Readonly<Record<string, string>>
type FileReasons = Readonly<Record<string, FileRule | readonly FileRule[]>>
interface FileRule {
  readonly reason: Reason
  readonly stage?: Stage
  readonly disposition?: Exclude<Disposition, 'delivered'>
  readonly stderr?: string
}

const MAX_FILE_BYTES = 1024 * 1024
const CARRIERS = ['stdio', 'http', 'exec']
const definition = schemaFile('description.schema.json', 'all-problems')

/** Says where in the file something is wrong. */
type Refuse = (path: readonly (string | number)[], sentence: string, hint?: string) => HarnessError

/**
 * Reads a description file: YAML, of which JSON is a part.
 *
 * @throws HarnessError ERR_DISPATCHER_INVALID, with file, line, path and what is allowed
 */
export function readDescription(file: string): DispatcherDescription {
  const lines = new LineCounter()
  const document = parseDocument(readText(file), { lineCounter: lines })
  const refuse: Refuse = (path, sentence, hint) => {
    const node = document.getIn(path, true)
    const start = isNode(node) ? node.range?.[0] : undefined
    const line = start === undefined ? '' : `:${lines.linePos(start).line}`
    return invalid(`${file}${line}: ${sentence}`, hint)
  }
  const [broken] = document.errors
  if (broken !== undefined) {
    const line = broken.linePos?.[0].line ?? 1
    throw invalid(`${file}:${line}: not YAML: ${broken.message.split('\n')[0] ?? ''}`)
  }
  return describe(checked(toValue(document, file), refuse), dirname(file), refuse)
}

function toValue(document: { toJS(): unknown }, file: string): unknown {
  try {
    return document.toJS()
  } catch (error) {
    // Aliases that multiply without end are refused by the parser.
    throw invalid(`${file}: ${error instanceof Error ? error.message : String(error)}`)
  }
}

function readText(file: string): string {
  try {
    if (statSync(file).size > MAX_FILE_BYTES) throw new Error('it is larger than 1 MiB')
    return readFileSync(file, 'utf8')
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new HarnessError(
      'ERR_DISPATCHER_INVALID',
      `The dispatcher's description ${file} cannot be read: ${why}`,
      {
        hint: 'Check the path; it is relative to the folder where hookproof is started.',
        cause: error,
      },
    )
  }
}

function checked(value: unknown, refuse: Refuse): FileContent {
  const carrier: unknown =
    typeof value === 'object' && value !== null && 'carrier' in value ? value.carrier : undefined
  if (typeof carrier !== 'string' || !CARRIERS.includes(carrier)) {
    const shown = carrier === undefined ? 'is missing' : `is ${JSON.stringify(carrier)}`
    throw refuse(['carrier'], `carrier ${shown}; allowed: ${CARRIERS.join(', ')}`)
  }
  const problems = definition(carrier).problemsIn(value)
  // ajv reports the branch of an `if` beside what is wrong in it.
  const [first, ...others] = problems.filter(({ sentence }) => !sentence.includes('must match "'))
  if (first === undefined) return value as FileContent
  const rest = others.map(({ sentence }) => `; ${sentence}`).join('')
  throw refuse(nearest(first.path, value), first.sentence + rest)
}

/** The longest part of a path that exists, since a missing field has no line. */
function nearest(path: readonly (string | number)[], value: unknown): readonly (string | number)[] {
  const found: (string | number)[] = []
  let here = value
  for (const key of path) {
    if (typeof here !== 'object' || here === null || !(key in here)) break
    found.push(key)
    here = (here as Readonly<Record<string | number, unknown>>)[key]
  }
  return found
}

function describe(content: FileContent, folder: string, refuse: Refuse): DispatcherDescription {
  switch (content.carrier) {
    case 'stdio': {
      const command = wordsOf(content.command, ['command'], refuse)
      return { carrier: 'stdio', command, env: content.env ?? {}, folder }
    }
    case 'http':
      return { carrier: 'http', url: content.url }
    case 'exec':
      return describeExec(content, folder, refuse)
  }
}

function describeExec(
  content: Extract<FileContent, { carrier: 'exec' }>,
  folder: string,
  refuse: Refuse,
): DispatcherDescription {
  const { exec } = content
  const path = ['exec', 'command']
  const command =
    typeof exec.command === 'string' ? wordsOf(exec.command, path, refuse) : exec.command
  const problem = templateProblem(command)
  if (problem !== null) throw refuse(path, `exec.command ${problem.sentence}`, problem.hint)
  if (exec.capabilities?.includes('trust.crl') === true && !placeholdersOf(command).has('crls')) {
    throw refuse(
      ['exec', 'capabilities'],
      'exec.capabilities has "trust.crl", and exec.command never uses {crls}',
      'Put the file of CRLs into a group, as in [--crlfile, "{crls}"], or leave the capability out.',
    )
  }
  if (content.reasons !== undefined && exec.reasons !== undefined) {
    throw refuse(['reasons'], 'reasons is given twice, at the top level and in exec')
  }
  return {
    carrier: 'exec',
    command,
    name: exec.name,
    version: versionOf(exec, refuse),
    capabilities: exec.capabilities ?? CORE_CAPABILITIES,
    payload: exec.payload ?? 'verbatim',
    reasons: rulesOf(content.reasons ?? exec.reasons ?? {}),
    env: content.env ?? {},
    folder,
  }
}

function versionOf(
  exec: { readonly version?: string; readonly 'version-command'?: Words },
  refuse: Refuse,
): { readonly text: string } | { readonly command: readonly string[] } {
  const command = exec['version-command']
  if (exec.version !== undefined && command === undefined) return { text: exec.version }
  if (exec.version === undefined && command !== undefined) {
    return { command: wordsOf(command, ['exec', 'version-command'], refuse) }
  }
  const given = command === undefined ? 'neither' : 'both'
  throw refuse(['exec'], `exec has ${given} of version and version-command; one of them is needed`)
}

function wordsOf(words: Words, path: readonly string[], refuse: Refuse): readonly string[] {
  if (typeof words !== 'string') return words
  const split = splitWords(words)
  if ('problem' in split) throw refuse(path, `${path.join('.')}: ${split.problem}`, split.hint)
  if (split.words.length === 0) throw refuse(path, `${path.join('.')} is empty`)
  return split.words
}

function rulesOf(reasons: FileReasons): ReadonlyMap<number, readonly ReasonRule[]> {
  return new Map(
    Object.entries(reasons).map(([status, rules]) => [
      Number(status),
      [rules].flat().map(({ reason, stage, disposition, stderr }) => ({
        reason,
        stage: stage ?? stageOf(reason),
        disposition: disposition ?? dispositionOf(reason),
        stderr: stderr ?? null,
      })),
    ]),
  )
}

function invalid(sentence: string, hint?: string): HarnessError {
  return new HarnessError('ERR_DISPATCHER_INVALID', sentence, {
    hint: hint ?? 'harness/dispatcher/description.schema.json describes every field.',
  })
}
