/**
 * Every error that hookproof itself reports, and the exit status that it leads to.
 *
 * An error is a code, one sentence with the values in it, a hint and a cause. An error of the
 * harness never becomes a `failed` verdict: it is `inconclusive`, bad usage, or the environment.
 */

/** The codes, each with whose fault it is: `usage` exits with 2, `environment` with 3. */
export const ERROR_KINDS = {
  ERR_USAGE: 'usage',
  ERR_CONFIG_INVALID: 'usage',
  ERR_SCENARIO_INVALID: 'usage',
  ERR_SCENARIO_NOT_FOUND: 'usage',
  ERR_NOTHING_SELECTED: 'usage',
  ERR_KNOWN_FAILING_INVALID: 'usage',
  ERR_KNOWN_FAILING_STALE: 'usage',
  ERR_DISPATCHER_INVALID: 'usage',
  ERR_DISPATCHER_NOT_STARTED: 'usage',
  ERR_REPORT_INVALID: 'usage',
  ERR_REPORT_UNWRITABLE: 'usage',
  ERR_SHARDS_DIFFER: 'usage',
  ERR_SHARDS_OVERLAP: 'usage',
  ERR_ADAPTER_PROTOCOL: 'environment',
  ERR_ADAPTER_TIMEOUT: 'environment',
  ERR_ADAPTER_ERRORED: 'environment',
  ERR_CLOCK_SKEW: 'environment',
  ERR_ENGINE_UNAVAILABLE: 'environment',
  ERR_ENGINE_FAULT: 'environment',
  ERR_PORT_TAKEN: 'environment',
  ERR_PKI: 'environment',
} as const

/** The code of a {@link HarnessError}. */
export type ErrorCode = keyof typeof ERROR_KINDS

/** An error of the harness, its user or its environment. Never a verdict on a dispatcher. */
export class HarnessError extends Error {
  override readonly name = 'HarnessError'
  readonly code: ErrorCode
  /** What the reader can do about it, one sentence. */
  readonly hint: string

  constructor(code: ErrorCode, sentence: string, options: { hint: string; cause?: unknown }) {
    super(sentence, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.hint = options.hint
  }
}

/** The exit status for an error: 2 for bad usage or configuration, 3 for everything else. */
export function exitStatusOf(error: unknown): 2 | 3 {
  return error instanceof HarnessError && ERROR_KINDS[error.code] === 'usage' ? 2 : 3
}

/** One or two lines for a terminal: the sentence with its code, then the hint. */
export function renderError(error: unknown): string {
  if (error instanceof HarnessError) {
    return `${error.code}: ${error.message}\n  hint: ${error.hint}`
  }
  return `unexpected error: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`
}
