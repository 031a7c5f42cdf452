import { expect, test } from '@playwright/test'
import type { Expectation } from '../scenario/types.ts'
import { explain } from './explain.ts'
import { judge, type Case } from './judge.ts'
import { expecting, Story } from './ledger-for-tests.ts'

const EXPIRED = expecting('refused', { reasons: ['server-certificate.expired'] })
const DELIVERED = expecting('delivered', { clientCertificate: 'dispatcher' })

function caseOf(story: Story, expectation: Expectation, over: Partial<Case> = {}): Case {
  return {
    level: 'MUST',
    steps: [{ do: 'deliver', expect: expectation }],
    observations: story.observations,
    control: 'passed',
    ...over,
  }
}

function refusal(): Story {
  return refusalCounting(0)
}

function refusalCounting(decryptedBytes: number | null): Story {
  return new Story().step(0).hello().closed(decryptedBytes)
}

test.describe('a request in plaintext', () => {
  const plaintext = (story: Story, preview: string, listener: 'endpoint' | 'token-server') =>
    story.add({ kind: 'not-tls', listener, connection: 2, preview })

  for (const outcome of ['refused', 'rejected', 'undelivered'] as const) {
    test(`is a leak where an event is ${outcome}`, () => {
      const expectation = expecting(outcome)
      const reply = () => refusal().reply('failed', 'net.reset')
      expect(judge(caseOf(reply(), expectation))).toMatchObject({ verdict: 'passed' })
      for (const listener of ['endpoint', 'token-server'] as const) {
        const verdict = judge(caseOf(plaintext(reply(), 'POST /a…', listener), expectation))
        expect(verdict).toMatchObject({ verdict: 'failed', reason: 'leak' })
      }
    })
  }

  test('is a leak where the event is delivered too', () => {
    const story = plaintext(new Story().step(0), 'POST /hooks/1 HTTP/1.1', 'endpoint')
    expect(judge(caseOf(story, DELIVERED))).toMatchObject({ verdict: 'failed', reason: 'leak' })
  })

  test('is not what other bytes are taken for', () => {
    const story = plaintext(refusal(), '\\u{80}.\\u{1}', 'token-server').reply(
      'failed',
      'net.reset',
    )
    expect(judge(caseOf(story, expecting('undelivered')))).toMatchObject({ verdict: 'passed' })
  })
})

