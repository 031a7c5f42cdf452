import { startSessionForTools } from '../harness/run/tool-session.ts'
import { median } from './table.ts'

/** What scenarios cost against the reference dispatcher, one after the other in one session. */
export interface ScenarioCosts {
  readonly scenarios: number
  readonly medianMs: number
  readonly meanMs: number
  /** ClientHellos a scenario, mean. */
  readonly handshakes: number
}

/** Certifies the whole corpus once to warm up and once for the figures. */
export async function scenarioCosts(): Promise<ScenarioCosts> {
  await using tools = await startSessionForTools({})
  const { session, corpus } = tools
  const times: number[] = []
  let hellos = 0
  for (const round of ['warm-up', 'measured'] as const) {
    for (const scenario of corpus.scenarios) {
      const result = await session.certify(scenario)
      if (round === 'warm-up' || result.verdict === 'skipped') continue
      // A control was run in the warm-up and is remembered: it costs nothing now.
      if (scenario.control === null) continue
      times.push(result.durationMs)
      hellos += result.observations.filter(({ kind }) => kind === 'client-hello').length
    }
  }
  const count = Math.max(1, times.length)
  return {
    scenarios: corpus.scenarios.length,
    medianMs: median(times),
    meanMs: times.reduce((sum, one) => sum + one, 0) / count,
    handshakes: hellos / count,
  }
}
