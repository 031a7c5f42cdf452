import type { Observation } from '../observation/types.ts'

/** One line of expected against seen. The mark helps the eye; the verdict is the judge's alone. */
export interface ComparisonRow {
  readonly what: string
  readonly expected: string
  readonly seen: string
  readonly mark: 'agrees' | 'differs'
  /** What in the ledger makes it differ, as far as single observations do; empty where it agrees. */
  readonly evidence: readonly Observation[]
}
