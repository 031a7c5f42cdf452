import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Ending } from './process-group.ts'
import { startProcess, withTimeout } from './process-group.ts'
import { Tail } from './tail.ts'

/** How a program ended that was run once. */
export type RunEnding =
  | { readonly run: 'ended'; readonly ending: Ending; readonly stdout: Tail; readonly stderr: Tail }
  | { readonly run: 'too-late'; readonly stdout: Tail; readonly stderr: Tail }
  | { readonly run: 'not-started'; readonly error: Error }

/** Where and with what a program is run. */
export interface RunOptions {
  readonly cwd: string
  readonly env: Readonly<Record<string, string>>
  /** Past it the program and its children are stopped, in milliseconds. */
  readonly deadlineMs: number
  /** Stops it earlier. */
  readonly signal: AbortSignal
}

/** Runs a program to its end. Its input is empty; of what it writes the last 8 KiB are kept. */
export async function runOnce(command: readonly string[], options: RunOptions): Promise<RunEnding> {
  let started
  try {
    started = await startProcess(command, options)
  } catch (error) {
    return { run: 'not-started', error: error instanceof Error ? error : new Error(String(error)) }
  }
  await using program = started
  const stdout = new Tail()
  const stderr = new Tail()
  program.stdout.on('data', (chunk: Buffer) => {
    stdout.append(chunk)
  })
  program.stderr.on('data', (chunk: Buffer) => {
    stderr.append(chunk)
  })
  program.stdin.end()
  const abort = (): void => void program.stop()
  options.signal.addEventListener('abort', abort, { once: true })
  if (options.signal.aborted) abort()
  const ending = await withTimeout(program.ended, options.deadlineMs)
  options.signal.removeEventListener('abort', abort)
  return ending === 'too-late'
    ? { run: 'too-late', stdout, stderr }
    : { run: 'ended', ending, stdout, stderr }
}

/** A folder that only we can read, with files in it; disposing of it removes both. */
export interface PrivateFiles extends AsyncDisposable {
  /** The path of each file. */
  readonly paths: ReadonlyMap<string, string>
}

/** Writes files, by name, into a new private folder: the folder is 0700, each file 0600. */
export async function writePrivateFiles(
  files: Readonly<Record<string, string | Uint8Array | null>>,
): Promise<PrivateFiles> {
  const folder = await mkdtemp(join(tmpdir(), 'hookproof-exec-'))
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true })
  try {
    const paths = new Map<string, string>()
    for (const [name, content] of Object.entries(files)) {
      if (content === null) continue
      const path = join(folder, name)
      await writeFile(path, content, { mode: 0o600, flag: 'wx' })
      paths.set(name, path)
    }
    return { paths, [Symbol.asyncDispose]: remove }
  } catch (error) {
    await remove()
    throw error
  }
}
