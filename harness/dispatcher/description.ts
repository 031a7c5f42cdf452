import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { HarnessError } from '../errors.ts'
import type { Disposition, Reason, Stage, Capability } from '../scenario/vocabulary.ts'
import { readDescription } from './description-file.ts'
import { findProgram } from './find-program.ts'
import { splitWords } from './words.ts'

/** How to reach a dispatcher under test. */
export type DispatcherDescription = StdioDescription | HttpDescription | ExecDescription

/** A long-lived child process that speaks the protocol over its standard streams. */
export interface StdioDescription {
  readonly carrier: 'stdio'
  /** The program and its arguments; never empty. */
  readonly command: readonly string[]
  readonly env: Readonly<Record<string, string>>
  /** Working folder of the command: that of the description file; null = where hookproof was started. */
  readonly folder: string | null
}

/** A service that is already running. */
export interface HttpDescription {
  readonly carrier: 'http'
  /** Base URL, without query and fragment. */
  readonly url: string
}

/** A program that is run once a delivery. */
export interface ExecDescription {
  readonly carrier: 'exec'
  /** The program and its arguments with placeholders in them; never empty. */
  readonly command: readonly TemplatePart[]
  readonly name: string
  readonly version: { readonly text: string } | { readonly command: readonly string[] }
  readonly capabilities: readonly Capability[]
  readonly payload: 'verbatim' | 'wrapped'
  /** Rules for each exit status, in order; the first that holds is taken. */
  readonly reasons: ReadonlyMap<number, readonly ReasonRule[]>
  readonly env: Readonly<Record<string, string>>
  /** Working folder of the program: that of the description file. */
  readonly folder: string
}

/** One argument, or a group that is left out when a placeholder directly in it has no value. */
export type TemplatePart = string | readonly TemplatePart[]

/** What an exit status means. */
export interface ReasonRule {
  readonly reason: Reason
  readonly stage: Stage
  readonly disposition: Exclude<Disposition, 'delivered'>
  /** The rule holds only where a line of standard error contains this; null = always. */
  readonly stderr: string | null
}

/**
 * Reads the value of `HOOKPROOF_DISPATCHER`: a command line (split as a shell splits words, no shell
 * run), a URL (the http carrier), or the name of a `.yaml`, `.yml` or `.json` description.
 *
 * @param cwd - Where commands run and files are looked up.
 * @throws HarnessError ERR_DISPATCHER_INVALID where it is none of these
 * @throws HarnessError ERR_DISPATCHER_NOT_STARTED where its program does not exist
 */
export function parseDispatcher(source: string, cwd: string): DispatcherDescription {
  const trimmed = source.trim()
  const description = isUrl(trimmed)
    ? parseUrl(trimmed)
    : isDescriptionFile(trimmed, cwd)
      ? readDescription(resolve(cwd, trimmed))
      : parseCommandLine(trimmed)
  requireProgram(description, cwd)
  return description
}

/**
 * Makes sure that the program of a description exists, so that a run fails before its first scenario.
 *
 * @param cwd - Where hookproof was started.
 * @throws HarnessError ERR_DISPATCHER_NOT_STARTED
 */
export function requireProgram(description: DispatcherDescription, cwd: string): void {
  if (description.carrier === 'http') return
  const { env } = description
  const folder = description.folder ?? cwd
  const program = description.command[0]
  if (typeof program !== 'string') return
  const path = env['PATH'] ?? process.env['PATH'] ?? ''
  if (findProgram(program, path, folder) !== null) return
  const where = program.includes('/') ? `at ${resolve(folder, program)}` : 'in PATH'
  throw new HarnessError(
    'ERR_DISPATCHER_NOT_STARTED',
    `The dispatcher's command names the program "${program}", and there is no executable file ${where}.`,
    {
      hint: 'Check the spelling, install the program, or give its path; scripts need their interpreter, as in `node adapter.js`.',
    },
  )
}

function isUrl(source: string): boolean {
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(source)
}

function isDescriptionFile(source: string, cwd: string): boolean {
  if (!/\.(?:ya?ml|json)$/i.test(source)) return false
  // `node adapter.js --config a.yaml` ends so too: one word, or the name of a file with spaces.
  return !/\s/.test(source) || existsSync(resolve(cwd, source))
}

function parseUrl(source: string): HttpDescription {
  const url = URL.canParse(source) ? new URL(source) : null
  if (url !== null && /^https?:$/.test(url.protocol) && url.search === '' && url.hash === '') {
    return { carrier: 'http', url: source }
  }
  throw new HarnessError(
    'ERR_DISPATCHER_INVALID',
    `The dispatcher "${source}" is not the base URL of an adapter.`,
    {
      hint: 'Allowed: http:// or https:// with a host and perhaps a path, without query and fragment, for example http://127.0.0.1:8080.',
    },
  )
}

function parseCommandLine(source: string): StdioDescription {
  const split = splitWords(source)
  if ('problem' in split) {
    throw new HarnessError(
      'ERR_DISPATCHER_INVALID',
      `The dispatcher's command line cannot be split: ${split.problem}: ${source}`,
      { hint: split.hint },
    )
  }
  if (split.words.length === 0 || split.words[0] === '') {
    throw new HarnessError('ERR_DISPATCHER_INVALID', 'The dispatcher is empty.', {
      hint: "Give a command line such as 'node my-adapter.js', a URL, or a .yaml or .json description.",
    })
  }
  return { carrier: 'stdio', command: split.words, env: {}, folder: null }
}
