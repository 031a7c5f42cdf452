import type { TestCase } from '@playwright/test/reporter'

/** Name of the annotation that ties a Playwright test to its scenario. */
export const SCENARIO_ANNOTATION = 'hookproof.scenario'

/** The scenario that a test certifies; null for a test of another kind. */
export function scenarioOf({ annotations }: Pick<TestCase, 'annotations'>): string | null {
  return annotations.find(({ type }) => type === SCENARIO_ANNOTATION)?.description ?? null
}
