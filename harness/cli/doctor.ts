import { parseDispatcher } from '../dispatcher/description.ts'
import { examine, findingOfStart } from '../dispatcher/doctor.ts'
import type { Finding } from '../dispatcher/finding.ts'
import { startAdapter } from '../dispatcher/index.ts'
import { memoryRestartBudget, RESTARTS_A_RUN } from '../dispatcher/restart-budget.ts'
import { HarnessError } from '../errors.ts'
import { createEvent } from '../run/event.ts'
import { sampleConfigs } from '../run/sample-config.ts'
import { parseOptions } from './arguments.ts'
import { projectSettings } from './project.ts'

const HELP = `npx hookproof doctor [--dispatcher '…']

  Examines an adapter: does it introduce itself, keep the protocol, answer what it does not know,
  report a closed port as a failure? No endpoint is opened and no verdict given.

  --dispatcher '…'   command line, URL, or .yaml/.json description; default: what the
                     configuration in this folder says, else the reference

  Exit status: 0 sound, 2 bad usage, 3 something is broken.
`

const SIGNS: Readonly<Record<Finding['result'], string>> = {
  sound: 'ok    ',
  broken: 'BROKEN',
  'not-declared': '-     ',
}

/** `hookproof doctor`. */
export async function doctor(args: readonly string[]): Promise<number> {
  const values = parseOptions('doctor', args, { valued: ['dispatcher'], flags: [] })
  if (values['help'] !== undefined) {
    process.stdout.write(HELP)
    return 0
  }
  const cwd = process.cwd()
  const dispatcher = values['dispatcher'] ?? (await projectSettings(process.env, cwd)).dispatcher
  const description = parseDispatcher(dispatcher, cwd)
  let broken = 0
  for await (const finding of findings(description, cwd)) {
    process.stdout.write(`${SIGNS[finding.result]}  ${finding.sentence}\n`)
    if (finding.result !== 'broken') continue
    broken++
    process.stdout.write(`        hint: ${finding.hint}\n`)
  }
  process.stdout.write(
    broken === 0
      ? '\nThe adapter is sound. `npx hookproof certify` gives the verdict.\n'
      : `\n${broken} broken: mend the adapter before you certify.\n`,
  )
  return broken === 0 ? 0 : 3
}

async function* findings(
  description: ReturnType<typeof parseDispatcher>,
  cwd: string,
): AsyncIterable<Finding> {
  const { sample, broken } = await sampleConfigs()
  const event = createEvent({ size: 'small' })
  try {
    await using adapter = await startAdapter(description, {
      env: {},
      restarts: memoryRestartBudget(RESTARTS_A_RUN),
      cwd,
    })
    yield* examine(adapter, {
      sampleConfig: sample,
      brokenConfig: broken,
      sampleEvent: {
        id: event.id,
        type: event.type,
        content_type: event.contentType,
        body_b64: event.body.toString('base64'),
      },
    })
  } catch (error) {
    if (!(error instanceof HarnessError)) throw error
    yield findingOfStart(error)
  }
}
