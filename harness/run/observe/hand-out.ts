import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { HarnessError } from '../../errors.ts'
import { BUNDLE_FILES, bundleOf, type Bundle } from './bundle.ts'
import {
  INSTRUCTIONS_SCHEMA,
  instructionsFor,
  instructionsText,
  type Configuration,
  type Instructions,
} from './instructions.ts'

/** By this file a folder is known as one of ours, which may be replaced. */
const INSTRUCTIONS = 'instructions.json'

/** What a person was given. Disposing of it removes the folder with every key in it. */
export interface HandOut extends Disposable {
  readonly instructions: Instructions
  readonly text: string
  /** Absolute path. */
  readonly folder: string
}

/**
 * Writes everything that a person needs into a folder: files with mode 0600 in folders with mode 0700. What
 * an earlier run left there is removed first.
 *
 * @param folder - Absolute path.
 * @throws HarnessError `ERR_USAGE` when there is something else in the folder, or it cannot be written
 */
export function handOut(
  folder: string,
  configurations: readonly Configuration[],
  now: Date,
): HandOut {
  const bundles = new Map<string, Bundle>(
    configurations.map(({ folder: name, dispatcher, endpoints: [{ material }] }) => [
      name,
      bundleOf(dispatcher, material, now),
    ]),
  )
  const instructions = instructionsFor(configurations, bundles)
  const text = instructionsText(instructions)
  try {
    makeRoom(folder)
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    // Whatever goes wrong from here on leaves a folder that is known as ours.
    write(join(folder, INSTRUCTIONS), `${JSON.stringify(instructions, null, 2)}\n`)
    write(join(folder, 'instructions.txt'), text)
    // Keys, were they never so short-lived, do not belong into a repository.
    write(join(folder, '.gitignore'), '*\n')
    for (const [name, bundle] of bundles) {
      mkdirSync(join(folder, name), { mode: 0o700 })
      for (const [part, content] of bundle) {
        write(join(folder, name, BUNDLE_FILES[part]), content)
      }
    }
  } catch (cause) {
    if (cause instanceof HarnessError) throw cause
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new HarnessError('ERR_USAGE', `The folder ${folder} cannot be written: ${why}`, {
      hint: 'Choose another with --folder.',
      cause,
    })
  }
  return {
    instructions,
    text,
    folder,
    [Symbol.dispose]: () => {
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function write(path: string, content: string | Buffer): void {
  writeFileSync(path, content, { mode: 0o600, flag: 'wx' })
}

function isOurs(path: string): boolean {
  return existsSync(path) && readFileSync(path, 'utf8').includes(INSTRUCTIONS_SCHEMA)
}

function makeRoom(folder: string): void {
  if (!existsSync(folder)) return
  const isForeign = readdirSync(folder).length > 0 && !isOurs(join(folder, INSTRUCTIONS))
  // The folder goes in the end, and nobody wants to stand in it then.
  const isInUse = !relative(folder, process.cwd()).startsWith('..')
  if (isForeign || isInUse) {
    throw new HarnessError(
      'ERR_USAGE',
      isForeign
        ? `${folder} holds files that are not of an observed run.`
        : `${folder} is the folder that this was started in, or above it.`,
      { hint: 'Choose another with --folder: this one would be emptied, and removed at the end.' },
    )
  }
  rmSync(folder, { recursive: true, force: true })
}
