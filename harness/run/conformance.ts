import type { ScenarioResult } from '../report/model.ts'
import { SCENARIO_ANNOTATION } from './annotation.ts'
import { currentCorpus, testTags, testTitle } from './corpus.ts'
import { test } from './fixtures.ts'
import { RESULT_ATTACHMENT, type ResultMessage } from './result-message.ts'
import { currentSettings } from './settings.ts'

/**
 * Declares one Playwright test for each scenario of the configured profiles. Call it in a spec file.
 * Tests carry the tags `@MUST` or `@SHOULD`, `@<profile>` and `@<topic>`, the name of the scenario's file:
 * `--grep @MUST` selects by them. A selection makes the run partial.
 */
export function declareConformanceTests(): void {
  const { profiles } = currentSettings()
  for (const scenario of currentCorpus().scenarios) {
    if (!profiles.includes(scenario.profile)) continue
    const details = {
      tag: [...testTags(scenario)],
      annotation: { type: SCENARIO_ANNOTATION, description: scenario.id },
    }
    test(testTitle(scenario), details, async ({ worker }, info) => {
      const result = await worker.session.certify(scenario)
      const message: ResultMessage = { ...worker.about, result }
      await info.attach(RESULT_ATTACHMENT, {
        body: JSON.stringify(message),
        contentType: 'application/json',
      })
      test.skip(result.verdict === 'skipped', result.explanation)
      for (const { text } of result.advisories) {
        info.annotations.push({ type: 'advisory', description: text })
      }
      if (result.verdict !== 'passed') throw new NotPassed(result)
    })
  }
}

/** A scenario that did not pass, as Playwright shows it: the explanation, without a stack. */
class NotPassed extends Error {
  constructor(result: ScenarioResult) {
    super(
      `${result.verdict} (${result.reason ?? 'no reason'})\n${result.explanation}\nreproduce: ${result.reproduce}`,
    )
    this.name = 'NotPassed'
    this.stack = this.message
  }
}
