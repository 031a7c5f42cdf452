import { stringify } from 'yaml'
import type { ScenarioResult } from '../../harness/report/model.ts'
import { certifyAll } from '../../harness/run/certify-all.ts'
import type { Workbench } from '../../harness/run/tool-session.ts'
import type { Scenario } from '../../harness/scenario/types.ts'

/** Scenarios at once: their waits overlap. */
const AT_ONCE = 6

const HEAD = `# What the reference dispatcher's platform says at each refusal, beside the title that it has to fit: a
# name constraint that is refused for the host name proves nothing. Made by \`npm run native-errors\`; read what
# changes. Measured with Node.js 20, whose OpenSSL tells the last thing that is wrong with a path.
`

/** One scenario in which the reference itself said no, and its words, one for each time that they changed. */
export interface Refusal {
  readonly scenario: Pick<Scenario, 'id' | 'title'>
  readonly natives: readonly string[]
}

/** Runs the reference against every scenario in which something is not delivered. */
export async function refusalsOfReference(workbench: Workbench): Promise<readonly Refusal[]> {
  await using session = await workbench.open()
  const scenarios = workbench.corpus.scenarios.filter(({ steps }) =>
    steps.some((step) => step.do === 'deliver' && step.expect.outcome !== 'delivered'),
  )
  const results = await certifyAll(session, scenarios, AT_ONCE)
  return scenarios.flatMap((scenario) => {
    const natives = nativesIn(results.get(scenario.id)?.observations ?? [])
    return natives.length === 0 ? [] : [{ scenario, natives }]
  })
}

/** The platform's word at each refusal of the dispatcher's own; where there is none, its reason. */
export function nativesIn(observations: ScenarioResult['observations']): readonly string[] {
  const words = observations.flatMap((one) => {
    if (one.kind === 'configured' && one.result === 'refused')
      return [`config: ${one.reason ?? ''}`]
    if (one.kind !== 'reply' || one.disposition !== 'refused') return []
    const last = one.attempts.at(-1)
    return [last?.native ?? last?.reason ?? '']
  })
  return [...new Set(words.map(withoutKeys))]
}

/** Keys are new in every run, and their pins with them. */
function withoutKeys(native: string): string {
  return native.replaceAll(/[\w+/]{43}=/g, '…')
}

/** The file as it is committed. */
export function refusalsFile(refusals: readonly Refusal[]): string {
  const lines = refusals.map(({ scenario: { id, title }, natives }) => {
    const pair = stringify({ [id]: natives.join('; ') }, { lineWidth: 0, singleQuote: true })
    return `${pair.trimEnd()} # ${title}\n`
  })
  return HEAD + lines.join('')
}
