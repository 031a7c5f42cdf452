/**
 * Which command of Playwright this process runs: `npx playwright merge-reports` has reporters and perhaps
 * a configuration like `npx playwright test`, but it runs nothing. Playwright tells neither of them.
 */
export function playwrightCommand(): 'test' | 'merge-reports' {
  // node, Playwright's program, the command.
  return process.argv[2] === 'merge-reports' ? 'merge-reports' : 'test'
}
