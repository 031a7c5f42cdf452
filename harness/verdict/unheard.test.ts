import { expect, test } from '@playwright/test'
import type { Expectation } from '../scenario/types.ts'
import { explain } from './explain.ts'
import { judge, type Case } from './judge.ts'
import { expecting, Story } from './ledger-for-tests.ts'

/** What is judged where nobody hears the dispatcher: the `observe` carrier. */

const EXPIRED = expecting('refused', { reasons: ['server-certificate.expired'] })
const DELIVERED = expecting('delivered', { clientCertificate: 'dispatcher' })

function caseOf(story: Story, expectation: Expectation, over: Partial<Case> = {}): Case {
  return {
    level: 'MUST',
    steps: [{ do: 'deliver', expect: expectation }],
    observations: story.unheard().observations,
    control: 'passed',
    ...over,
  }
}

const delivery = (shown = 'dispatcher') =>
  new Story().step(0).hello().handshake(shown).request(204).closed(300)

const PASSED_UNHEARD = {
  verdict: 'passed',
  grade: 'loose',
  advisories: [{ code: 'account-unheard' }],
}

test('a delivery passes loosely by what the origin and the handshake say, with the advisory', () => {
  expect(judge(caseOf(delivery(), DELIVERED))).toMatchObject(PASSED_UNHEARD)
  expect(judge(caseOf(delivery(), DELIVERED, { control: null }))).toMatchObject(PASSED_UNHEARD)
})

test('what is an advisory passes loosely as well, and says that nobody was heard', () => {
  const unmet = judge(caseOf(delivery('another'), DELIVERED, { level: 'SHOULD' }))
  expect(unmet).toMatchObject({
    verdict: 'passed',
    grade: 'loose',
    advisories: [{ code: 'unmet-should' }, { code: 'account-unheard' }],
  })
})

test('a refusal passes loosely on a ClientHello without a byte of a request, and on nothing else', () => {
  const refusal = () => new Story().step(0).hello()
  expect(judge(caseOf(refusal().closed(0), EXPIRED))).toMatchObject(PASSED_UNHEARD)
  expect(judge(caseOf(refusal().closed(1), EXPIRED))).toMatchObject({ reason: 'leak' })
  // A connection that is still open, or whose bytes nobody counted, may yet have carried one.
  expect(judge(caseOf(refusal(), EXPIRED))).toMatchObject({ reason: 'harness' })
  expect(judge(caseOf(refusal().closed(null), EXPIRED))).toMatchObject({ reason: 'harness' })
})

test('a refusal counts only beside a control that was delivered, a leak always', () => {
  const refusal = caseOf(new Story().step(0).hello().closed(0), EXPIRED, {
    control: 'inconclusive',
  })
  expect(judge(refusal)).toMatchObject({ verdict: 'inconclusive', reason: 'control' })
  const leak = caseOf(delivery(), EXPIRED, { control: 'inconclusive' })
  expect(judge(leak)).toMatchObject({ verdict: 'failed', reason: 'leak' })
})

test('nothing seen is no attempt, whatever was expected and even where none is needed', () => {
  const rejected = expecting('rejected', { attempt: 'optional' })
  for (const expectation of [DELIVERED, EXPIRED, rejected]) {
    const verdict = judge(caseOf(new Story().step(0), expectation))
    expect(verdict).toMatchObject({ verdict: 'inconclusive', reason: 'no-attempt' })
  }
})

test('an event that an endpoint must not accept is still a leak', () => {
  const rejected = expecting('rejected', { clientCertificate: 'dispatcher' })
  expect(judge(caseOf(delivery(), rejected))).toMatchObject({ verdict: 'failed', reason: 'leak' })
})

test('the wrong certificate fails beside a good control, with a proviso, since hands set it up', () => {
  const subject = caseOf(delivery('none'), DELIVERED)
  const verdict = judge(subject)
  expect(verdict).toMatchObject({ verdict: 'failed', reason: 'wrong-certificate' })
  expect(explain(subject, verdict)).toContain('provided that it was set up')
})

test('a control that fails says nothing: it may be the set-up. With an adapter it would fail', () => {
  const turnedAway = () => new Story().step(0).hello().handshake('none').closed(0)
  const control = { control: null }
  const unheard = judge(caseOf(turnedAway(), DELIVERED, control))
  expect(unheard).toMatchObject({ verdict: 'inconclusive', reason: 'unheard' })
  const wrong = judge(caseOf(delivery('none'), DELIVERED, control))
  expect(wrong).toMatchObject({ verdict: 'inconclusive', reason: 'unheard' })
  const heard = turnedAway().reply('failed', 'tls.alert').observations
  const steps = [{ do: 'deliver', expect: DELIVERED } as const]
  expect(judge({ level: 'MUST', steps, observations: heard, control: null })).toMatchObject({
    verdict: 'failed',
    reason: 'not-delivered',
  })
})

test('beside a good control, an endpoint that was reached and got nothing was not delivered to', () => {
  const turnedAway = new Story().step(0).hello().handshake('dispatcher').closed(0)
  expect(judge(caseOf(turnedAway, DELIVERED))).toMatchObject({ reason: 'not-delivered' })
})

test('numbers are not judged, since nobody knows how many events were sent or tried again', () => {
  const twice = delivery()
  for (const connection of [2, 3, 4, 5]) {
    twice
      .hello(connection)
      .handshake('dispatcher', { connection })
      .request(204, { connection })
      .closed(300, { connection })
  }
  expect(judge(caseOf(twice, DELIVERED))).toMatchObject(PASSED_UNHEARD)
  const storm = new Story().step(0)
  for (const connection of [1, 2, 3, 4, 5, 6]) storm.hello(connection).closed(0, { connection })
  expect(judge(caseOf(storm, EXPIRED))).toMatchObject(PASSED_UNHEARD)
})

test('what went to another origin is judged, and a fault of the harness comes first', () => {
  const expectation = expecting('undelivered', { requests: { min: 1, max: 1 } })
  const answered = () => delivery().request(302)
  const strayed = new Story()
    .step(0)
    .hello()
    .handshake('dispatcher')
    .request(302)
    .closed(300)
    .add({ kind: 'connection-opened', listener: 'elsewhere', connection: 2, slot: 'elsewhere-1' })
  expect(judge(caseOf(strayed, expectation))).toMatchObject({ reason: 'leak' })
  const broken = answered().add({ kind: 'harness-fault', detail: 'it was too much' })
  expect(judge(caseOf(broken, DELIVERED))).toMatchObject({ reason: 'harness' })
})
