import type { Observation } from '../../harness/observation/types.ts'
import type { ScenarioResult } from '../../harness/report/model.ts'

/** What must not depend on the engine. Which advisories there are is part of it, their words are not. */
export function lineOf({ scenario, verdict, reason, grade, advisories }: ScenarioResult): string {
  const codes = advisories.map(({ code }) => code).join(' ')
  return [scenario, verdict, reason ?? '-', grade ?? '-', codes].join(' ').trim()
}

/** Of a column, in characters. */
const WIDTH = 78

/** Both ledgers beside each other, and what was made of them. */
export function sideBySide(embedded: ScenarioResult, containers: ScenarioResult): string {
  const left = ['EMBEDDED', lineOf(embedded), ...embedded.observations.map(inOneLine)]
  const right = ['CONTAINERS', lineOf(containers), ...containers.observations.map(inOneLine)]
  const rows = Array.from({ length: Math.max(left.length, right.length) }, (_, row) =>
    [left[row], right[row]].map((text = '') => text.slice(0, WIDTH).padEnd(WIDTH)).join(' | '),
  )
  return [
    ...rows,
    `embedded: ${embedded.explanation}`,
    `containers: ${containers.explanation}`,
  ].join('\n')
}

/** The evidence without what differs from run to run. */
function inOneLine(observation: Observation): string {
  const { kind, at, ...rest } = observation
  const told = Object.entries(rest)
    .filter(([name]) => !['headers', 'eventSha256', 'bodySha256', 'path'].includes(name))
    .map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
  return `${Math.round(at)} ${kind} ${told.join(' ')}`
}
