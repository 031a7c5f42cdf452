import { randomBytes } from 'node:crypto'
import type { ScenarioStage, StartedEngine, StartedScenario } from '../engine/types.ts'
import type { Ledger } from '../observation/ledger.ts'
import type { Pki } from '../pki/issue.ts'
import type { Material } from '../pki/material.ts'
import { leadingEnrollments } from '../scenario/check-enrollment.ts'
import type { Scenario, Step, TargetName } from '../scenario/types.ts'
import { Enrolling } from './enroll.ts'
import { createEvent } from './event.ts'
import type { DrivenAdapter } from './overhear.ts'
import { record } from './record.ts'
import { makeSecrets } from './secrets.ts'
import { targetConfig } from './target-config.ts'

/** Longest time that a dispatcher may take for one event, all attempts included. */
const DEADLINE_MS = 8000

/** Longest wait for connections to end after a reply, so that late bytes are still seen. */
const SETTLE_MS = 250

/** State of a target that there is none of. */
const NEVER_TOLD: 'accepted' | 'refused' | 'broken' = 'refused'

function newTarget(): string {
  return `t-${randomBytes(8).toString('hex')}`
}

/** What one drive needs. */
export interface Drive {
  readonly scenario: Scenario
  readonly material: Material
  /** Issues what the dispatcher requests in the course of the scenario. */
  readonly pki: Pki
  /** Scenario by key, of all that this dispatcher has enrolled. */
  readonly enrolledKeys: Map<string, string>
  readonly adapter: DrivenAdapter
  readonly engine: StartedEngine
  readonly ledger: Ledger
  readonly now: Date
  /** What is likely to be driven next. */
  readonly soon: NonNullable<ScenarioStage['soon']>
}

/**
 * Stands the scenario up, does its steps in order and records everything in the ledger. Stops early
 * when adapter or harness break; what was seen until then stays in the ledger.
 */
export async function drive(run: Drive): Promise<void> {
  const { scenario, adapter, ledger, material } = run
  const secrets = makeSecrets(scenario)
  const targets: Readonly<Record<TargetName, string>> = { first: newTarget(), other: newTarget() }
  const enrolling = new Enrolling(run)
  const leading = leadingEnrollments(scenario.steps)
  for (const [index, step] of scenario.steps.slice(0, leading).entries()) {
    if (step.do !== 'enroll') continue
    ledger.record({ kind: 'step', step: index, action: step.do })
    if ((await enrolling.enroll(step.expect, index)) !== 'done') return
  }
  await using stage = await run.engine.startScenario({
    endpoint: scenario.endpoint,
    tokenServer: scenario.tokenServer,
    elsewhere: scenario.elsewhere,
    later: scenario.steps.filter((step) => step.do === 'rotate'),
    soon: run.soon,
    material,
    ledger,
    event: { secrets },
  })
  let { tokenServer } = scenario
  const configure = async (target: TargetName, dispatcher: Scenario['dispatcher']) => {
    const config = targetConfig({
      dispatcher,
      tokenServer,
      material,
      scenario: stage,
      enrollments: enrolling,
      secrets,
      now: run.now,
    })
    return record.configured(ledger, target, await adapter.configure(targets[target], config))
  }
  try {
    const states = { first: await configure('first', scenario.dispatcher), other: NEVER_TOLD }
    if (scenario.otherDispatcher !== null && states.first !== 'broken') {
      states.other = await configure('other', scenario.otherDispatcher)
    }
    for (const [index, step] of scenario.steps.entries()) {
      if (states.first === 'broken' || states.other === 'broken') return
      if (index < leading) continue
      ledger.record({ kind: 'step', step: index, action: step.do })
      if (step.do === 'enroll') {
        if ((await enrolling.enroll(step.expect, index)) !== 'done') return
      } else if (step.do === 'reconfigure') {
        states.first = await configure('first', step.dispatcher)
      } else if (step.do === 'rotate') {
        tokenServer = step.tokenServer
        await stage.rotate(step.endpoint, step.tokenServer)
      } else if (step.do !== 'deliver' || states[step.expect.target] === 'accepted') {
        const target = step.do === 'deliver' ? step.expect.target : 'first'
        const done = await perform(step, run, stage, targets[target])
        if (done === 'broken') return
      }
    }
  } finally {
    for (const target of Object.values(targets)) adapter.forget(target)
  }
}

/** Does a step that leaves configuration and endpoint as they are. */
async function perform(
  step: Exclude<Step, { do: 'reconfigure' | 'rotate' | 'enroll' }>,
  run: Drive,
  stage: StartedScenario,
  target: string,
): Promise<'done' | 'broken'> {
  const { adapter, ledger, material } = run
  switch (step.do) {
    case 'deliver': {
      const event = createEvent(run.scenario.event)
      const outcome = await adapter.deliver(
        target,
        {
          id: event.id,
          type: event.type,
          content_type: event.contentType,
          body_b64: event.body.toString('base64'),
        },
        DEADLINE_MS,
      )
      const state = record.replied(ledger, outcome, event, adapter.hello.payload)
      await stage.settle(SETTLE_MS)
      return state
    }
    case 'reset':
      return record.dropped(ledger, await adapter.reset())
    case 'inspect':
      return record.inspected(ledger, await adapter.inspect(target), material)
    case 'wait':
      await new Promise((resolve) => setTimeout(resolve, step.ms))
      return 'done'
  }
}
