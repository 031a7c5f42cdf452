/** The label of everything that belongs to a run. */
export const RUN_LABEL = 'hookproof.run'

/** The label with the process that started a run. */
export const OWNER_LABEL = 'hookproof.owner'

/** The label with the run's id, as Docker filters by it. */
export function labelOf(runId: string): string {
  return `${RUN_LABEL}=${runId}`
}
