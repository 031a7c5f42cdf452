import { expect, test } from '@playwright/test'
import { explain } from './explain.ts'
import { judge, type Case } from './judge.ts'
import { expecting, Story } from './ledger-for-tests.ts'

const EXPIRED = expecting('refused', { reasons: ['server-certificate.expired'] })
const TOLD = { kind: 'secret-told', command: 'deliver', secret: 'access-token' } as const

function caseOf(story: Story, over: Partial<Case> = {}): Case {
  const steps = [{ do: 'deliver', expect: EXPIRED }] as const
  return { level: 'MUST', steps, observations: story.observations, control: 'passed', ...over }
}

function refusal(): Story {
  return new Story()
    .step(0)
    .hello()
    .closed(0)
    .add({ ...TOLD, field: 'attempts.native' })
}

test('a secret in a reply fails a scenario that is right otherwise, at every level', () => {
  const story = refusal().reply('refused', 'server-certificate.expired')
  for (const level of ['MUST', 'SHOULD'] as const) {
    const subject = caseOf(story, { level })
    const verdict = judge(subject)
    expect(verdict).toMatchObject({ verdict: 'failed', reason: 'secret-told', step: 0 })
    expect(explain(subject, verdict)).toContain(
      'Seen: an access token in "attempts.native" of the reply to deliver. The dispatcher is at fault: ',
    )
  }
})

test('it is told whatever else broke, and whatever became of the control', () => {
  for (const control of ['failed', 'inconclusive', 'skipped', null] as const) {
    const subject = caseOf(refusal().fault('errored'), { control })
    expect(judge(subject)).toMatchObject({ verdict: 'failed', reason: 'secret-told' })
  }
  const unsupported = new Story()
    .add({ ...TOLD, command: 'configure', field: 'message' })
    .configured('unsupported', null, ['tls.min_version'])
  expect(judge(caseOf(unsupported))).toMatchObject({ verdict: 'failed', reason: 'secret-told' })
})

test('a leak is graver, where it is more than an advisory', () => {
  const leaking = () =>
    new Story()
      .step(0)
      .hello()
      .closed(9)
      .add({ ...TOLD, field: 'attempts.native' })
      .reply('refused', 'server-certificate.expired')
  expect(judge(caseOf(leaking()))).toMatchObject({ reason: 'leak' })
  expect(judge(caseOf(leaking(), { level: 'SHOULD' }))).toMatchObject({ reason: 'secret-told' })
})

test('the step is the one in which it was told', () => {
  const story = refusal().reply('refused', 'server-certificate.expired')
  const later = new Story().step(0).hello().closed(0).reply('refused', 'server-certificate.expired')
  later.step(1).add({ ...TOLD, command: 'configure', field: 'message' })
  const steps = [{ do: 'deliver', expect: EXPIRED }, { do: 'reconfigure' }] as const
  expect(judge(caseOf(later, { steps }))).toMatchObject({ reason: 'secret-told', step: 1 })
  expect(judge(caseOf(story, { steps }))).toMatchObject({ reason: 'secret-told', step: 0 })
})
