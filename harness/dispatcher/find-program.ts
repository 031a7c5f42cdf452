import { accessSync, constants, statSync } from 'node:fs'
import { delimiter, join, resolve } from 'node:path'

/**
 * Looks a program up as the system will: a name with a slash is a path, any other is searched in
 * `PATH`.
 *
 * @returns the file, or null where there is none that can be executed
 */
export function findProgram(program: string, path: string, cwd: string): string | null {
  if (program.includes('/')) return executable(resolve(cwd, program))
  for (const folder of path.split(delimiter)) {
    const found = executable(join(resolve(cwd, folder), program))
    if (found !== null) return found
  }
  return null
}

function executable(path: string): string | null {
  try {
    accessSync(path, constants.X_OK)
    return statSync(path).isFile() ? path : null
  } catch {
    return null
  }
}
