import { REFERENCE_DISPATCHER, type Settings } from './settings.ts'

/** One argument for a POSIX shell, quoted where needed. */
function quoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`
}

/** A URL without its user name and password; anything else as it is. */
function withoutCredentials(dispatcher: string): string {
  return dispatcher.replace(/^(https?:\/\/)[^/@]*@/, '$1')
}

/** The one line that runs a single scenario again, against the same dispatcher on the same engine. */
export function reproduceLine(id: string, settings: Settings): string {
  const dispatcher =
    settings.dispatcher === REFERENCE_DISPATCHER
      ? ''
      : `HOOKPROOF_DISPATCHER=${quoted(withoutCredentials(settings.dispatcher))} `
  const engine = settings.engine === 'auto' ? '' : `HOOKPROOF_ENGINE=${settings.engine} `
  return `${dispatcher}${engine}npx playwright test --grep '${id}:'`
}
