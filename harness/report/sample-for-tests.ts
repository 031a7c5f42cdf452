import type { Expectation, Level, Step } from '../scenario/types.ts'
import type { Capability, EngineName, Profile } from '../scenario/vocabulary.ts'
import { explain } from '../verdict/explain.ts'
import { judge } from '../verdict/judge.ts'
import { judgedSteps } from '../verdict/judged-step.ts'
import type { VerdictWord } from '../verdict/types.ts'
import { assemble, type PlannedScenario, type RunFacts } from './assemble.ts'
import type { Report, ScenarioResult } from './model.ts'
import { SAMPLE_SCENARIOS } from './sample-scenarios-for-tests.ts'
import type { Scene } from './scene-for-tests.ts'

/** One scenario of the sample: what was planned, and the ledger to judge. */
export interface SampleScenario {
  readonly id: string
  readonly topic: string
  readonly title: string
  readonly level?: Level
  readonly profile?: Profile
  readonly references?: readonly string[]
  readonly requires?: readonly Capability[]
  readonly engines?: readonly EngineName[]
  readonly control?: VerdictWord
  readonly stimulus?: Readonly<Record<string, unknown>>
  readonly expected?: readonly Expectation[]
  /** The ledger; `skipped` and `no-result` are the other ways to end. */
  readonly scene: Scene | 'skipped' | 'no-result'
}

/** What a sample dispatcher is told, where its scenario says nothing else. */
const STIMULUS = {
  configure: {
    url: 'https://localhost:41234/hooks/9d1e',
    trust_anchors: ['private-root'],
    client_certificate: { format: 'pem', chain: ['dispatcher', 'private-issuing-ca'] },
    timeout_ms: 2000,
  },
  deliver: { event: 'evt_55ab', type: 'payment.succeeded', content_type: 'application/json' },
}

const stepsOf = ({ expected = [] }: SampleScenario): readonly Step[] =>
  expected.map((expect) => ({ do: 'deliver', expect }))

function planned(sample: SampleScenario): PlannedScenario {
  return {
    id: sample.id,
    title: sample.title,
    topic: sample.topic,
    level: sample.level ?? 'MUST',
    profile: sample.profile ?? 'core',
    references: sample.references ?? [],
    requires: sample.requires ?? [],
    engines: sample.engines ?? ['embedded', 'containers'],
    reproduce: `npx playwright test --grep '${sample.id}'`,
    steps: stepsOf(sample),
    selection: 'selected',
  }
}

function resultOf(sample: SampleScenario): ScenarioResult | null {
  if (sample.scene === 'no-result') return null
  const { observations } =
    sample.scene === 'skipped' ? { observations: [] } : { observations: sample.scene.observations }
  const steps = stepsOf(sample)
  const level = sample.level ?? 'MUST'
  const subject = { level, steps, observations, control: sample.control ?? null }
  const because = `it needs ${(sample.requires ?? sample.engines ?? []).join(', ')}`
  const verdict =
    sample.scene === 'skipped' ? { verdict: 'skipped' as const, because } : judge(subject)
  const { id, title, topic, profile, references, reproduce } = planned(sample)
  return {
    scenario: id,
    title,
    topic,
    level,
    profile,
    references,
    verdict: verdict.verdict,
    grade: verdict.verdict === 'passed' ? verdict.grade : null,
    reason: 'reason' in verdict ? verdict.reason : null,
    explanation: explain(subject, verdict),
    control: sample.control ?? null,
    stimulus: sample.scene === 'skipped' ? {} : (sample.stimulus ?? STIMULUS),
    expected: judgedSteps(steps),
    observations,
    advisories: 'advisories' in verdict ? verdict.advisories : [],
    durationMs: 41,
    reproduce,
  }
}

/** The facts of the sample run. Its dispatcher's name is hostile on purpose. */
export const SAMPLE_FACTS: RunFacts = {
  suite: { version: '0.1.0', corpus: `sha256:${'3f9a'.repeat(16)}` },
  run: {
    id: 'run-7f3c',
    startedAt: '2026-09-24T10:00:00.000Z',
    finishedAt: '2026-09-24T10:00:04.612Z',
    engine: 'embedded',
    versions: { node: 'v20.20.2', openssl: '3.0.17', hookproof: '0.1.0' },
  },
  dispatcher: {
    name: 'Acme Hooks <script>alert(1)</script>',
    version: '4.2.1',
    capabilities: [
      'client-certificate.pem',
      'trust.private-ca',
      'pin.spki',
      'oauth2.tls-client-auth',
      'oauth2.certificate-bound-token',
      'rotation',
      'reset',
    ],
    carrier: 'stdio',
  },
  ending: 'completed',
}

/** A report with everything in it: failures, skips, inconclusive ones, loose passes, advisories and hostile strings. */
export function sampleReport(facts: RunFacts = SAMPLE_FACTS): Report {
  const results = new Map<string, ScenarioResult>()
  for (const sample of SAMPLE_SCENARIOS) {
    const result = resultOf(sample)
    if (result !== null) results.set(sample.id, result)
  }
  return assemble(SAMPLE_SCENARIOS.map(planned), results, facts)
}
