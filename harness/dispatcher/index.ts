/** What the rest of the harness needs to drive a dispatcher under test. */
export type { StartedAdapter } from './adapter.ts'
export type { StartOptions } from './start.ts'
export { startAdapter } from './start.ts'
