import { expect, test } from '@playwright/test'
import type { Expectation } from '../scenario/types.ts'
import { explain } from './explain.ts'
import { judge } from './judge.ts'
import { expecting, Story } from './ledger-for-tests.ts'
import type { Verdict } from './types.ts'

function judged(story: Story, expectation: Expectation): Verdict {
  const steps = [{ do: 'deliver', expect: expectation }] as const
  return judge({ level: 'MUST', steps, observations: story.observations, control: 'passed' })
}

/** Attempts of one delivery, at these moments and with these headers; the last is accepted. */
function attempts(
  ...sent: readonly { readonly at: number; readonly headers?: Record<string, readonly string[]> }[]
): Story {
  const story = new Story().step(0)
  for (const [index, { at, headers = {} }] of sent.entries()) {
    const connection = index + 1
    story.hello(connection).handshake('dispatcher', { connection })
    story.request(connection === sent.length ? 204 : 503, { connection, headers }, at)
    story.closed(300, { connection })
  }
  return story.reply('delivered')
}

function retried(over: Partial<Expectation>, requests: number): Expectation {
  const some = { min: requests, max: requests }
  return expecting('delivered', { requests: some, connections: some, ...over })
}

test.describe('several attempts', () => {
  test('with pauses that grow', () => {
    const growing = retried({ gaps: 'growing' }, 3)
    expect(judged(attempts({ at: 0 }, { at: 100 }, { at: 300 }), growing)).toMatchObject({
      verdict: 'passed',
    })
    expect(judged(attempts({ at: 0 }, { at: 100 }, { at: 210 }), growing)).toMatchObject({
      reason: 'unmet',
      seen: 'pauses of 100 ms, 110 ms',
    })
  })

  test('with pauses that are long enough', () => {
    const paused = retried({ minimumGapMs: 100 }, 2)
    expect(judged(attempts({ at: 0 }, { at: 100 }), paused)).toMatchObject({ verdict: 'passed' })
    expect(judged(attempts({ at: 0 }, { at: 99 }), paused)).toMatchObject({ reason: 'unmet' })
  })

  const stamped = (at: number, ...stamps: readonly string[]) => ({
    at,
    headers: { 'webhook-timestamp': stamps },
  })
  for (const [what, second, verdict] of [
    ['a later timestamp', ['1001'], 'passed'],
    ['the same timestamp', ['1000'], 'failed'],
    ['an earlier timestamp', ['999'], 'failed'],
    ['no timestamp', [], 'failed'],
    ['two timestamps', ['1001', '1002'], 'failed'],
  ] as const) {
    test(`with ${what}`, () => {
      const fresh = retried({ timestamps: 'fresh' }, 2)
      const story = attempts(stamped(0, '1000'), stamped(1100, ...second))
      expect(judged(story, fresh)).toMatchObject({ verdict })
    })
  }

  test('under the same id', () => {
    const same = retried({ eventIds: 'same' }, 2)
    const under = (at: number, id: string) => ({ at, headers: { 'webhook-id': [id] } })
    expect(judged(attempts(under(0, 'a'), under(9, 'a')), same)).toMatchObject({
      verdict: 'passed',
    })
    expect(judged(attempts(under(0, 'a'), under(9, 'b')), same)).toMatchObject({
      reason: 'unmet',
      seen: 'the ids a, b',
    })
    expect(judged(attempts({ at: 0 }, { at: 9 }), same)).toMatchObject({ reason: 'unmet' })
  })

  test('under ids without a full stop', () => {
    const without = retried({ eventIds: 'without-dot' }, 1)
    const under = (...ids: readonly string[]) => ({ at: 0, headers: { 'webhook-id': ids } })
    expect(judged(attempts(under('evt_1')), without)).toMatchObject({ verdict: 'passed' })
    expect(judged(attempts(under('evt.1')), without)).toMatchObject({
      reason: 'unmet',
      seen: 'the ids evt.1',
    })
    expect(judged(attempts(under()), without)).toMatchObject({ reason: 'unmet' })
    expect(judged(attempts(under('a', 'b')), without)).toMatchObject({ reason: 'unmet' })
  })
})

