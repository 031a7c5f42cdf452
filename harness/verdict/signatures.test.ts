import { expect, test } from '@playwright/test'
import type { Expectation } from '../scenario/types.ts'
import { judge } from './judge.ts'
import { expecting, Story } from './ledger-for-tests.ts'

/** A delivery whose attempts were signed with these secrets; the last attempt is accepted. */
function judged(over: Partial<Expectation>, ...attempts: readonly (readonly string[])[]) {
  const story = new Story().step(0)
  for (const [index, signedWith] of attempts.entries()) {
    const connection = index + 1
    const signature = signedWith.length > 0 ? 'valid' : 'invalid'
    story.hello(connection).handshake('dispatcher', { connection })
    story.request(connection === attempts.length ? 204 : 503, { connection, signature, signedWith })
    story.closed(300, { connection })
  }
  const some = { min: attempts.length, max: attempts.length }
  const steps = [
    { do: 'deliver', expect: expecting('delivered', { requests: some, ...over }) },
  ] as const
  const { observations } = story.reply('delivered')
  return judge({ level: 'MUST', steps, observations, control: 'passed' })
}

const both = { signature: 'valid', signedWith: ['next', 'first'] } as const

test('the secrets that signed are those that were told, in whatever order', () => {
  expect(judged(both, ['next', 'first'])).toMatchObject({ verdict: 'passed' })
  expect(judged(both, ['first', 'next'])).toMatchObject({ verdict: 'passed' })
  expect(judged({ signature: 'valid' }, ['other'])).toMatchObject({ verdict: 'passed' })
})

for (const [what, signedWith, seen] of [
  ['the former one is missing', ['next'], 'was signed with the secret "next"'],
  ['the new one is missing', ['first'], 'was signed with the secret "first"'],
  ['it is that of another target', ['other'], 'was signed with the secret "other"'],
  [
    'there is one more',
    ['next', 'first', 'other'],
    'was signed with the secrets "next" and "first" and "other"',
  ],
  [
    'one is in the place of another',
    ['next', 'other'],
    'was signed with the secrets "next" and "other"',
  ],
] as const) {
  test(`fails where ${what}`, () => {
    expect(judged(both, signedWith)).toMatchObject({
      verdict: 'failed',
      reason: 'unmet',
      expected: 'a signature with the secrets "next" and "first", and with no other secret',
      seen: `the request on connection 1 ${seen}`,
    })
  })
}

test('one attempt that is signed with another secret is enough to fail', () => {
  expect(judged(both, ['next', 'first'], ['first'])).toMatchObject({
    reason: 'unmet',
    seen: 'the request on connection 2 was signed with the secret "first"',
  })
  expect(judged(both, [], ['next', 'first'])).toMatchObject({
    reason: 'unmet',
    seen: 'the signature on connection 1 does not verify',
  })
})

test('what is judged alone fails alone: no signature of a secret is none of the right one', () => {
  expect(judged({ signedWith: ['first'] }, [])).toMatchObject({
    reason: 'unmet',
    seen: 'the request on connection 1 was signed with no secret',
  })
})
