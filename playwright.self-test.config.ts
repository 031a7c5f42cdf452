import { defineConfig } from '@playwright/test'

/** Our own tests: unit tests beside the source, end-to-end tests by running the real thing. */
export default defineConfig({
  testDir: '.',
  testMatch: ['harness/**/*.test.ts', 'fixtures/**/*.test.ts', 'bench/**/*.test.ts'],
  testIgnore: ['**/node_modules/**', 'dist/**'],
  fullyParallel: true,
  workers: 2,
  // On a machine of CI a neighbour may take the time of a real process; what passes only at the second
  // attempt is reported as flaky, and is to be mended.
  retries: process.env['CI'] === undefined ? 0 : 2,
  // Some tests run the real thing, in processes of its own.
  timeout: 150_000,
  reporter: [['list']],
  outputDir: 'test-results/self-test',
})