test('a required header has to be there once, with its value', () => {
  const wanted = expecting('delivered', { requiredHeaders: { 'content-type': 'application/json' } })
  const typed = (...values: readonly string[]) =>
    judged(attempts({ at: 0, headers: { 'content-type': values } }), wanted)
  expect(typed('application/json')).toMatchObject({ verdict: 'passed' })
  expect(typed('text/plain')).toMatchObject({ reason: 'unmet' })
  expect(typed('application/json', 'application/json')).toMatchObject({ reason: 'unmet' })
  expect(judged(attempts({ at: 0 }), wanted)).toMatchObject({ reason: 'unmet' })
})

test('the server name is the host, or none', () => {
  const named = (serverName: string | null, wanted: Expectation['serverName']) =>
    judged(
      new Story()
        .step(0)
        .hello(1, { serverName })
        .handshake('dispatcher')
        .request(204)
        .reply('delivered'),
      expecting('delivered', { serverName: wanted }),
    )
  expect(named('localhost', 'localhost')).toMatchObject({ verdict: 'passed' })
  expect(named('LocalHost', 'localhost')).toMatchObject({ verdict: 'passed' })
  expect(named('other.example', 'localhost')).toMatchObject({ reason: 'unmet' })
  expect(named(null, 'localhost')).toMatchObject({ reason: 'unmet' })
  expect(named(null, 'none')).toMatchObject({ verdict: 'passed' })
  expect(named('127.0.0.1', 'none')).toMatchObject({ reason: 'unmet' })
})

test('the status of the certificate is asked for', () => {
  const asking = (statusRequest: 'none' | 'asked', wanted: Expectation['statusRequest']) =>
    judged(
      new Story()
        .step(0)
        .hello(1, { statusRequest })
        .handshake('dispatcher')
        .request(204)
        .reply('delivered'),
      expecting('delivered', { statusRequest: wanted }),
    )
  expect(asking('asked', 'asked')).toMatchObject({ verdict: 'passed' })
  expect(asking('none', 'asked')).toMatchObject({ reason: 'unmet' })
  expect(asking('none', 'any')).toMatchObject({ verdict: 'passed', advisories: [] })
})

test.describe('what binds only who asks for the status of the certificate', () => {
  const wanted = expecting('refused', { statusRequest: 'if-asked' })
  const told = (statusRequest: 'none' | 'asked', said: 'delivered' | 'refused') =>
    judged(
      new Story()
        .step(0)
        .hello(1, { statusRequest })
        .handshake('dispatcher')
        .request(204)
        .closed(300)
        .reply(said),
      wanted,
    )

  test('is a failure of who asks, and an advisory for who does not', () => {
    expect(told('asked', 'delivered')).toMatchObject({ verdict: 'failed', reason: 'leak' })
    const excused = told('none', 'delivered')
    expect(excused).toMatchObject({
      verdict: 'passed',
      advisories: [{ code: 'not-bound', reason: 'leak' }],
    })
    const steps = [{ do: 'deliver', expect: wanted }] as const
    const subject = { level: 'MUST', steps, observations: [], control: 'passed' } as const
    const sentence = explain(subject, excused)
    expect(sentence).toContain('binds only who asks')
    expect(sentence).toContain('never asked')
    expect(sentence).not.toContain('refused the endpoint')
  })

  test('is no excuse for who asks on one of several connections, or never connects', () => {
    const story = new Story().step(0).hello(1).hello(2, { statusRequest: 'asked' })
    story.request(204, { connection: 2 }).closed(300, { connection: 2 }).reply('delivered')
    expect(judged(story, wanted)).toMatchObject({ verdict: 'failed', reason: 'leak' })
    const silent = judged(new Story().step(0).reply('refused'), wanted)
    expect(silent.verdict).not.toBe('passed')
  })

  test('does not excuse a lie', () => {
    const lie = new Story().step(0).hello(1).closed(0).reply('delivered')
    expect(judged(lie, wanted)).toMatchObject({ verdict: 'failed', reason: 'contradiction' })
  })
})

