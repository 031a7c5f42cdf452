import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { Socket } from 'node:net'
import { join } from 'node:path'
import { packageRoot } from '../../package-root.ts'
import { urlOf, type DockerAddress } from './docker-address.ts'

/**
 * Starts the process that cleans up after this one, should this one be killed. Disposing of the handle
 * lets it end, and leaves the run's folder alone.
 */
export function startReaper(
  docker: DockerAddress,
  run: { readonly id: string; readonly folder: string },
): Disposable {
  const program = join(packageRoot, 'dist/harness/engine/containers/reaper.js')
  if (!existsSync(program)) throw new Error(`${program} is missing: run npm run build`)
  const child = spawn(process.execPath, [program, urlOf(docker), run.id, run.folder], {
    // Its own session: Ctrl-C in the terminal reaches the runner only.
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  child.on('error', () => undefined)
  child.stdin.on('error', () => undefined)
  child.unref()
  // A pipe is a socket here, and would keep this process alive.
  if (child.stdin instanceof Socket) child.stdin.unref()
  return {
    [Symbol.dispose]() {
      child.stdin.end('over')
    },
  }
}
