import type { Scenario } from '../scenario/types.ts'
import { OPT_IN_PROFILES } from '../scenario/vocabulary.ts'
import { REFERENCE_DISPATCHER, type Settings } from './settings.ts'

/** One argument for a POSIX shell, quoted where needed. */
function quoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`
}

/** A URL without its user name and password; anything else as it is. */
function withoutCredentials(dispatcher: string): string {
  return dispatcher.replace(/^(https?:\/\/)[^/@]*@/, '$1')
}

/**
 * The variables that make a run certify the same dispatcher on the same engine, as they stand before
 * a command in a shell; empty where it takes none. Without the credentials of a URL.
 */
export function reproduceEnvironment(settings: Pick<Settings, 'dispatcher' | 'engine'>): string {
  const dispatcher =
    settings.dispatcher === REFERENCE_DISPATCHER
      ? ''
      : `HOOKPROOF_DISPATCHER=${quoted(withoutCredentials(settings.dispatcher))} `
  const engine = settings.engine === 'auto' ? '' : `HOOKPROOF_ENGINE=${settings.engine} `
  return `${dispatcher}${engine}`
}

/**
 * The one line that runs a single scenario again, with its profile where that is run on request only.
 *
 * @param environment - What {@link reproduceEnvironment} made, perhaps on another machine.
 */
export function reproduceLine(
  { id, profile }: Pick<Scenario, 'id' | 'profile'>,
  environment: string,
): string {
  const optedIn = OPT_IN_PROFILES.some((one) => one === profile)
  return `${environment}${optedIn ? `HOOKPROOF_PROFILE=${profile} ` : ''}npx playwright test --grep '${id}:'`
}