test('the version agreed on, and the oldest one offered', () => {
  const spoken = (over: Partial<Expectation>, protocol: string, versions: readonly string[]) =>
    judged(
      new Story()
        .step(0)
        .hello(1, { versions })
        .handshake('dispatcher', { protocol })
        .request(204)
        .reply('delivered'),
      expecting('delivered', over),
    )
  const both = ['TLSv1.3', 'TLSv1.2']
  expect(spoken({ protocol: 'TLSv1.3' }, 'TLSv1.3', both)).toMatchObject({ verdict: 'passed' })
  expect(spoken({ protocol: 'TLSv1.3' }, 'TLSv1.2', both)).toMatchObject({ reason: 'unmet' })
  expect(spoken({ oldestVersion: 'TLSv1.2' }, 'TLSv1.3', both)).toMatchObject({
    verdict: 'passed',
  })
  expect(spoken({ oldestVersion: 'TLSv1.2' }, 'TLSv1.3', [...both, 'TLSv1.1'])).toMatchObject({
    reason: 'unmet',
    seen: 'connection 1 offered TLSv1.1',
  })
})

test('what is taken of an answer is bounded', () => {
  const taken = (bytesToDispatcher: number) =>
    judged(
      new Story()
        .step(0)
        .hello()
        .handshake('dispatcher')
        .request(500)
        .closed(300, { bytesToDispatcher })
        .reply('failed', 'http.status'),
      expecting('undelivered', { requests: { min: 0, max: 1 }, answerBytes: 1000 }),
    )
  expect(taken(1000)).toMatchObject({ verdict: 'passed' })
  expect(taken(1001)).toMatchObject({ verdict: 'failed', reason: 'unmet' })
})

test('fewer connections than required are too few', () => {
  const expectation = expecting('undelivered', { connections: { min: 2, max: 2 } })
  const tried = (count: number) => {
    const story = new Story().step(0)
    for (let connection = 1; connection <= count; connection++) {
      story.hello(connection).closed(0, { connection })
    }
    return judged(story.reply('failed', 'net.reset'), expectation)
  }
  expect(tried(2)).toMatchObject({ verdict: 'passed' })
  expect(tried(1)).toMatchObject({ verdict: 'failed', reason: 'unmet' })
  expect(tried(3)).toMatchObject({ verdict: 'failed', reason: 'storm' })
})

test('a refused configuration counts for its own target alone', () => {
  const story = new Story()
    .configured('accepted')
    .configured('refused', 'client-certificate.expired', [], 'other')
    .step(0)
    .hello()
    .handshake('dispatcher')
    .request(204)
    .reply('delivered')
  expect(judged(story, expecting('delivered'))).toMatchObject({ verdict: 'passed' })
  expect(judged(story, expecting('delivered', { target: 'other' }))).toMatchObject({
    verdict: 'failed',
    reason: 'not-delivered',
  })
})

test('a console that warns without need', () => {
  const expectation = {
    certificate: 'dispatcher',
    warnings: [],
    absentWarnings: ['client-certificate.expiring'],
  }
  const inspected = (...warnings: readonly string[]) =>
    judge({
      level: 'SHOULD',
      steps: [{ do: 'inspect', expect: expectation }],
      observations: new Story().step(0).add({
        kind: 'inspected',
        sha256: 'ab',
        name: 'dispatcher',
        notAfter: null,
        certifiedNotAfter: null,
        warnings,
      }).observations,
      control: 'passed',
    })
  expect(inspected()).toMatchObject({ verdict: 'passed', advisories: [] })
  expect(inspected('client-certificate.expiring')).toMatchObject({
    advisories: [{ code: 'unmet-should', reason: 'unmet' }],
  })
})
