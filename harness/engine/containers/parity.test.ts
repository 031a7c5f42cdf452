import { expect, test } from '@playwright/test'
import { join } from 'node:path'
import { miniatures } from '../../../fixtures/dispatchers/miniatures/registry.ts'
import type { Observation } from '../../observation/types.ts'
import { packageRoot } from '../../package-root.ts'
import type { ScenarioResult } from '../../report/model.ts'
import { startSessionForTools } from '../../run/tool-session.ts'
import type { Scenario } from '../../scenario/types.ts'
import { findDocker } from './docker-address.ts'
import { leftovers, useLocalBases } from './test-support.ts'

/** Faults of every kind: in trust, identity, transport, tokens, pins, retries and in what is claimed. */
const CHOSEN = [
  'accepts-expired-certificate',
  'any-status-is-delivered',
  'believes-write-is-delivery',
  'delivers-without-token',
  'falls-back-to-plaintext',
  'falls-back-without-client-certificate',
  'follows-redirects',
  'forwards-client-cert-header',
  'keeps-old-certificate-after-reconfigure',
  'never-presents-certificate',
  'pins-bypassed-by-keep-alive',
  'pins-bypassed-by-resumption',
  'refuses-after-sending',
  'retries-permanent-refusal',
  'sends-leaf-without-chain',
  'treats-close-as-delivered',
]

const finding = await findDocker()

test.describe('both engines mean the same', () => {
  test.skip(finding.found === 'none', 'no Docker engine answers')
  test.describe.configure({ mode: 'serial', timeout: 300_000 })
  test.beforeAll(useLocalBases)

  test('the reference dispatcher gets the same verdicts on both', async () => {
    await expectParity(undefined, () => true)
  })

  for (const name of CHOSEN) {
    test(`${name} gets the same verdicts on both`, async () => {
      expect(Object.keys(miniatures)).toContain(name)
      const program = join(packageRoot, 'dist/fixtures/dispatchers/miniatures/main.js')
      await expectParity(`node '${program}' ${name}`, ({ killedBy }) => killedBy.includes(name))
    })
  }

  test('nothing is left behind', () => {
    expect(leftovers()).toEqual([])
  })
})

async function expectParity(
  dispatcher: string | undefined,
  isWanted: (one: Scenario) => boolean,
): Promise<void> {
  const options = dispatcher === undefined ? {} : { dispatcher }
  await using embedded = await startSessionForTools({ ...options, engine: 'embedded' })
  await using containers = await startSessionForTools({ ...options, engine: 'containers' })
  const wanted = embedded.corpus.scenarios.filter(
    (one) => one.engines.length === 2 && isWanted(one),
  )
  expect(wanted.length).toBeGreaterThan(0)
  const differences: string[] = []
  for (const scenario of wanted) {
    const [one, other] = [
      await embedded.session.certify(scenario),
      await containers.session.certify(scenario),
    ]
    if (lineOf(one) !== lineOf(other)) differences.push(sideBySide(one, other))
  }
  expect(differences.join('\n\n')).toBe('')
}

/** What must not depend on the engine. Which advisories there are is part of it, their words are not. */
function lineOf({ scenario, verdict, reason, grade, advisories }: ScenarioResult): string {
  const codes = advisories.map(({ code }) => code).join(' ')
  return [scenario, verdict, reason ?? '-', grade ?? '-', codes].join(' ').trim()
}

const WIDTH = 78

function sideBySide(one: ScenarioResult, other: ScenarioResult): string {
  const columns = [one, other].map((result, index) => [
    index === 0 ? 'EMBEDDED' : 'CONTAINERS',
    lineOf(result),
    ...result.observations.map(inOneLine),
  ])
  const [left = [], right = []] = columns
  const rows = Array.from({ length: Math.max(left.length, right.length) }, (_, row) =>
    [left[row], right[row]].map((text = '') => text.slice(0, WIDTH).padEnd(WIDTH)).join(' | '),
  )
  return [...rows, `embedded: ${one.explanation}`, `containers: ${other.explanation}`].join('\n')
}

/** The evidence without what differs from run to run. */
function inOneLine(observation: Observation): string {
  const { kind, at, ...rest } = observation
  const told = Object.entries(rest)
    .filter(([name]) => !['headers', 'eventSha256', 'bodySha256', 'path'].includes(name))
    .map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
  return `${Math.round(at)} ${kind} ${told.join(' ')}`
}