test.describe('a refusal', () => {
  test('passes strictly with a ClientHello, no byte, and the right reason', () => {
    const subject = caseOf(refusal().reply('refused', 'server-certificate.expired'), EXPIRED)
    expect(judge(subject)).toEqual({ verdict: 'passed', grade: 'strict', advisories: [] })
  })

  test('passes loosely when the adapter cannot say why', () => {
    const verdict = judge(caseOf(refusal().reply('refused', 'unspecified'), EXPIRED))
    expect(verdict).toMatchObject({ verdict: 'passed', grade: 'loose' })
  })

  test('says so when the dispatcher calls its own refusal a failure', () => {
    const verdict = judge(caseOf(refusal().reply('failed', 'server-certificate.expired'), EXPIRED))
    expect(verdict).toMatchObject({ verdict: 'passed', advisories: [{ code: 'said-failed' }] })
  })

  test('fails for a reason of another class', () => {
    const story = refusal().reply('refused', 'server-certificate.name-mismatch')
    expect(judge(caseOf(story, EXPIRED))).toMatchObject({ reason: 'wrong-reason' })
  })

  test('fails as a leak when a single byte was decrypted', () => {
    const story = new Story()
      .step(0)
      .hello()
      .closed(1)
      .reply('refused', 'server-certificate.expired')
    expect(judge(caseOf(story, EXPIRED))).toMatchObject({ verdict: 'failed', reason: 'leak' })
  })

  test('is no advisory beside a control or an adapter that broke: what passes must have worked', () => {
    const story = () => new Story().step(0).hello().request(204).closed(300)
    const should = { level: 'SHOULD' } as const
    expect(judge({ ...caseOf(story(), EXPIRED), ...should, control: 'failed' })).toMatchObject({
      verdict: 'inconclusive',
      reason: 'control',
    })
    const broken = story().fault('timeout')
    expect(judge({ ...caseOf(broken, EXPIRED), ...should })).toMatchObject({
      verdict: 'inconclusive',
      reason: 'adapter',
    })
  })

  test('is a leak even when control and adapter broke', () => {
    const story = new Story().step(0).hello().request(204).closed(300).fault('gone')
    const verdict = judge(caseOf(story, EXPIRED, { control: 'inconclusive' }))
    expect(verdict).toMatchObject({ verdict: 'failed', reason: 'leak' })
  })

  test('fails as a contradiction when the adapter says delivered', () => {
    const verdict = judge(caseOf(refusal().reply('delivered'), EXPIRED))
    expect(verdict).toMatchObject({ verdict: 'failed', reason: 'contradiction' })
  })

  test('proves nothing without an attempt', () => {
    const story = new Story().step(0).reply('refused', 'server-certificate.expired')
    expect(judge(caseOf(story, EXPIRED))).toMatchObject({ reason: 'no-attempt' })
  })

  test('may come without an attempt where the scenario allows a local one', () => {
    const local = expecting('rejected', {
      attempt: 'optional',
      reasons: ['client-certificate.expired'],
    })
    const story = new Story().configured('refused', 'client-certificate.expired').step(0)
    expect(judge(caseOf(story, local))).toMatchObject({ verdict: 'passed', grade: 'strict' })
  })

  for (const [what, story] of [
    ['does not say what it decrypted', refusalCounting(null)],
    ['never saw the connection end', new Story().step(0).hello()],
  ] as const) {
    test(`proves nothing when the endpoint ${what}`, () => {
      story.reply('refused', 'server-certificate.expired')
      const verdict = judge(caseOf(story, EXPIRED))
      expect(verdict).toMatchObject({ verdict: 'inconclusive', reason: 'harness' })
    })
  }

  test('fails as a storm past the allowed connections', () => {
    const story = new Story().step(0)
    for (let connection = 1; connection <= 4; connection++) {
      story.hello(connection).closed(0, { connection })
    }
    story.reply('refused', 'server-certificate.expired')
    expect(judge(caseOf(story, EXPIRED))).toMatchObject({ reason: 'storm' })
  })

  test('proves nothing beside a control that did not pass', () => {
    const story = refusal().reply('refused', 'server-certificate.expired')
    const verdict = judge(caseOf(story, EXPIRED, { control: 'failed' }))
    expect(verdict).toMatchObject({ verdict: 'inconclusive', reason: 'control' })
  })

  test('is not charged with bytes of an earlier delivery on the same connection', () => {
    const story = new Story().step(0).hello().handshake('dispatcher').request(204)
    story.reply('delivered').step(1).closed(400).hello(2).closed(0, { connection: 2 })
    story.reply('refused', 'server-certificate.expired')
    const steps = [DELIVERED, EXPIRED].map((one) => ({ do: 'deliver', expect: one }) as const)
    expect(judge(caseOf(story, EXPIRED, { steps }))).toMatchObject({ verdict: 'passed' })
  })
})

