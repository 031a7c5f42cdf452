import { readFileSync } from 'node:fs'
import { relative } from 'node:path'
import { HarnessError } from '../errors.ts'
import { readDocument } from './document.ts'
import type { Corpus } from './load.ts'
import { renderProblems, suggestion, type LocatedProblem, type Report } from './problems.ts'

/** Why a vendor lets a scenario fail for now, in the vendor's words. */
export interface KnownFailure {
  /** One sentence. */
  readonly reason: string
  /** Where more is said, such as an issue: an http or https URL without credentials. */
  readonly link: string
}

/** One entry of a `known-failing.yaml`. */
export interface KnownFailingEntry extends KnownFailure {
  /** Id of the scenario, also where the file says an alias. */
  readonly scenario: string
  /** Path for messages, relative to the working directory. */
  readonly file: string
  /** Line, counted from 1. */
  readonly line: number
}

/** The entries of a file, by the id of their scenario. */
export type KnownFailing = ReadonlyMap<string, KnownFailingEntry>

/** Name of the file that is read without being asked for, in the working directory. */
export const KNOWN_FAILING_FILE = 'known-failing.yaml'

const KEYS = ['scenario', 'reason', 'link'] as const
type Key = (typeof KEYS)[number]

const HINT = `docs/known-failing.md describes the file: a list of entries with ${KEYS.join(', ')}.`

/** Longest reason, in characters: it is one sentence beside a link that says more. */
const REASON_LENGTH = 500
const LINK_LENGTH = 2000

/**
 * Reads a `known-failing.yaml`.
 *
 * There are no patterns: one would also excuse the scenario that is added next year.
 *
 * @param corpus where the ids come from: a scenario that is filtered out of a run is one all the same
 * @throws HarnessError `ERR_KNOWN_FAILING_INVALID` when it cannot be read, or with every problem, each
 *   with file and line: an unknown key or scenario, one that is there twice, no reason, no link
 */
export function loadKnownFailing(path: string, corpus: Pick<Corpus, 'resolve'>): KnownFailing {
  return parseKnownFailing({ text: textOf(path), file: relative('.', path) }, corpus)
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8').replace(/^\uFEFF/, '')
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new HarnessError(
      'ERR_KNOWN_FAILING_INVALID',
      `the list of known failures ${path} cannot be read: ${why}`,
      { hint: 'Give the path of a file, or leave the option out where nothing is known to fail.' },
    )
  }
}

/** Like {@link loadKnownFailing}, from the text of the file. Pure. */
export function parseKnownFailing(
  { text, file }: { readonly text: string; readonly file: string },
  corpus: Pick<Corpus, 'resolve'>,
): KnownFailing {
  const document = readDocument(text)
  const problems: LocatedProblem[] = document.syntaxProblems.map((one) => ({ ...one, file }))
  const report: Report = (path, says) => {
    problems.push({ file, line: document.lineOf(path), path, says })
  }
  const entries = new Map<string, KnownFailingEntry>()
  if (problems.length === 0) {
    for (const [index, value] of itemsOf(document.value, report).entries()) {
      const told = readEntry(value, index, report)
      const id = told === null ? null : resolved(told.scenario, corpus, index, report)
      if (told === null || id === null) continue
      const entry = { ...told, scenario: id, file, line: document.lineOf([index]) }
      const earlier = entries.get(id)
      if (earlier === undefined) entries.set(id, entry)
      else report([index], `${id} is there twice; the first entry is in line ${earlier.line}`)
    }
  }
  if (problems.length === 0) return entries
  throw new HarnessError(
    'ERR_KNOWN_FAILING_INVALID',
    renderProblems(problems, 'problems in the list of known failures'),
    { hint: HINT },
  )
}

/** An empty file is an empty list. */
function itemsOf(value: unknown, report: Report): readonly unknown[] {
  if (value === null || value === undefined) return []
  if (Array.isArray(value)) return value
  report([], 'must be a list of entries, each of which begins with "- scenario:"')
  return []
}

/** The entry as it is written; null where something is wrong with it, all of which was reported. */
function readEntry(
  value: unknown,
  index: number,
  report: Report,
): Readonly<Record<Key, string>> | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    report([index], `must be a mapping with the keys ${KEYS.join(', ')}`)
    return null
  }
  const fields = new Map(Object.entries(value as Record<string, unknown>))
  const unknown = [...fields.keys()].filter((key) => !KEYS.some((one) => one === key))
  for (const key of unknown) {
    report([index, key], `unknown key${suggestion(key, KEYS)}; allowed: ${KEYS.join(', ')}`)
  }
  const told = (key: Key, demand: string, complaint: (text: string) => string | null) => {
    const field = fields.get(key)
    const text = typeof field === 'string' ? field.trim() : ''
    const wrong = text === '' ? `must be ${demand}; it is not there` : complaint(text)
    if (wrong === null) return text
    report(fields.has(key) ? [index, key] : [index], fields.has(key) ? wrong : `${key}: ${wrong}`)
    return null
  }
  const scenario = told('scenario', 'the id of a scenario', () => null)
  const reason = told('reason', 'a sentence that says why it fails', whyNoReason)
  const link = told('link', 'an http or https URL where more is said', whyNoLink)
  if (scenario === null || reason === null || link === null || unknown.length > 0) return null
  return { scenario, reason, link }
}

function whyNoReason(text: string): string | null {
  if (!/\S\s+\S/.test(text)) return `must be a sentence that says why it fails, not "${text}"`
  if (text.length <= REASON_LENGTH) return null
  return `must have ${REASON_LENGTH} characters or fewer, not ${text.length}; the link can say more`
}

function whyNoLink(text: string): string | null {
  const url = URL.canParse(text) ? new URL(text) : null
  // It is published: neither a password nor a script belongs there.
  if (url === null || !/^https?:\/\//i.test(text) || /\s/.test(text)) {
    return `must be an http or https URL, not "${text.slice(0, 80)}"`
  }
  if (url.username !== '' || url.password !== '') return 'must be a URL without credentials'
  return text.length > LINK_LENGTH ? `must have ${LINK_LENGTH} characters or fewer` : null
}

function resolved(
  id: string,
  corpus: Pick<Corpus, 'resolve'>,
  index: number,
  report: Report,
): string | null {
  try {
    return corpus.resolve(id).id
  } catch (error) {
    if (!(error instanceof HarnessError)) throw error
    const pattern = id.includes('*') ? '; each scenario is listed by its own id' : ''
    report([index, 'scenario'], `${error.message}${pattern}`)
    return null
  }
}

/**
 * The entry for a scenario, ready to paste at the end of the file. It is not accepted before reason and
 * link are filled in.
 */
export function entryToPaste(scenario: string): readonly string[] {
  return [
    `- scenario: ${scenario}`,
    '  reason: # one sentence: why it fails',
    '  link: # where more is said, such as an issue: https://…',
  ]
}
