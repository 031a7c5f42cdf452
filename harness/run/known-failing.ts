import { HarnessError } from '../errors.ts'
import type { ScenarioResult } from '../report/model.ts'
import { visible } from '../report/text.ts'
import {
  loadKnownFailing,
  type KnownFailing,
  type KnownFailingEntry,
} from '../scenario/known-failing.ts'
import { currentCorpus } from './corpus.ts'
import { currentSettings } from './settings.ts'

/** Name of the annotation of a test whose scenario is known to fail. */
export const KNOWN_FAILING_ANNOTATION = 'known-failing'

const NOTHING: KnownFailing = new Map()

let loaded: { readonly file: string; readonly known: KnownFailing } | null = null

/**
 * What is known to fail by the settings in force, read once a process.
 *
 * @throws HarnessError `ERR_KNOWN_FAILING_INVALID`
 */
export function currentKnownFailing(): KnownFailing {
  const { knownFailing: file } = currentSettings()
  if (file === null) return NOTHING
  if (loaded?.file !== file) loaded = { file, known: loadKnownFailing(file, currentCorpus()) }
  return loaded.known
}

/** The result, with what is known about its failure. Nothing but a failure can be known. */
export function withKnown(result: ScenarioResult, entry: KnownFailingEntry | null): ScenarioResult {
  if (entry === null || result.verdict !== 'failed') return result
  return { ...result, known: { reason: entry.reason, link: entry.link } }
}

/** What to do about an entry whose scenario passes, in one sentence. */
export function staleSentence({ file, line, scenario }: KnownFailingEntry): string {
  // Where shards are merged, the path comes from another machine.
  return `${visible(file)}:${line}: ${scenario} is listed as known to fail, but it passed`
}

/** The error for entries whose scenarios passed; null = there is none. */
export function staleEntries(entries: readonly KnownFailingEntry[]): HarnessError | null {
  const sorted = entries.toSorted((a, b) => a.file.localeCompare(b.file) || a.line - b.line)
  const [first, ...rest] = sorted.map(staleSentence)
  if (first === undefined) return null
  return new HarnessError(
    'ERR_KNOWN_FAILING_STALE',
    rest.length === 0
      ? `${first}.`
      : `${sorted.length} scenarios passed that are listed as known to fail\n  ${[first, ...rest].join('\n  ')}`,
    { hint: 'Remove the entry: from then on, a failure of the scenario is a new one.' },
  )
}
