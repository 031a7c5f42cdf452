import { spawn } from 'node:child_process'
import { parseDispatcher } from '../dispatcher/description.ts'
import { HarnessError } from '../errors.ts'
import { ensureWritable } from '../report/write.ts'
import { loadKnownFailing } from '../scenario/known-failing.ts'
import { loadScenarios } from '../scenario/load.ts'
import { exitStatusLeft } from '../run/outcome-file.ts'
import { closeRun, openRun } from '../run/run-folder.ts'
import type { Settings } from '../run/settings.ts'
import { parseOptions } from './arguments.ts'
import { findConfig, playwrightProgram, projectSettings } from './project.ts'
import { selectScenarios } from './selection.ts'

const HELP = `npx hookproof certify [options]

  Runs the conformance scenarios against a dispatcher and writes report.json and index.html.

  --dispatcher '…'    command line, URL, or .yaml/.json description; default: what the
                      configuration in this folder says, else the reference
  --engine NAME       embedded, containers or auto (default)
  --profile A,B       only these profiles; makes the run partial
  --grep PATTERN      only scenarios whose "id: title @level @profile @topic" matches;
                      makes the run partial
  --report FOLDER     default conformance-report
  --known-failing FILE  scenarios that are known to fail, each with reason and link; default
                      known-failing.yaml where it is there. They fail all the same: the verdict
                      and this exit status do not change, that of \`npx playwright test\` does
  --workers N         how many adapters run side by side; default: one a core, at most 4

  Exit status: 0 conformant, 1 nonconformant, 2 bad usage or configuration (also: a scenario that is
  listed as known to fail passed), 3 inconclusive (the adapter or the environment broke), 4 partial
  (not everything was run).
`

const OPTIONS = [
  'dispatcher',
  'engine',
  'profile',
  'grep',
  'report',
  'known-failing',
  'workers',
] as const

/** `hookproof certify`: Playwright in a child process, and an exit status that tells why. */
export async function certify(args: readonly string[]): Promise<number> {
  const values = parseOptions('certify', args, { valued: OPTIONS, flags: [] })
  if (values['help'] !== undefined) {
    process.stdout.write(HELP)
    return 0
  }
  const environment = {
    ...process.env,
    ...given('HOOKPROOF_DISPATCHER', values['dispatcher']),
    ...given('HOOKPROOF_ENGINE', values['engine']),
    ...given('HOOKPROOF_PROFILE', values['profile']),
    ...given('HOOKPROOF_REPORT', values['report']),
    ...given('HOOKPROOF_KNOWN_FAILING', values['known-failing']),
  }
  const cwd = process.cwd()
  const config = findConfig(cwd)
  checkBefore(await projectSettings(environment, cwd), values['grep'])
  const run = openRun()
  try {
    const selection = playwrightArguments(values['grep'], values['workers'])
    await runPlaywright([playwrightProgram(config), 'test', '--config', config, ...selection], {
      ...environment,
      HOOKPROOF_RUN_FOLDER: run.folder,
    })
    const status = exitStatusLeft(run)
    if (status !== null) return status
    throw new HarnessError('ERR_ENGINE_FAULT', 'The run ended without writing a report.', {
      hint: 'The lines above this one say why.',
    })
  } finally {
    closeRun(run)
  }
}

function given(name: string, value: string | undefined): Record<string, string> {
  return value === undefined ? {} : { [name]: value }
}

/** Everything that is bad usage is found here, before anything is started. */
function checkBefore(settings: Settings, grep: string | undefined): void {
  parseDispatcher(settings.dispatcher, settings.cwd)
  ensureWritable(settings.report)
  const corpus = loadScenarios(settings.scenarios)
  if (settings.knownFailing !== null) loadKnownFailing(settings.knownFailing, corpus)
  const selected = selectScenarios(corpus.scenarios, settings.profiles, grep)
  if (selected.length > 0) return
  throw new HarnessError(
    'ERR_NOTHING_SELECTED',
    `No scenario of ${settings.profiles.join(', ')} matches ${grep ?? 'anything'}.`,
    { hint: 'Run `npx hookproof list` for the ids and titles.' },
  )
}

function playwrightArguments(grep: string | undefined, workers: string | undefined): string[] {
  return [
    ...(grep === undefined ? [] : ['--grep', grep]),
    ...(workers === undefined ? [] : ['--workers', workers]),
  ]
}

/** Runs Playwright to its end. An interrupt goes to it as well, and it still writes the report. */
async function runPlaywright(args: readonly string[], env: NodeJS.ProcessEnv): Promise<void> {
  const child = spawn(process.execPath, [...args], { env, stdio: 'inherit' })
  const forward = (): void => {
    child.kill('SIGINT')
  }
  // In a terminal the child gets the interrupt itself; this process only has to outlive it.
  const ignore = (): void => undefined
  process.on('SIGINT', ignore)
  process.on('SIGTERM', forward)
  try {
    await new Promise<void>((resolve, reject) => {
      child.once('error', reject)
      child.once('exit', () => {
        resolve()
      })
    })
  } finally {
    process.off('SIGINT', ignore)
    process.off('SIGTERM', forward)
  }
}
