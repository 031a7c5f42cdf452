import { spawn } from 'node:child_process'
import type { ChildProcessByStdio } from 'node:child_process'
import { once } from 'node:events'
import type { Readable, Writable } from 'node:stream'

/** How a process ended, in words that follow its name: `exited with status 1`. */
export interface Ending {
  readonly status: number | null
  readonly signal: NodeJS.Signals | null
}

/** A program that runs in a process group of its own, so that its children can be stopped with it. */
export interface StartedProcess extends AsyncDisposable {
  readonly stdin: Writable
  readonly stdout: Readable
  readonly stderr: Readable
  /**
   * Resolves when the program has ended and all that it wrote was read. Where a grandchild keeps the
   * pipes open it resolves soon after all the same.
   */
  readonly ended: Promise<Ending>
  /** SIGTERM to the whole group, SIGKILL half a second later; resolves when the program has ended. */
  stop(): Promise<void>
}

const KILL_AFTER_MS = 500
const DRAIN_MS = 300

/** Groups that must not outlive the harness, whatever ends it. */
const living = new Set<number>()
process.on('exit', () => {
  for (const leader of living) signal(leader, 'SIGKILL')
})

/**
 * Starts a program without a shell. Resolves once the system has started it.
 *
 * @throws The system's error where it cannot be started.
 */
export async function startProcess(
  command: readonly string[],
  options: { readonly cwd: string; readonly env: Readonly<Record<string, string>> },
): Promise<StartedProcess> {
  const [program = '', ...rest] = command
  const child = spawn(program, rest, {
    cwd: options.cwd,
    env: { ...ownEnvironment(), ...options.env },
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true,
  })
  // A pipe that breaks is noticed by the process ending; unheard, the event would end the harness.
  for (const stream of [child.stdin, child.stdout, child.stderr]) stream.on('error', ignore)
  await once(child, 'spawn')
  child.on('error', ignore)
  return wrap(child, child.pid ?? 0)
}

/**
 * This process' environment without the variables of a run: they tell where its keys are, and which
 * scenarios it runs, and an adapter may know neither.
 */
function ownEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !name.startsWith('HOOKPROOF_')),
  )
}

function wrap(
  child: ChildProcessByStdio<Writable, Readable, Readable>,
  leader: number,
): StartedProcess {
  living.add(leader)
  const exited = new Promise<Ending>((resolve) => {
    child.once('exit', (status, sig) => {
      resolve({ status, signal: sig })
    })
  })
  const closed = once(child, 'close')
  const ended = exited.then(async (ending) => {
    await withTimeout(closed, DRAIN_MS)
    child.stdout.destroy()
    child.stderr.destroy()
    // What the program left behind belongs to nobody.
    signal(leader, 'SIGKILL')
    living.delete(leader)
    return ending
  })
  const stop = async (): Promise<void> => {
    if (living.has(leader)) signal(leader, 'SIGTERM')
    if ((await withTimeout(exited, KILL_AFTER_MS)) === 'too-late') signal(leader, 'SIGKILL')
    await ended
  }
  const { stdin, stdout, stderr } = child
  return { stdin, stdout, stderr, ended, stop, [Symbol.asyncDispose]: stop }
}

/** Waits for a promise, but not for ever. */
export async function withTimeout<T>(promise: Promise<T>, ms: number): Promise<T | 'too-late'> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<'too-late'>((resolve) => {
    timer = setTimeout(resolve, ms, 'too-late')
  })
  return Promise.race([promise, late]).finally(() => {
    clearTimeout(timer)
  })
}

/** `exited with status 1`, `was ended by SIGSEGV`. */
export function describeEnding(ending: Ending): string {
  return ending.signal === null
    ? `exited with status ${ending.status ?? 'unknown'}`
    : `was ended by ${ending.signal}`
}

function signal(leader: number, name: NodeJS.Signals): void {
  // 0 and 1 would reach our own group, or everything.
  if (leader <= 1) return
  try {
    process.kill(-leader, name)
  } catch {
    // The group is empty already.
  }
}

function ignore(): void {
  // Noticed elsewhere.
}
