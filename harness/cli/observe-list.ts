import { whyNotObservable, type Reach } from '../run/observe/observable.ts'
import type { Scenario } from '../scenario/types.ts'

/**
 * `observe --list`: what would be observed, what could be with `--all`, and why the rest cannot be. Pure.
 *
 * @param all what `--all` selects
 */
export function observableList(
  scenarios: readonly Scenario[],
  selected: readonly Scenario[],
  all: readonly Scenario[],
  reach: Reach,
): string {
  const possible = new Set(all.map(({ id }) => id))
  const chosen = new Set(selected.map(({ id }) => id))
  const widest = Math.max(0, ...scenarios.map(({ id }) => id.length))
  const could: string[] = []
  const cannot = new Map<string, string[]>()
  for (const scenario of scenarios) {
    const { id, title } = scenario
    if (chosen.has(id)) continue
    if (possible.has(id)) could.push(`  ${id.padEnd(widest)}  ${title}`)
    else {
      const why = whyNotObservable(scenario, reach) ?? 'it is the control of nothing that can be'
      cannot.set(why, [...(cannot.get(why) ?? []), id])
    }
  }
  return [
    `Observed, ${selected.length}`,
    ...selected.map(({ id, title }) => `  ${id.padEnd(widest)}  ${title}`),
    '',
    `Could be, with --all or --grep, ${could.length}`,
    ...could,
    ...[...cannot].flatMap(([why, ids]) => [
      '',
      `Not, since ${why}, ${ids.length}`,
      ...ids.map((id) => `  ${id}`),
    ]),
    '',
  ].join('\n')
}
