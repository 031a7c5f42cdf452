import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { HarnessError } from '../errors.ts'
import type { HookproofOptions } from './settings.ts'

const NAMES = ['hookproof.config.ts', 'hookproof.config.js', 'hookproof.config.mjs']
const KEYS = ['dispatcher', 'engine', 'report', 'scenarios', 'profiles', 'knownFailing']

/**
 * The default export of `hookproof.config.ts` (or .js, .mjs) in a folder; nothing where there is none.
 * TypeScript works inside Playwright, which brings the loader.
 *
 * @throws HarnessError `ERR_CONFIG_INVALID` when it cannot be loaded or has an unknown key
 */
export async function loadConfigFile(folder: string): Promise<HookproofOptions> {
  const file = NAMES.map((name) => join(folder, name)).find((path) => existsSync(path))
  if (file === undefined) return {}
  const options = await importDefault(file)
  if (typeof options !== 'object' || options === null) {
    throw new HarnessError('ERR_CONFIG_INVALID', `${file} exports no object by default.`, {
      hint: "Write `export default { dispatcher: 'node my-adapter.js' }`.",
    })
  }
  refuseUnknownKeys(options, file)
  return options
}

/**
 * A misspelt key must not certify another dispatcher than the one meant.
 *
 * @param source - What the options were given to, for the message.
 * @throws HarnessError `ERR_CONFIG_INVALID`
 */
export function refuseUnknownKeys(options: object, source: string): void {
  const unknown = Object.keys(options).find((key) => !KEYS.includes(key))
  if (unknown === undefined) return
  throw new HarnessError('ERR_CONFIG_INVALID', `${source} has an unknown key "${unknown}".`, {
    hint: `The keys are ${KEYS.join(', ')}.`,
  })
}

/** Whether a folder has such a file. */
export function hasConfigFile(folder: string): boolean {
  return NAMES.some((name) => existsSync(join(folder, name)))
}

async function importDefault(file: string): Promise<unknown> {
  try {
    const module: unknown = await import(pathToFileURL(file).href)
    // A module's namespace has no prototype, so that `instanceof Object` does not know it.
    return typeof module === 'object' && module !== null && 'default' in module
      ? module.default
      : null
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new HarnessError('ERR_CONFIG_INVALID', `${file} cannot be loaded: ${why}`, {
      hint: 'Run `node` on it to see the whole error.',
      cause,
    })
  }
}
