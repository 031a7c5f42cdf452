import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

function findRoot(from: string): string {
  for (let folder = from; folder !== dirname(folder); folder = dirname(folder)) {
    try {
      const manifest = readFileSync(join(folder, 'package.json'), 'utf8')
      if (/"name":\s*"hookproof"/.test(manifest)) return folder
    } catch {
      // No package.json here: look in the parent.
    }
  }
  throw new Error(`no hookproof package.json above ${from}`)
}

/**
 * The folder of the hookproof package, with a trailing separator left out. Data files (schemas,
 * scenarios, snippets) are read from here, so that source and compiled code find the same ones.
 */
export const packageRoot: string = findRoot(dirname(fileURLToPath(import.meta.url)))
