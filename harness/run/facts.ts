import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { StartedAdapter } from '../dispatcher/index.ts'
import type { StartedEngine } from '../engine/types.ts'
import { packageRoot } from '../package-root.ts'
import type { Report } from '../report/model.ts'

/** The version of the suite, from package.json. */
export function suiteVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8'))
  const version = manifest instanceof Object && 'version' in manifest ? manifest.version : null
  return typeof version === 'string' ? version : '0.0.0'
}

/** The report's words on the dispatcher. */
export function dispatcherFacts({ hello, carrier }: StartedAdapter): Report['dispatcher'] {
  return {
    name: hello.name,
    version: hello.version,
    capabilities: hello.capabilities,
    carrier,
  }
}

/** Versions of everything that had a part in the evidence. */
export function versionsOf(engine: StartedEngine): Readonly<Record<string, string>> {
  return { hookproof: suiteVersion(), node: process.versions.node, ...engine.versions }
}
