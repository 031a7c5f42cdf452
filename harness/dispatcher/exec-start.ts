import { HarnessError } from '../errors.ts'
import type { StartedAdapter } from './adapter.ts'
import type { Deadlines } from './deadlines.ts'
import type { ExecDescription } from './description.ts'
import { ExecAdapter } from './exec-adapter.ts'
import { runOnce } from './exec-run.ts'
import { Redactor } from './redactor.ts'

/**
 * Makes an adapter of a program that is run once a delivery. Nothing is started but its
 * `version-command`.
 *
 * @throws HarnessError ERR_DISPATCHER_NOT_STARTED where that command does not tell a version
 */
export async function startExec(
  description: ExecDescription,
  env: Readonly<Record<string, string>>,
  deadlines: Deadlines,
): Promise<StartedAdapter> {
  const redactor = new Redactor()
  const { name, capabilities, payload } = description
  const version = redactor.clean(await versionOf(description, env, deadlines), 200)
  const hello = {
    name: redactor.clean(name),
    version,
    vendor: null,
    url: null,
    capabilities,
    limits: { maxParallel: 1 },
    payload,
    now: null,
    // It runs on this machine, by this clock.
    clockOffsetMs: 0,
  }
  return new ExecAdapter({ description, hello, env, redactor, deadlines })
}

async function versionOf(
  description: ExecDescription,
  env: Readonly<Record<string, string>>,
  deadlines: Deadlines,
): Promise<string> {
  const { version, folder } = description
  if ('text' in version) return version.text
  const run = await runOnce(version.command, {
    cwd: folder,
    env: { ...env, ...description.env },
    deadlineMs: deadlines.hello,
    signal: new AbortController().signal,
  })
  const command = version.command.join(' ')
  if (run.run === 'not-started') {
    throw notStarted(`The version command "${command}" did not start: ${run.error.message}`)
  }
  if (run.run === 'too-late') {
    throw notStarted(`The version command "${command}" did not end within ${deadlines.hello} ms.`)
  }
  const line = run.stdout.text().split('\n')[0]?.trim() ?? ''
  if (run.ending.status !== 0 || line === '') {
    throw notStarted(`The version command "${command}" printed no version.`)
  }
  return /\d+(?:\.\d+)+[\w.+-]*/.exec(line)?.[0] ?? line
}

function notStarted(sentence: string): HarnessError {
  return new HarnessError('ERR_DISPATCHER_NOT_STARTED', sentence, {
    hint: 'Run the command by hand, or give a fixed version in the description.',
  })
}
