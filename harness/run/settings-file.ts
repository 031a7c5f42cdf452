import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { SharedRun } from './run-folder.ts'
import type { Settings } from './settings.ts'

/**
 * What `hookproof(…)` made of a project's configuration. Only Playwright can load a
 * `playwright.config.ts`, so the settings go through a file in the run's private folder.
 */
const FILE = 'settings.json'

/** Leaves the settings for the process that started the run. */
export function leaveSettings(run: SharedRun, settings: Settings): void {
  writeFileSync(join(run.folder, FILE), JSON.stringify(settings), { mode: 0o600 })
}

/** The settings that the run left behind; null = its configuration never called `hookproof(…)`. */
export function settingsLeft(run: SharedRun): Settings | null {
  try {
    return JSON.parse(readFileSync(join(run.folder, FILE), 'utf8')) as Settings
  } catch {
    return null
  }
}
