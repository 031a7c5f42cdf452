/** Why a scenario failed (architecture, "The report"). */
export type FailureReason =
  | 'leak'
  | 'not-delivered'
  | 'contradiction'
  | 'wrong-reason'
  | 'wrong-certificate'
  | 'storm'
  | 'secret-told'
  | 'unmet'

/** Why nothing can be said about the dispatcher. */
export type InconclusiveReason =
  'no-attempt' | 'control' | 'resumed' | 'adapter' | 'harness' | 'clock' | 'unheard'

/** Something worth telling that does not fail the scenario. */
export interface Advisory {
  readonly code:
    | 'unmet-should'
    | 'not-bound'
    | 'loose-reason'
    | 'said-failed'
    | 'reset-not-honoured'
    | 'account-unheard'
  /** For `unmet-should` and `not-bound`: what would have failed a MUST. */
  readonly reason: FailureReason | null
  readonly text: string
}

/** What is decided about one scenario. Nothing but `passed` passes. */
export type Verdict =
  | {
      readonly verdict: 'passed'
      /** `loose`: right, but the dispatcher could not say why. */
      readonly grade: 'strict' | 'loose'
      readonly advisories: readonly Advisory[]
    }
  | {
      readonly verdict: 'failed'
      readonly reason: FailureReason
      readonly step: number
      /** Sentence parts: what was required and what was seen. */
      readonly expected: string
      readonly seen: string
      readonly advisories: readonly Advisory[]
    }
  | { readonly verdict: 'skipped'; readonly because: string }
  | {
      readonly verdict: 'inconclusive'
      readonly reason: InconclusiveReason
      readonly detail: string
    }

/** The word of a verdict. */
export type VerdictWord = Verdict['verdict']

/** The verdict on a whole run, computed from the plan. */
export type RunVerdict = 'conformant' | 'nonconformant' | 'partial' | 'inconclusive'
