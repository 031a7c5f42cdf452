import { closeSync, openSync } from 'node:fs'
import { join } from 'node:path'
import type { SharedRun } from './run-folder.ts'

/**
 * Whether this is the first time that any worker of the run asks about a thing: the first to ask is.
 *
 * @param name - Becomes a file in the run's folder: letters and hyphens.
 * @returns `first` also where the folder cannot be written: then a thing is told too often, not never
 */
export function firstInRun({ folder }: SharedRun, name: string): 'first' | 'again' {
  try {
    closeSync(openSync(join(folder, `told-${name}`), 'wx', 0o600))
    return 'first'
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EEXIST' ? 'again' : 'first'
  }
}
