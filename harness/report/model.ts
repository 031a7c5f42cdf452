import type { Observation } from '../observation/types.ts'
import type { KnownFailure } from '../scenario/known-failing.ts'
import type { Level } from '../scenario/types.ts'
import type { Capability, EngineName, Profile } from '../scenario/vocabulary.ts'
import type { Carrier } from '../verdict/applicability.ts'
import type { JudgedStep } from '../verdict/judged-step.ts'
import type {
  Advisory,
  FailureReason,
  InconclusiveReason,
  RunVerdict,
  VerdictWord,
} from '../verdict/types.ts'

/** How many scenarios ended how. */
export interface Counts {
  readonly planned: number
  readonly passed: number
  readonly failed: number
  readonly skipped: number
  readonly inconclusive: number
}

/** One scenario in the report. */
export interface ScenarioResult {
  readonly scenario: string
  readonly title: string
  readonly topic: string
  readonly level: Level
  readonly profile: Profile
  readonly references: readonly string[]
  readonly verdict: VerdictWord
  /** Only of a passed scenario. */
  readonly grade: 'strict' | 'loose' | null
  /** Only of a failed or an inconclusive one. */
  readonly reason: FailureReason | InconclusiveReason | null
  /** One English paragraph: expected, seen, whose fault. */
  readonly explanation: string
  /** How its control ended; null for a control itself or where it was not run. */
  readonly control: VerdictWord | null
  /** What the dispatcher was told, without key material. */
  readonly stimulus: Readonly<Record<string, unknown>>
  /** What the judge looks at: every step of the scenario in order, with what was expected of it. */
  readonly expected: readonly JudgedStep[]
  readonly observations: readonly Observation[]
  readonly advisories: readonly Advisory[]
  readonly durationMs: number
  /** One line for a shell. */
  readonly reproduce: string
  /**
   * Only of a failed scenario that the vendor lists as known to fail. A known failure is a failure: no
   * verdict, count or exit status of `certify` depends on it.
   */
  readonly known?: KnownFailure
}

/**
 * What a skipped scenario needs that this run did not have. Both lists empty: it was skipped and the
 * plan does not say why.
 */
export interface Missing {
  /** Capabilities that the dispatcher does not declare. */
  readonly capabilities: readonly Capability[]
  /** The engines that can run it, where the run's engine is not one of them. */
  readonly engines: readonly EngineName[]
}

/** A scenario's result beside what the plan knows about it. */
export interface ReportedResult extends ScenarioResult {
  /** Only of a skipped scenario. */
  readonly missing: Missing | null
}

/**
 * `selected`: it is run. `filtered-out`: someone asked for less than everything, so the run is
 * partial. `opt-in`: it belongs to a profile that nobody asked for, which is no loss.
 */
export type Selection = 'selected' | 'filtered-out' | 'opt-in'

/** One scenario of the corpus in the plan of a run. */
export interface PlanEntry {
  readonly scenario: string
  readonly profile: Profile
  readonly selection: Selection
}

/** `report.json`, schema `hookproof.report/v1`. Other tools read these fields. */
export interface Report {
  readonly schema: 'hookproof.report/v1'
  readonly suite: {
    readonly version: string
    /** `sha256:` and the digest over all scenario files. */
    readonly corpus: string
    /** Scenarios in the corpus, selected or not. */
    readonly scenarios: number
  }
  readonly run: {
    readonly id: string
    readonly startedAt: string
    readonly finishedAt: string
    readonly engine: EngineName
    readonly versions: Readonly<Record<string, string>>
    /** Whether a filter left scenarios out. */
    readonly filtered: boolean
    /** Whether the run was cut short. */
    readonly interrupted: boolean
  }
  readonly dispatcher: {
    readonly name: string
    readonly version: string
    readonly capabilities: readonly string[]
    /** `observe`: nobody heard the dispatcher, so the report is evidence and never certifies. */
    readonly carrier: Carrier
  }
  readonly profiles: readonly (Counts & { readonly id: Profile; readonly result: RunVerdict })[]
  readonly summary: Counts
  readonly verdict: RunVerdict
  /** Every scenario of the corpus, in its order, as it was fixed before the run. */
  readonly plan: readonly PlanEntry[]
  /** One for each selected scenario, in the order of the plan. */
  readonly results: readonly ReportedResult[]
  /** `sha256:` and the digest over everything else in the report, see `sealOf`. */
  readonly seal: string
}
