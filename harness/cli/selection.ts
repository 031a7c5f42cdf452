import { HarnessError } from '../errors.ts'
import { testTags, testTitle } from '../run/corpus.ts'
import type { Scenario } from '../scenario/types.ts'
import type { Profile } from '../scenario/vocabulary.ts'

/**
 * The scenarios of these profiles that Playwright's `--grep` would select: it looks anywhere in title and
 * tags, `id: title @level @profile @topic`, and minds no case.
 *
 * @throws HarnessError `ERR_USAGE` when the pattern is none
 */
export function selectScenarios(
  scenarios: readonly Scenario[],
  profiles: readonly Profile[],
  grep: string | undefined,
): readonly Scenario[] {
  const pattern = grep === undefined ? /(?:)/ : patternOf(grep)
  return scenarios.filter(
    (one) =>
      profiles.includes(one.profile) && pattern.test([testTitle(one), ...testTags(one)].join(' ')),
  )
}

function patternOf(text: string): RegExp {
  try {
    return new RegExp(text, 'i')
  } catch (error) {
    throw new HarnessError('ERR_USAGE', `"${text}" is not a regular expression.`, {
      hint: 'Give --grep a JavaScript regular expression or plain text.',
      cause: error,
    })
  }
}
