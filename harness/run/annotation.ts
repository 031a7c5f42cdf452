/** Name of the annotation that ties a Playwright test to its scenario. */
export const SCENARIO_ANNOTATION = 'hookproof.scenario'
