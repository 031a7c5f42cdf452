import { existsSync } from 'node:fs'
import { join, relative, resolve, sep } from 'node:path'
import { HarnessError } from '../errors.ts'
import { packageRoot } from '../package-root.ts'
import { KNOWN_FAILING_FILE } from '../scenario/known-failing.ts'
import {
  ENGINES,
  OPT_IN_PROFILES,
  PROFILES,
  type EngineName,
  type Profile,
} from '../scenario/vocabulary.ts'

/** What a user can say in `playwright.config.ts` or `hookproof.config.ts`. The environment wins. */
export interface HookproofOptions {
  /** Command line, URL, or description file of the dispatcher; default the reference dispatcher. */
  readonly dispatcher?: string
  /** Default `auto`. */
  readonly engine?: EngineName | 'auto'
  /** Folder of the report, relative to the working directory; default `conformance-report`. */
  readonly report?: string
  /** Folders with scenario files of your own, run beside the suite's. */
  readonly scenarios?: readonly string[]
  /** Profiles to run; default all but `strict`. Fewer makes the run partial. */
  readonly profiles?: readonly Profile[]
  /**
   * File that lists the scenarios that are known to fail, relative to the working directory; default
   * `known-failing.yaml` where it is there. See docs/known-failing.md.
   */
  readonly knownFailing?: string
}

/** The options of a run, complete. Plain data: it travels to the workers through the environment. */
export interface Settings {
  readonly dispatcher: string
  readonly engine: EngineName | 'auto'
  /** Absolute path. */
  readonly report: string
  /** Absolute paths, ours first. */
  readonly scenarios: readonly string[]
  readonly profiles: readonly Profile[]
  /** Absolute path of the list of known failures; null = there is none. */
  readonly knownFailing: string | null
  /** The user's working directory: commands and files are looked up from here. */
  readonly cwd: string
}

/** The variable in which the runner hands its settings to the workers. */
const VARIABLE = 'HOOKPROOF_SETTINGS'

/** Command line of the reference dispatcher that ships with the package. */
export const REFERENCE_DISPATCHER = `node '${join(packageRoot, 'dist/fixtures/dispatchers/reference/main.js')}'`

/** The profiles that run unless others are asked for: all but the opt-in one. */
export const DEFAULT_PROFILES: readonly Profile[] = PROFILES.filter(
  (one) => !OPT_IN_PROFILES.includes(one),
)

/**
 * Settings from the options, overridden by `HOOKPROOF_DISPATCHER`, `HOOKPROOF_ENGINE`,
 * `HOOKPROOF_REPORT`, `HOOKPROOF_PROFILE` (comma-separated) and `HOOKPROOF_KNOWN_FAILING`.
 *
 * @throws HarnessError `ERR_CONFIG_INVALID` for an unknown engine or profile.
 */
export function settingsFrom(
  options: HookproofOptions,
  environment: Readonly<Record<string, string | undefined>>,
  cwd: string,
): Settings {
  const value = (name: string) => environment[name] || undefined
  const profiles = value('HOOKPROOF_PROFILE')?.split(',') ?? options.profiles
  return {
    dispatcher: value('HOOKPROOF_DISPATCHER') ?? options.dispatcher ?? REFERENCE_DISPATCHER,
    engine: engineNamed(value('HOOKPROOF_ENGINE') ?? options.engine ?? 'auto'),
    report: resolve(cwd, value('HOOKPROOF_REPORT') ?? options.report ?? 'conformance-report'),
    scenarios: [
      join(packageRoot, 'scenarios'),
      ...(options.scenarios ?? []).map((folder) => resolve(cwd, folder)),
    ],
    profiles: profiles === undefined ? DEFAULT_PROFILES : profiles.map(profileNamed),
    knownFailing: knownFailingIn(cwd, value('HOOKPROOF_KNOWN_FAILING') ?? options.knownFailing),
    cwd,
  }
}

/** A file that is named must be there, which shows when it is read; the usual one need not. */
function knownFailingIn(cwd: string, named: string | undefined): string | null {
  const file = resolve(cwd, named ?? KNOWN_FAILING_FILE)
  return named !== undefined || existsSync(file) ? file : null
}

function engineNamed(word: string): EngineName | 'auto' {
  const found = [...ENGINES, 'auto' as const].find((one) => one === word)
  if (found !== undefined) return found
  throw new HarnessError('ERR_CONFIG_INVALID', `There is no engine "${word}".`, {
    hint: `Use one of ${ENGINES.join(', ')} or auto, in HOOKPROOF_ENGINE or --engine.`,
  })
}

/** The profile of that name. @throws HarnessError `ERR_CONFIG_INVALID` when there is none */
export function profileNamed(word: string): Profile {
  const found = PROFILES.find((one) => one === word.trim())
  if (found !== undefined) return found
  throw new HarnessError('ERR_CONFIG_INVALID', `There is no profile "${word.trim()}".`, {
    hint: `Use some of ${PROFILES.join(', ')}.`,
  })
}

/** The scenario folders beside ours, relative to the working directory, so that another machine finds them. */
export function ownScenarioFolders({ scenarios, cwd }: Settings): readonly string[] {
  return scenarios.slice(1).map((folder) => relative(cwd, folder).replaceAll(sep, '/'))
}

/** Makes these the settings of this process and its workers. */
export function publishSettings(settings: Settings): void {
  process.env[VARIABLE] = JSON.stringify(settings)
}

/** The engine that the run takes: the runner settles `auto` before the first worker starts. */
export function engineInForce({ engine }: Settings): EngineName {
  return engine === 'auto' ? 'embedded' : engine
}

/** The settings that the runner published; null where no configuration of hookproof was loaded. */
export function settingsInForce(): Settings | null {
  const stored = process.env[VARIABLE]
  return stored === undefined ? null : (JSON.parse(stored) as Settings)
}

/** The settings that the runner published. @throws HarnessError `ERR_CONFIG_INVALID` outside a run. */
export function currentSettings(): Settings {
  const settings = settingsInForce()
  if (settings !== null) return settings
  throw new HarnessError('ERR_CONFIG_INVALID', 'No hookproof configuration is in force.', {
    hint: "Let playwright.config.ts export `hookproof({…})` from 'hookproof/playwright'.",
  })
}
