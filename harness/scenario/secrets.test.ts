import { expect, test } from '@playwright/test'
import { messageFor, parseOne, scenarioOf, topicWith } from './test-support.ts'
import type { Scenario } from './types.ts'

function signedWith({ steps }: Scenario) {
  return steps.flatMap((step) => (step.do === 'deliver' ? [step.expect.signedWith] : []))
}

const RANDOM = { bytes: 32, octets: 'random' }

test('the short form is one secret, named after its target', () => {
  const one = parseOne(`dispatcher: { signature: standard-webhooks }
other-dispatcher: { signature: hmac-sha256 }
steps:
  - deliver: { outcome: delivered }
  - deliver: { target: other, outcome: delivered }
  - deliver: { outcome: delivered, signature: any }
  - deliver: { outcome: undelivered }`)
  expect(one.dispatcher.signature).toEqual({ scheme: 'standard-webhooks', secrets: ['first'] })
  expect(one.otherDispatcher?.signature).toEqual({ scheme: 'hmac-sha256', secrets: ['other'] })
  expect(one.secrets).toEqual({
    first: { ...RANDOM, scheme: 'standard-webhooks' },
    other: { ...RANDOM, scheme: 'hmac-sha256' },
  })
  expect(signedWith(one)).toEqual([['first'], ['other'], 'any', 'any'])
  expect(one.requires).not.toContain('signature.rotation')
})

test('the long form patches the short one, and both secrets sign where there is a list', () => {
  const rotating = (scheme: string) =>
    parseOne(`dispatcher: { signature: ${scheme} }
steps:
  - deliver: { outcome: delivered }
  - reconfigure: { signature: { secrets: [next, first] } }
  - deliver: { outcome: delivered }
  - reconfigure: { signature: none }
  - deliver: { outcome: delivered }`)
  const listed = rotating('standard-webhooks')
  expect(signedWith(listed)).toEqual([['first'], ['next', 'first'], 'any'])
  expect(Object.keys(listed.secrets)).toEqual(['first', 'next'])
  expect(listed.requires).toContain('signature.rotation')
  expect(signedWith(rotating('hmac-sha256'))).toEqual([['first'], ['next'], 'any'])
})

test('a secret is what is said of it', () => {
  const one = parseOne(`secrets: { next: { bytes: 24, octets: with-zero } }
dispatcher: { signature: { secrets: [next, first] } }
expect: { outcome: delivered, signed-with: [next, first], event-ids: without-dot }`)
  expect(one.secrets).toEqual({
    next: { bytes: 24, octets: 'with-zero', scheme: 'standard-webhooks' },
    first: { ...RANDOM, scheme: 'standard-webhooks' },
  })
})

const REFUSED: readonly (readonly [title: string, keys: string, says: string])[] = [
  [
    'a secret that both targets have',
    'dispatcher: { signature: standard-webhooks }\nother-dispatcher: { signature: { secrets: [first] } }\nexpect: { outcome: delivered }',
    '14: scenarios.one.other-dispatcher.signature: "first" is a secret of the first target',
  ],
  [
    'a secret that signs in two ways',
    'dispatcher: { signature: hmac-sha256 }\nsteps:\n  - reconfigure: { signature: standard-webhooks }\n  - deliver: { outcome: delivered }',
    '13: scenarios.one.dispatcher.signature: "first" signs by hmac-sha256 already',
  ],
  [
    'a description of a secret that nobody is told',
    'secrets: { next: { bytes: 24 } }\ndispatcher: { signature: standard-webhooks }\nexpect: { outcome: delivered }',
    '13: scenarios.one.secrets.next: no target is told this secret',
  ],
  [
    'a signature with a secret that nobody is told',
    'dispatcher: { signature: standard-webhooks }\nexpect: { outcome: delivered, signed-with: [firts] }',
    '14: scenarios.one.expect.signed-with[0]: no target is told a secret "firts" (did you mean "first"?)',
  ],
  [
    'a signature of a target that is not told to sign',
    'other-dispatcher: { signature: standard-webhooks }\nexpect: { outcome: delivered, signed-with: [other] }',
    '14: scenarios.one.expect.signed-with: the dispatcher is not told to sign',
  ],
  [
    'a signature on no request',
    'dispatcher: { signature: standard-webhooks }\nexpect: { outcome: refused, reason: tls.version, signed-with: [first] }',
    '14: scenarios.one.expect.signed-with: no request is expected whose signature could be seen',
  ],
  [
    'an id without a full stop where there is no id',
    'dispatcher: { signature: hmac-sha256 }\nexpect: { outcome: delivered, event-ids: without-dot }',
    '14: scenarios.one.expect.event-ids: only standard-webhooks signatures have one',
  ],
  [
    'three secrets at a time',
    'dispatcher: { signature: { secrets: [a, b, c] } }\nexpect: { outcome: delivered }',
    '13: scenarios.one.dispatcher.signature.secrets: must have 2 entries or fewer',
  ],
]

for (const [title, keys, says] of REFUSED) {
  test(`refuses ${title}`, () => {
    expect(messageFor(topicWith(scenarioOf(keys)))).toBe(`things.yaml:${says}`)
  })
}
