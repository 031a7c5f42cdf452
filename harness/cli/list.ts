import { profileNamed } from '../run/settings.ts'
import { loadScenarios } from '../scenario/load.ts'
import type { Scenario } from '../scenario/types.ts'
import { PROFILES } from '../scenario/vocabulary.ts'
import { parseOptions } from './arguments.ts'
import { projectSettings } from './project.ts'
import { selectScenarios } from './selection.ts'

const HELP = `npx hookproof list [--grep PATTERN] [--profile NAMES] [--json]

  Every scenario by topic, yours among them: id, level, profile, title, and in brackets the capabilities
  without which it is skipped.

  --grep PATTERN   only scenarios whose "id: title @level @profile @topic" matches
  --profile NAMES  only scenarios of these profiles, separated by commas
  --json           the same for a program
`

/** `hookproof list`. */
export async function list(args: readonly string[]): Promise<number> {
  const values = parseOptions('list', args, { valued: ['grep', 'profile'], flags: ['json'] })
  if (values['help'] !== undefined) {
    process.stdout.write(HELP)
    return 0
  }
  const settings = await projectSettings(process.env, process.cwd())
  const { scenarios } = loadScenarios(settings.scenarios)
  const profiles = values['profile']?.split(',').map(profileNamed) ?? PROFILES
  const selected = selectScenarios(scenarios, profiles, values['grep'])
  process.stdout.write(values['json'] === undefined ? asText(selected) : asJson(selected))
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
  const widest = (texts: readonly string[]) => Math.max(0, ...texts.map(({ length }) => length))
  const ids = widest(scenarios.map(({ id }) => id))
  const profiles = widest(scenarios.map(({ profile }) => profile))
  const lines: string[] = []
  let topic = ''
  for (const scenario of scenarios) {
    const { id, level, profile, title, requires } = scenario
    if (scenario.topic !== topic) lines.push('', scenario.topic)
    topic = scenario.topic
    const needs = requires.length === 0 ? '' : `  [${requires.join(', ')}]`
    lines.push(
      `  ${id.padEnd(ids)}  ${level.padEnd(6)}  ${profile.padEnd(profiles)}  ${title}${needs}`,
    )
  }
  const count = `${scenarios.length} scenario${scenarios.length === 1 ? '' : 's'}`
  return `${[...lines.slice(1), '', count].join('\n')}\n`
}
