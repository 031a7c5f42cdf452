import { isDeepStrictEqual } from 'node:util'
import { capabilitiesFor } from './capabilities.ts'
import { checkEnrollment } from './check-enrollment.ts'
import { checkExpectation } from './check-expectation.ts'
import { checkSituation } from './check-situation.ts'
import { readDocument } from './document.ts'
import { lay, STANDARD_LAYERS, type Layers } from './layers.ts'
import type { DocumentPath, LocatedProblem, Report } from './problems.ts'
import type { RawCase, RawScenario, RawTopic } from './raw.ts'
import { readCertificates } from './read-certificates.ts'
import { readSecrets } from './read-secrets.ts'
import { readSituation, type Situation } from './read-setup.ts'
import { readSteps } from './read-steps.ts'
import { checkAgainstSchema } from './schema-check.ts'
import type { Scenario } from './types.ts'
import { CAPABILITIES, ENGINES } from './vocabulary.ts'

/** One topic file, read but not parsed. */
export interface TopicFile {
  /** First half of the ids: the file's name without `.yaml`. */
  readonly topicId: string
  /** Path for messages. */
  readonly file: string
  readonly text: string
}

/** What came of reading one topic file: its scenarios, the control first, or all that is wrong. */
export interface ParsedTopic {
  readonly scenarios: readonly Scenario[]
  readonly problems: readonly LocatedProblem[]
}

/** Parses one topic file. Never throws: everything that is wrong is in the result. */
export function parseTopic({ text, file, topicId }: TopicFile): ParsedTopic {
  const document = readDocument(text)
  if (document.syntaxProblems.length > 0) {
    return { scenarios: [], problems: document.syntaxProblems.map((one) => ({ ...one, file })) }
  }
  const problems: LocatedProblem[] = []
  const report: Report = (path, says) => {
    problems.push({ file, line: document.lineOf(path), path, says })
  }
  const checked = checkAgainstSchema(document.value)
  if (checked.fits === 'no') {
    for (const { path, says } of checked.problems) report(path, says)
    return { scenarios: [], problems }
  }
  const reader: TopicReader = {
    topic: checked.topic,
    topicId,
    file,
    report,
    lineOf: document.lineOf,
  }
  const scenarios = readTopic(reader, () => problems.length)
  return { scenarios: problems.length === 0 ? scenarios : [], problems }
}

/** What reading the cases of one file needs. */
interface TopicReader {
  readonly topic: RawTopic
  readonly topicId: string
  readonly file: string
  readonly report: Report
  readonly lineOf: (path: DocumentPath) => number
}

function readTopic(reader: TopicReader, problemCount: () => number): readonly Scenario[] {
  const { topic, report } = reader
  const base = lay(STANDARD_LAYERS, topic.control, ['control'])
  const control = readCase(reader, 'control', topic.control, base, ['control'])
  // A mistake in the control would be told again for every scenario that builds upon it.
  if (problemCount() > 0) return []
  const undeviated = deviation(control, control)
  const deviations = Object.entries(topic.scenarios).map(([key, raw]) => {
    const path = ['scenarios', key]
    if (key === 'control') report(path, 'the key "control" is the id of the control')
    const inherited: RawScenario = { engines: control.engines, ...raw }
    const layers = lay(base, raw, path)
    const scenario = underControl(readCase(reader, key, inherited, layers, path), control)
    if (deviation(scenario, control) === undeviated) {
      report(path, 'deviates in nothing from the control: same setup, same steps')
    }
    return scenario
  })
  return [control, ...deviations]
}

/** Where its control has to be skipped, a scenario cannot be judged either. */
function underControl(scenario: Scenario, control: Scenario): Scenario {
  const needed = new Set([...control.requires, ...scenario.requires])
  return {
    ...scenario,
    requires: CAPABILITIES.filter((capability) => needed.has(capability)),
    engines: scenario.engines.filter((engine) => control.engines.includes(engine)),
  }
}

/** What a scenario does and expects, comparable as text; certificates shared with the control aside. */
function deviation(scenario: Scenario, control: Scenario): string {
  const { endpoint, tokenServer, elsewhere, dispatcher, otherDispatcher } = scenario
  const { event, secrets, steps } = scenario
  const certificates = Object.entries(scenario.certificates).filter(
    ([name, description]) => !isDeepStrictEqual(description, control.certificates[name]),
  )
  return JSON.stringify([
    certificates,
    endpoint,
    tokenServer,
    elsewhere,
    dispatcher,
    otherDispatcher,
    event,
    secrets,
    steps,
  ])
}

function readCase(
  reader: TopicReader,
  key: string,
  raw: RawCase | RawScenario,
  layers: Layers,
  path: DocumentPath,
): Scenario {
  const { topic, topicId, file, report, lineOf } = reader
  const situation: Situation = readSituation(layers)
  const engines = raw.engines ?? ENGINES
  const certificates = readCertificates(layers, report)
  checkSituation({ situation, layers, engines, path, report })
  const { steps, situations } = readSteps({ raw, layers, certificates, engines, path, report })
  const secrets = readSecrets({ situations: [situation, ...situations], layers, path, report })
  checkEnrollment({ certificates, situation, steps, situations, path, report })
  for (const [index, step] of steps.entries()) {
    if (step.do !== 'deliver') continue
    const own = raw.steps?.[index]
    const isOwn = typeof own === 'object' && 'deliver' in own
    const expectation = isOwn ? own.deliver : raw.expect
    const at = situations[index]
    if (expectation === undefined || at === undefined) continue
    checkExpectation({
      raw: expectation,
      expect: step.expect,
      situation: at,
      layers,
      secrets,
      path: isOwn ? [...path, 'steps', index, 'deliver'] : [...path, 'expect'],
      report,
    })
  }
  return {
    id: `${topicId}/${key}`,
    aliases: raw.aliases ?? [],
    topic: topic.topic,
    file,
    line: lineOf(path),
    title: raw.title,
    role: topic.role,
    level: 'level' in raw ? raw.level : 'MUST',
    profile: ('level' in raw ? raw.profile : undefined) ?? topic.profile,
    references: raw.references ?? [],
    requires: capabilitiesFor(situations, steps, [
      ...(topic.requires ?? []),
      ...(raw.requires ?? []),
    ]),
    engines,
    control: path[0] === 'control' ? null : `${topicId}/control`,
    killedBy: raw['killed-by'] ?? [],
    certificates,
    ...situation,
    secrets,
    steps,
  }
}
