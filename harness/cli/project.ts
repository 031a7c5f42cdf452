import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename, dirname, join } from 'node:path'
import { HarnessError } from '../errors.ts'
import { packageRoot } from '../package-root.ts'
import { hasConfigFile } from '../run/config-file.ts'
import { errorLeft } from '../run/outcome-file.ts'
import { closeRun, openRun } from '../run/run-folder.ts'
import { settingsFrom, type Settings } from '../run/settings.ts'
import { settingsLeft } from '../run/settings-file.ts'

/** What Playwright itself looks for, in its order. */
const NAMES = ['ts', 'js', 'mts', 'mjs', 'cts', 'cjs'].map((end) => `playwright.config.${end}`)

const DEFAULT_CONFIG = join(packageRoot, 'dist/harness/run/default.config.js')

/** The Playwright configuration of a folder, or the one that ships with hookproof. Absolute path. */
export function findConfig(cwd: string): string {
  return NAMES.map((name) => join(cwd, name)).find((path) => existsSync(path)) ?? DEFAULT_CONFIG
}

/**
 * Playwright's program, as the configuration itself sees it: a second copy of Playwright in one run
 * would not know the tests that the first was told of.
 *
 * @throws HarnessError `ERR_CONFIG_INVALID` where it is not installed
 */
export function playwrightProgram(config: string): string {
  try {
    const manifest = createRequire(config).resolve('@playwright/test/package.json')
    return join(dirname(manifest), 'cli.js')
  } catch (cause) {
    throw new HarnessError(
      'ERR_CONFIG_INVALID',
      `@playwright/test is not installed where ${config} can see it.`,
      { hint: 'Run `npm install --save-dev @playwright/test`.', cause },
    )
  }
}

/**
 * The settings of the project in a folder. Only Playwright can load a `playwright.config.ts`, so it is
 * asked to, without running anything; a folder without a configuration costs nothing.
 *
 * @throws HarnessError what the configuration threw, or `ERR_CONFIG_INVALID` when it is none of
 *   hookproof's
 */
export async function projectSettings(
  environment: NodeJS.ProcessEnv,
  cwd: string,
): Promise<Settings> {
  const config = findConfig(cwd)
  if (config === DEFAULT_CONFIG && !hasConfigFile(cwd)) return settingsFrom({}, environment, cwd)
  const run = openRun()
  try {
    const output = await listTests(config, { ...environment, HOOKPROOF_RUN_FOLDER: run.folder })
    const settings = settingsLeft(run)
    if (settings !== null) return settings
    const error = errorLeft(run)
    if (error !== null) throw error
    throw new HarnessError(
      'ERR_CONFIG_INVALID',
      `${basename(config)} does not get as far as calling hookproof(…):\n${output.trim()}`,
      {
        hint: "Let it export `hookproof({…})` from 'hookproof/playwright', or run this in another folder.",
      },
    )
  } finally {
    closeRun(run)
  }
}

/** Makes Playwright load a configuration; resolves to what it prints. */
function listTests(config: string, env: NodeJS.ProcessEnv): Promise<string> {
  const program = playwrightProgram(config)
  const child = spawn(process.execPath, [program, 'test', '--list', '--config', config], { env })
  const heard: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => heard.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => heard.push(chunk))
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', () => {
      // A configuration that is none of ours may list thousands of tests.
      resolve(Buffer.concat(heard).toString().slice(0, 2000))
    })
  })
}
