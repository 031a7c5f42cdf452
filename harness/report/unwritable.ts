import { HarnessError } from '../errors.ts'

/** The error for a report that cannot be written there, whatever stands in the way. */
export function unwritable(where: string, cause: unknown): HarnessError {
  if (cause instanceof HarnessError) return cause
  const why = cause instanceof Error ? cause.message : String(cause)
  return new HarnessError(
    'ERR_REPORT_UNWRITABLE',
    `the report cannot be written to ${where}: ${why}`,
    {
      hint: 'Choose a folder that you may write to, with --report DIR or HOOKPROOF_REPORT=DIR.',
      cause,
    },
  )
}
