/** What names something that will be another thing tomorrow. */
const MOVING: readonly string[] = [
  'master',
  'main',
  'trunk',
  'develop',
  'development',
  'dev',
  'head',
  'latest',
  'next',
  'nightly',
  'edge',
  'canary',
  'current',
  'stable',
  'default',
  'snapshot',
  'local',
  'unreleased',
  'unknown',
]

/**
 * Why a version names no release that others can get again, as the end of a sentence; null = it may.
 * A tag, a date, a build number and a commit's hash stay what they are; a branch does not, nor does
 * what a build says that was given no version.
 */
export function versionFault(version: string): string | null {
  const word = version.trim().toLowerCase()
  if (word === '') return 'is empty'
  if (MOVING.includes(word) || /[/\\]/.test(word))
    return 'is the name of a branch, or moves like one'
  const last = word.split(/[-+._ ]/).at(-1) ?? ''
  if (MOVING.includes(last)) return `ends in "${last}", which moves`
  if (last === 'dirty') return 'ends in "dirty": it was built from changes that nobody else has'
  if (/^v?0+(\.0+)*(?![\d.])/.test(word)) return 'is what a build says that was given no version'
  return /\d/.test(word) ? null : 'has no number in it, so that it names no release'
}
