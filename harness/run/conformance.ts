import { join, relative } from 'node:path'
import type { ScenarioResult } from '../report/model.ts'
import {
  entryToPaste,
  KNOWN_FAILING_FILE,
  type KnownFailingEntry,
} from '../scenario/known-failing.ts'
import type { Scenario } from '../scenario/types.ts'
import { SCENARIO_ANNOTATION } from './annotation.ts'
import { byTopic, currentCorpus, testTags, testTitle } from './corpus.ts'
import { test, type WorkerSession } from './fixtures.ts'
import {
  currentKnownFailing,
  KNOWN_FAILING_ANNOTATION,
  staleSentence,
  withKnown,
} from './known-failing.ts'
import { firstInRun } from './once-a-run.ts'
import { RESULT_ATTACHMENT, type ResultMessage } from './result-message.ts'
import { currentRun } from './run-folder.ts'
import { currentSettings } from './settings.ts'

/** Name of the attachment with the adapter's stderr; only a scenario that did not pass has one. */
const WORDS_ATTACHMENT = 'adapter stderr'

/**
 * Declares one Playwright test for each scenario of the configured profiles. Call it in a spec file.
 * Tests carry the tags `@MUST` or `@SHOULD`, `@<profile>` and `@<topic>`, the name of the scenario's file:
 * `--grep @MUST` selects by them. A selection makes the run partial. A topic is run by one worker, in the
 * order of its file; topics run side by side.
 *
 * A scenario that is known to fail has the annotation `known-failing`, with reason and link, and its test
 * is expected to fail. Only a failure is: an inconclusive one fails the test, and so does a pass.
 */
export function declareConformanceTests(): void {
  const { profiles } = currentSettings()
  const known = currentKnownFailing()
  const wanted = currentCorpus().scenarios.filter(({ profile }) => profiles.includes(profile))
  for (const topic of byTopic(wanted)) {
    test.describe(() => {
      // A second worker in the topic would need its control, and its slots in the containers, once more.
      test.describe.configure({ mode: 'default' })
      for (const scenario of topic) declareTest(scenario, known.get(scenario.id) ?? null)
    })
  }
}

function declareTest(scenario: Scenario, entry: KnownFailingEntry | null): void {
  const details = {
    tag: [...testTags(scenario)],
    annotation: [
      { type: SCENARIO_ANNOTATION, description: scenario.id },
      ...(entry === null ? [] : [annotationOf(entry)]),
    ],
  }
  test(testTitle(scenario), details, async ({ worker }, info) => {
    const result = withKnown(await worker.session.certify(scenario), entry)
    const message: ResultMessage = { ...worker.about, result, entry }
    await info.attach(RESULT_ATTACHMENT, {
      body: JSON.stringify(message),
      contentType: 'application/json',
    })
    test.skip(result.verdict === 'skipped', result.explanation)
    const words = worker.session.adapterWords(scenario)
    if (result.verdict !== 'passed' && words !== '') {
      await info.attach(WORDS_ATTACHMENT, { body: words, contentType: 'text/plain' })
    }
    for (const { text } of result.advisories) {
      info.annotations.push({ type: 'advisory', description: text })
    }
    test.skip(isOldNews(result, worker), result.explanation)
    if (result.verdict === 'passed' && entry !== null) throw new Told(staleMessage(entry))
    // Not before the verdict is known: Playwright would take an inconclusive one for the failure.
    if (result.known !== undefined) test.fail(true, result.known.reason)
    if (result.verdict !== 'passed') throw new Told(messageOf(result))
  })
}

/**
 * Whether the engine is gone and a worker has said so: the report has every scenario as inconclusive, and
 * each test that fails costs Playwright a new worker, hundreds of them for a container that died early.
 */
function isOldNews({ verdict }: ScenarioResult, { engine }: WorkerSession): boolean {
  if (verdict !== 'inconclusive' || engine.state() === 'works') return false
  return firstInRun(currentRun(), 'engine-gone') === 'again'
}

function annotationOf({ reason, link }: KnownFailingEntry) {
  return { type: KNOWN_FAILING_ANNOTATION, description: `${reason} ${link}` }
}

function messageOf(result: ScenarioResult): string {
  const fresh = result.verdict === 'failed' && result.known === undefined
  return [
    `${result.verdict} (${result.reason ?? 'no reason'})`,
    result.explanation,
    `reproduce: ${result.reproduce}`,
    ...(fresh
      ? [`if this is known, add to ${listOfKnown()}:`, ...entryToPaste(result.scenario)]
      : []),
  ].join('\n')
}

function listOfKnown(): string {
  const { cwd, knownFailing } = currentSettings()
  return relative(cwd, knownFailing ?? join(cwd, KNOWN_FAILING_FILE))
}

function staleMessage(entry: KnownFailingEntry): string {
  return `${staleSentence(entry)}.\nRemove the entry: from then on, a failure of the scenario is a new one.`
}

/** Why a test did not end well, as Playwright shows it: without a stack. */
class Told extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'NotPassed'
    this.stack = this.message
  }
}
