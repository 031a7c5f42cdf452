import { defineConfig } from '@playwright/test'

/** Our own tests: unit tests beside the source, end-to-end tests by running the real thing. */
export default defineConfig({
  testDir: '.',
  testMatch: ['harness/**/*.test.ts', 'fixtures/**/*.test.ts', 'bench/**/*.test.ts'],
  testIgnore: ['**/node_modules/**', 'dist/**'],
  fullyParallel: true,
  workers: 2,
  timeout: 30_000,
  reporter: [['list']],
  outputDir: 'test-results/self-test',
})
