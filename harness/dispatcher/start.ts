import { HarnessError } from '../errors.ts'
import type { ErrorCode } from '../errors.ts'
import type { StartedAdapter } from './adapter.ts'
import { DEADLINES } from './deadlines.ts'
import type { Deadlines } from './deadlines.ts'
import type { DispatcherDescription } from './description.ts'
import { requireProgram } from './description.ts'
import { startExec } from './exec-start.ts'
import { greet } from './greet.ts'
import { HttpSession } from './http-session.ts'
import { MessageAdapter } from './message-adapter.ts'
import type { AdapterFault } from './outcome.ts'
import { startProcess } from './process-group.ts'
import { Redactor } from './redactor.ts'
import type { RestartBudget } from './restart-budget.ts'
import type { Connect } from './session.ts'
import { StdioSession } from './stdio-session.ts'

/** What starting an adapter needs beside its description. */
export interface StartOptions {
  /** Environment variables for what is started, beside the harness's own; the description's win. */
  readonly env: Readonly<Record<string, string>>
  /** Restarts that are left; the first start costs none. */
  readonly restarts: RestartBudget
  /** Default {@link DEADLINES}. */
  readonly deadlines?: Partial<Deadlines>
  /** Where hookproof was started: a command line runs there. */
  readonly cwd: string
}

/**
 * Starts the dispatcher under test and lets it introduce itself. Once this has resolved, nothing
 * about the adapter throws.
 *
 * @throws HarnessError ERR_DISPATCHER_NOT_STARTED when its program is missing or ends before it says hello
 * @throws HarnessError ERR_ADAPTER_TIMEOUT when no hello comes in time
 * @throws HarnessError ERR_ADAPTER_PROTOCOL when what comes is no hello
 * @throws HarnessError ERR_ADAPTER_ERRORED when it says itself that it failed
 * @throws HarnessError ERR_CLOCK_SKEW when its clock is more than 5 s off
 */
export async function startAdapter(
  description: DispatcherDescription,
  options: StartOptions,
): Promise<StartedAdapter> {
  requireProgram(description, options.cwd)
  const deadlines = { ...DEADLINES, ...options.deadlines }
  if (description.carrier === 'exec') return startExec(description, options.env, deadlines)

  const redactor = new Redactor()
  const { carrier } = description
  const connect: Connect =
    carrier === 'http'
      ? () => Promise.resolve(new HttpSession(description.url, redactor))
      : async () => {
          const { command, folder, env } = description
          const program = await startProcess(command, {
            cwd: folder ?? options.cwd,
            env: { ...options.env, ...env },
          })
          return new StdioSession(program, redactor)
        }
  const session = await connect().catch((error: unknown) => {
    const why = error instanceof Error ? error.message : String(error)
    throw new HarnessError('ERR_DISPATCHER_NOT_STARTED', `The dispatcher did not start: ${why}.`, {
      hint: 'Run its command by hand in the same folder.',
      cause: error,
    })
  })
  const hello = await greet(session, deadlines)
  if (hello.outcome === 'ok') {
    const { restarts } = options
    return new MessageAdapter({
      carrier,
      session,
      hello: hello.reply,
      connect,
      redactor,
      restarts,
      deadlines,
    })
  }
  await session.close()
  const fault = hello.outcome === 'unsupported' ? 'protocol' : hello.fault
  const detail =
    hello.outcome === 'unsupported' ? 'the adapter calls hello unsupported' : hello.detail
  const { code, hint } = START_ERRORS[fault]
  const what = carrier === 'http' ? `at ${description.url}` : `"${description.command.join(' ')}"`
  throw new HarnessError(code, `The dispatcher ${what} did not say hello: ${detail}.`, { hint })
}

const START_ERRORS: Readonly<Record<AdapterFault, { code: ErrorCode; hint: string }>> = {
  gone: {
    code: 'ERR_DISPATCHER_NOT_STARTED',
    hint: 'Start it by hand and see what it says; an http adapter must be running already.',
  },
  timeout: {
    code: 'ERR_ADAPTER_TIMEOUT',
    hint: 'Is it an adapter? It must read one JSON request a line and answer each with one line, flushed.',
  },
  protocol: {
    code: 'ERR_ADAPTER_PROTOCOL',
    hint: 'Only replies may go to standard output, one JSON object a line; print everything else to standard error.',
  },
  errored: { code: 'ERR_ADAPTER_ERRORED', hint: 'The adapter itself says why.' },
  clock: {
    code: 'ERR_CLOCK_SKEW',
    hint: 'Synchronise the clocks: certificates are minted around the moment of the run.',
  },
}
