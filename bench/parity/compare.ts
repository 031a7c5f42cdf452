import { join } from 'node:path'
import { packageRoot } from '../../harness/package-root.ts'
import type { ScenarioResult } from '../../harness/report/model.ts'
import { certifyAll } from '../../harness/run/certify-all.ts'
import type { Workbench } from '../../harness/run/tool-session.ts'
import type { Scenario } from '../../harness/scenario/types.ts'
import type { Meeting } from './plan.ts'
import { lineOf, sideBySide } from './side-by-side.ts'

/** A workbench on each engine. */
export interface Benches {
  readonly embedded: Workbench
  readonly containers: Workbench
}

/** What meetings came to. */
export interface Comparison {
  /** Pairs of verdicts, over all dispatchers. */
  readonly compared: number
  /** Both ledgers of each pair that differs. */
  readonly differences: readonly string[]
  /** Pairs that differed beside others and not by themselves: the machine was too slow for a time-out. */
  readonly unsteady: readonly string[]
}

interface Suspect {
  readonly miniature: Meeting['miniature']
  readonly scenario: Scenario
  /** Both verdicts. */
  readonly lines: string
}

/** Dispatchers at once: they share the engines, and most of their time is waiting. */
const LANES = 3

/** Scenarios of one dispatcher at once: each new slot of HAProxy is a reload. */
const AT_ONCE = 3

const program = join(packageRoot, 'dist/fixtures/dispatchers/miniatures/main.js')

/**
 * Certifies dispatchers on both engines at the same time and compares the verdicts. A pair that differs is
 * certified once more with nothing beside it, and counts when it differs again.
 */
export async function compareAll(
  meetings: readonly Meeting[],
  benches: Benches,
): Promise<Comparison> {
  const queue = meetings.values()
  const suspects: Suspect[] = []
  let compared = 0
  const lane = async (): Promise<void> => {
    for (const { miniature, scenarios } of queue) {
      const [one, other] = await Promise.all([
        certifiedOn(benches.embedded, miniature, scenarios),
        certifiedOn(benches.containers, miniature, scenarios),
      ])
      compared += scenarios.length
      for (const scenario of scenarios) {
        const [embedded, containers] = [lineAt(one, scenario), lineAt(other, scenario)]
        if (embedded === containers) continue
        suspects.push({ miniature, scenario, lines: `${embedded} | ${containers}` })
      }
    }
  }
  await Promise.all(Array.from({ length: LANES }, lane))
  const differences: string[] = []
  const unsteady: string[] = []
  for (const suspect of suspects) {
    const name = suspect.miniature ?? 'reference'
    const difference = await differenceAlone(suspect, benches)
    if (difference === null) unsteady.push(`${name}: ${suspect.lines}`)
    else differences.push(`${name}\n${difference}`)
  }
  return { compared, differences, unsteady }
}

async function differenceAlone(
  { miniature, scenario }: Suspect,
  { embedded, containers }: Benches,
): Promise<string | null> {
  const one = resultAt(await certifiedOn(embedded, miniature, [scenario]), scenario)
  const other = resultAt(await certifiedOn(containers, miniature, [scenario]), scenario)
  return lineOf(one) === lineOf(other) ? null : sideBySide(one, other)
}

type Results = ReadonlyMap<string, ScenarioResult>

async function certifiedOn(
  workbench: Workbench,
  miniature: Meeting['miniature'],
  scenarios: readonly Scenario[],
): Promise<Results> {
  const command = miniature === null ? undefined : `node '${program}' ${miniature}`
  await using session = await workbench.open(command)
  return await certifyAll(session, scenarios, AT_ONCE)
}

function resultAt(results: Results, { id }: Scenario): ScenarioResult {
  const result = results.get(id)
  if (result === undefined) throw new Error(`${id} was not certified`)
  return result
}

function lineAt(results: Results, scenario: Scenario): string {
  return lineOf(resultAt(results, scenario))
}