test.describe('a delivery', () => {
  const arrived = () => new Story().step(0).hello().handshake('dispatcher')

  test('passes when both witnesses agree', () => {
    const subject = caseOf(arrived().request(204).closed(300).reply('delivered'), DELIVERED)
    expect(judge(subject)).toMatchObject({ verdict: 'passed', grade: 'strict' })
    expect(explain(subject, judge(subject))).toContain('shown the certificate "dispatcher"')
  })

  test('fails as a contradiction when nothing arrived', () => {
    const verdict = judge(caseOf(new Story().step(0).reply('delivered'), DELIVERED))
    expect(verdict).toMatchObject({ verdict: 'failed', reason: 'contradiction' })
  })

  test('fails as a contradiction when it arrived but the adapter says failed', () => {
    const story = arrived().request(204).reply('failed', 'net.timeout')
    expect(judge(caseOf(story, DELIVERED))).toMatchObject({ reason: 'contradiction' })
  })

  test('fails when the dispatcher refuses a good endpoint', () => {
    const story = new Story().step(0).hello().closed(0).reply('refused', 'tls.other')
    expect(judge(caseOf(story, DELIVERED))).toMatchObject({ reason: 'not-delivered' })
  })

  test('is inconclusive when an address filter kept the dispatcher from trying', () => {
    const story = new Story().step(0).reply('refused', 'policy.blocked')
    expect(judge(caseOf(story, DELIVERED))).toMatchObject({ reason: 'no-attempt' })
  })

  test('fails when another certificate was shown', () => {
    const story = new Story().step(0).hello().handshake('none').request(204).reply('delivered')
    expect(judge(caseOf(story, DELIVERED))).toMatchObject({ reason: 'wrong-certificate' })
  })

  test('fails when the endpoint ended a handshake for a certificate that is not the right one', () => {
    const shown = (name: string) =>
      ({ presented: 'certificate', name, sha256: 'ab', subject: '', chain: [name] }) as const
    for (const [clientCertificate, reason] of [
      [{ presented: 'none' }, 'wrong-certificate'],
      [shown('other'), 'wrong-certificate'],
      [shown('dispatcher'), undefined],
      [null, undefined],
    ] as const) {
      const story = new Story().step(0).hello()
      const failure = { kind: 'handshake-failed', listener: 'endpoint', connection: 1 } as const
      story.add({ ...failure, error: 'refused', clientCertificate })
      story.closed(0, { by: 'endpoint' }).reply('failed', 'client-certificate.rejected')
      const expected = expecting('rejected', { clientCertificate: 'dispatcher' })
      const verdict = judge(caseOf(story, expected))
      expect('reason' in verdict ? verdict.reason : undefined).toBe(reason)
    }
  })

  test('looks at the handshake of a connection that was opened in an earlier step', () => {
    const story = new Story().step(0).hello().handshake('old').request(204).reply('delivered')
    story.step(1).request(204).reply('delivered')
    const steps = ['old', 'dispatcher'].map(
      (shown) =>
        ({ do: 'deliver', expect: expecting('delivered', { clientCertificate: shown }) }) as const,
    )
    const verdict = judge(caseOf(story, DELIVERED, { steps }))
    expect(verdict).toMatchObject({ reason: 'wrong-certificate', step: 1 })
  })

  test('fails when the body was changed', () => {
    const story = arrived().request(204, { bodySha256: 'other' }).reply('delivered')
    expect(judge(caseOf(story, DELIVERED))).toMatchObject({ reason: 'unmet' })
  })

  test('fails when a redirect was followed to another origin', () => {
    const story = arrived().request(204)
    story.add({
      kind: 'connection-opened',
      listener: 'elsewhere',
      connection: 2,
      slot: 's',
    })
    story.reply('delivered')
    expect(judge(caseOf(story, DELIVERED))).toMatchObject({ reason: 'leak' })
  })

  test('is inconclusive when the session was resumed', () => {
    const story = new Story().step(0).hello().handshake('dispatcher', { session: 'resumed' })
    story.request(204).reply('delivered')
    expect(judge(caseOf(story, DELIVERED))).toMatchObject({ reason: 'resumed' })
  })

  test('is inconclusive when the adapter broke', () => {
    expect(judge(caseOf(arrived().fault('protocol'), DELIVERED))).toMatchObject({
      verdict: 'inconclusive',
      reason: 'adapter',
    })
  })

  test('is skipped when the adapter cannot express what no capability names', () => {
    const story = new Story().configured('unsupported', null, ['tls.min_version']).step(0)
    expect(judge(caseOf(story, DELIVERED))).toMatchObject({ verdict: 'skipped' })
  })

  test('fails when a declared capability is called unsupported', () => {
    const story = new Story().configured('unsupported', null, ['pin.spki']).step(0)
    expect(judge(caseOf(story, DELIVERED))).toMatchObject({ verdict: 'failed', reason: 'unmet' })
  })
})

test.describe('a SHOULD', () => {
  test('passes with an advisory that tells what would have failed', () => {
    const story = new Story().step(0).hello().request(204).closed(9).reply('failed')
    const verdict = judge(caseOf(story, EXPIRED, { level: 'SHOULD' }))
    expect(verdict).toMatchObject({
      verdict: 'passed',
      advisories: [{ code: 'unmet-should', reason: 'leak' }],
    })
  })

  test('does not excuse a lie', () => {
    const verdict = judge(caseOf(refusal().reply('delivered'), EXPIRED, { level: 'SHOULD' }))
    expect(verdict).toMatchObject({ verdict: 'failed', reason: 'contradiction' })
  })
})
