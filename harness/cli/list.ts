import { loadScenarios } from '../scenario/load.ts'
import type { Scenario } from '../scenario/types.ts'
import { parseOptions } from './arguments.ts'
import { projectSettings } from './project.ts'

const HELP = `npx hookproof list [--json]

  Every scenario by topic, yours among them: id, level, profile, what it needs, title.

  --json    the same for a program
`

/** `hookproof list`. */
export async function list(args: readonly string[]): Promise<number> {
  const values = parseOptions('list', args, { valued: [], flags: ['json'] })
  if (values['help'] !== undefined) {
    process.stdout.write(HELP)
    return 0
  }
  const settings = await projectSettings(process.env, process.cwd())
  const { scenarios } = loadScenarios(settings.scenarios)
  process.stdout.write(values['json'] === undefined ? asText(scenarios) : asJson(scenarios))
  return 0
}

function asJson(scenarios: readonly Scenario[]): string {
  const rows = scenarios.map(
    ({ id, title, topic, level, profile, references, requires, engines, killedBy }) => ({
      id,
      title,
      topic,
      level,
      profile,
      references,
      requires,
      engines,
      killedBy,
    }),
  )
  return `${JSON.stringify(rows, null, 2)}\n`
}

function asText(scenarios: readonly Scenario[]): string {
  const width = Math.max(...scenarios.map(({ id }) => id.length))
  const lines: string[] = []
  let topic = ''
  for (const scenario of scenarios) {
    if (scenario.topic !== topic) {
      topic = scenario.topic
      lines.push('', `${topic} (${scenario.profile})`)
    }
    const needs = scenario.requires.length === 0 ? '' : `  [${scenario.requires.join(', ')}]`
    lines.push(
      `  ${scenario.id.padEnd(width)}  ${scenario.level.padEnd(6)}  ${scenario.title}${needs}`,
    )
  }
  return `${lines.slice(1).join('\n')}\n\n${scenarios.length} scenarios\n`
}
