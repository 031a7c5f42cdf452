import { expect } from '@playwright/test'
import { HarnessError } from '../errors.ts'
import { parseTopic } from './parse.ts'
import { scenarioInvalid } from './problems.ts'
import type { Scenario } from './types.ts'

/** First lines of a topic file; its control starts on line 4. */
const HEAD = 'topic: Things that a test says\nrole: dispatcher\nprofile: core\n'

const PLAIN_CONTROL = `control:
  title: Delivers in a test
  expect: { outcome: delivered }
`

/** Keys that every scenario has to have, to put into a flow mapping. */
export const BASICS =
  'title: Does what a test says, level: MUST, references: [RFC 5280 6.1], killed-by: [a-miniature]'

/** A topic file with one scenario, `one`, which starts on line 8 when the control is the plain one. */
export function topicWith(scenario: string, control = PLAIN_CONTROL): string {
  return `${HEAD}${control}scenarios:\n  one:\n    ${scenario.trimEnd().replaceAll('\n', '\n    ')}\n`
}

/** Keys of a scenario as lines, the required ones first. */
export function scenarioOf(keys: string): string {
  return `title: Does what a test says
level: MUST
references: [RFC 5280 6.1]
killed-by: [a-miniature]
${keys}`
}

/** Parses a topic file called `things.yaml` that has to be good. */
export function parse(text: string): readonly Scenario[] {
  const { scenarios, problems } = parseTopic({ text, file: 'things.yaml', topicId: 'things' })
  expect(problems).toEqual([])
  return scenarios
}

/** The scenario `one` of a topic file that has to be good. */
export function parseOne(keys: string, control?: string): Scenario {
  const one = parse(topicWith(scenarioOf(keys), control)).find(({ id }) => id === 'things/one')
  if (one === undefined) throw new Error('things/one was not parsed')
  return one
}

/** The whole message that a bad topic file is refused with. */
export function messageFor(text: string): string {
  const { scenarios, problems } = parseTopic({ text, file: 'things.yaml', topicId: 'things' })
  expect(scenarios).toEqual([])
  expect(problems).not.toEqual([])
  return scenarioInvalid(problems).message
}

/** The message of the HarnessError that `act` throws. */
export function messageOf(act: () => unknown): string {
  try {
    act()
  } catch (error) {
    if (error instanceof HarnessError) return `${error.code}: ${error.message}`
    throw error
  }
  throw new Error('nothing was thrown')
}
