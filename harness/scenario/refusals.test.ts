import { expect, test } from '@playwright/test'
import { messageFor, scenarioOf, topicWith } from './test-support.ts'

/** Keys of a scenario from line 13 on, and the whole message that they are refused with. */
interface Refusal {
  readonly title: string
  readonly keys: string
  readonly says: string
  readonly control?: string
}

const STANDARD =
  'root, intermediate, endpoint, next-endpoint, elsewhere-endpoint, token-endpoint, dispatcher, next-dispatcher, next-root, next-intermediate, public-root, public-intermediate, public-endpoint, public-dispatcher, rogue-ca'

const REFUSALS: readonly Refusal[] = [
  {
    title: 'a misspelt key',
    keys: 'endpiont: {}\nexpect: { outcome: refused }',
    says: 'things.yaml:13: scenarios.one.endpiont: unknown key (did you mean "endpoint"?); allowed: title, level, profile, references, requires, engines, aliases, certificates, endpoint, token-server, elsewhere, dispatcher, other-dispatcher, event, secrets, steps, expect, killed-by',
  },
  {
    title: 'a misspelt word',
    keys: 'expect:\n  outcome: refuse',
    says: 'things.yaml:14: scenarios.one.expect.outcome: "refuse" is not allowed (did you mean "refused"?); allowed: delivered, refused, rejected, undelivered',
  },
  {
    title: 'a value of the wrong kind',
    keys: 'endpoint:\n  alpn: h2\nexpect: { outcome: refused }',
    says: 'things.yaml:14: scenarios.one.endpoint.alpn: must be a list, not "h2"',
  },
  {
    title: 'a value that is neither text nor mapping',
    keys: 'endpoint: { certificate: 5 }\nexpect: { outcome: refused }',
    says: 'things.yaml:13: scenarios.one.endpoint.certificate: must be a text or a mapping, not 5',
  },
  {
    title: 'a duration without a unit',
    keys: 'dispatcher: { timeout: "2" }\nexpect: { outcome: delivered }',
    says: 'things.yaml:13: scenarios.one.dispatcher.timeout: "2" is not a duration: digits and ms, s, m, h, d or y, such as 250ms',
  },
  {
    title: 'a range that ends before it begins',
    keys: 'expect: { outcome: undelivered, requests: 2..1 }',
    says: 'things.yaml:13: scenarios.one.expect.requests: "2..1" ends before it begins',
  },
  {
    title: 'a day that does not exist',
    keys: 'endpoint: { certificate: { not-after: 2030-02-31T25:00:00Z } }\nexpect: { outcome: refused }',
    says: 'things.yaml:13: scenarios.one.endpoint.certificate.not-after: "2030-02-31T25:00:00Z" is no moment there ever is',
  },
  {
    title: 'an unknown certificate',
    keys: 'endpoint: { certificate: endpiont }\nexpect: { outcome: refused }',
    says: `things.yaml:13: scenarios.one.endpoint.certificate: no certificate is called "endpiont" (did you mean "endpoint"?); there are: ${STANDARD}`,
  },
  {
    title: 'an unknown authority of a CRL',
    keys: 'dispatcher: { crls: { rot: {} } }\nexpect: { outcome: refused }',
    says: `things.yaml:13: scenarios.one.dispatcher.crls: no certificate is called "rot" (did you mean "root"?); there are: ${STANDARD}`,
  },
  {
    title: 'the name of something that every object has',
    keys: 'endpoint: { chain: [constructor] }\nexpect: { outcome: refused }',
    says: `things.yaml:13: scenarios.one.endpoint.chain[0]: no certificate is called "constructor"; there are: ${STANDARD}`,
  },
  {
    title: 'an unknown signer of a staple',
    keys: 'endpoint: { staple: { signed-by: responder } }\nexpect: { outcome: refused }',
    says: `things.yaml:13: scenarios.one.endpoint.staple.signed-by: no certificate is called "responder"; there are: ${STANDARD}`,
  },
  {
    title: 'a moment of a staple that is not relative',
    keys: 'endpoint: { staple: { this-update: 2030-01-01T00:00:00Z } }\nexpect: { outcome: refused }',
    says: 'things.yaml:13: scenarios.one.endpoint.staple.this-update: "2030-01-01T00:00:00Z" is not a moment relative to now, such as -1h or +1d',
  },
  {
    title: 'an unknown issuer',
    keys: 'endpoint: { certificate: { issuer: nobody } }\nexpect: { outcome: refused }',
    says: `things.yaml:13: scenarios.one.endpoint.certificate.issuer: no certificate is called "nobody"; there are: ${STANDARD}`,
  },
  {
    title: 'a new certificate that is like none',
    keys: 'certificates:\n  sibling: { key: ed25519 }\nexpect: { outcome: refused }',
    says: `things.yaml:14: scenarios.one.certificates.sibling: no standard certificate is called "sibling"; a new one says which one it is like; standard: ${STANDARD}`,
  },
  {
    title: 'certificates that are like each other',
    keys: 'certificates:\n  a: { like: b }\n  b: { like: a }\nexpect: { outcome: refused }',
    says: `2 problems in scenario files
  things.yaml:14: scenarios.one.certificates.a.like: "b" is like itself: b → a → b
  things.yaml:15: scenarios.one.certificates.b.like: "a" is like itself: a → b → a`,
  },
  {
    title: 'a patch of the root that is in the trust store already',
    keys: 'certificates: { public-root: { key: ec-p384 } }\nexpect: { outcome: refused }',
    says: 'things.yaml:13: scenarios.one.certificates.public-root: "public-root" is in the adapter\'s own trust store since it started, and cannot be patched; describe another with like: public-root',
  },
  {
    title: 'a deviation from nothing',
    keys: 'endpoint: { host: localhost }\nexpect: { outcome: delivered }',
    says: 'things.yaml:8: scenarios.one: deviates in nothing from the control: same setup, same steps',
  },
  {
    title: 'the same key twice',
    keys: 'killed-by: []\nexpect: { outcome: refused }',
    says: 'things.yaml:13: the key "killed-by" is there twice',
  },
  {
    title: 'neither expect nor steps',
    keys: 'endpoint: { host: 127.0.0.1 }',
    says: 'things.yaml:8: scenarios.one: says neither expect nor steps',
  },
  {
    title: 'expect beside steps',
    keys: 'steps:\n  - deliver: { outcome: refused }\nexpect: { outcome: refused }',
    says: 'things.yaml:15: scenarios.one.expect: with steps, each deliver says what it expects',
  },
  {
    title: 'steps that judge nothing',
    keys: 'steps: [reset]',
    says: 'things.yaml:13: scenarios.one.steps: no step is a deliver, an inspect or an enroll, so that there is nothing to judge',
  },
  {
    title: 'a step that does two things',
    keys: 'steps:\n  - { wait: 1s, deliver: { outcome: refused } }',
    says: 'things.yaml:14: scenarios.one.steps[0]: must have exactly one key',
  },
  {
    title: 'a wait without end',
    keys: 'steps:\n  - wait: 1h\n  - deliver: { outcome: refused }',
    says: 'things.yaml:14: scenarios.one.steps[0].wait: a scenario waits at most 10s',
  },
  {
    title: 'a certificate described in a step',
    keys: 'steps:\n  - rotate: { endpoint: { certificate: { not-after: -1d } } }\n  - deliver: { outcome: refused }',
    says: 'things.yaml:14: scenarios.one.steps[0].rotate: certificates are issued before the first step; describe it under certificates, and name it here',
  },
  {
    title: 'a rotation of a token server that is not there',
    keys: 'steps:\n  - rotate: { token-server: { scope: x } }\n  - deliver: { outcome: refused }',
    says: 'things.yaml:14: scenarios.one.steps[0].rotate: there is no token-server to rotate',
  },
]

for (const { title, keys, says, control } of REFUSALS) {
  test(`refuses ${title}`, () => {
    expect(messageFor(topicWith(scenarioOf(keys), control))).toBe(says)
  })
}

test('tells all problems of a file, in the order of its lines', () => {
  const keys = `profile: coer
endpoint: { scheme: ftp, certificate: { key: rsa } }
expect: { outcome: refused, requests: none }
extra: 1`
  expect(messageFor(topicWith(scenarioOf(keys)))).toBe(`5 problems in scenario files
  things.yaml:13: scenarios.one.profile: "coer" is not allowed (did you mean "core"?); allowed: core, pinning, oauth2-mtls, keystores, rotation, signing, delivery, enrollment, strict
  things.yaml:14: scenarios.one.endpoint.scheme: "ftp" is not allowed; allowed: https, http
  things.yaml:14: scenarios.one.endpoint.certificate.key: "rsa" is not allowed; allowed: ec-p256, ec-p384, ec-p521, ed25519, rsa-1024, rsa-2048, rsa-3072, rsa-4096
  things.yaml:15: scenarios.one.expect.requests: "none" is not a count, such as 2, or a range, such as 1..2
  things.yaml:16: scenarios.one.extra: unknown key; allowed: title, level, profile, references, requires, engines, aliases, certificates, endpoint, token-server, elsewhere, dispatcher, other-dispatcher, event, secrets, steps, expect, killed-by`)
})

test('a mistake in the control is told once, not for every scenario that builds upon it', () => {
  const control =
    'control:\n  title: Delivers in a test\n  endpoint: { chain: [nobody] }\n  expect: { outcome: delivered }\n'
  expect(
    messageFor(topicWith(scenarioOf('expect: { outcome: refused, reason: http.status }'), control)),
  ).toBe(
    `things.yaml:6: control.endpoint.chain[0]: no certificate is called "nobody"; there are: ${STANDARD}`,
  )
})

test('refuses a scenario without what every scenario has', () => {
  expect(messageFor(topicWith('expect: { outcome: refused }'))).toBe(`3 problems in scenario files
  things.yaml:8: scenarios.one: the key "title" is missing
  things.yaml:8: scenarios.one: the key "level" is missing
  things.yaml:8: scenarios.one: the key "references" is missing`)
})

test('refuses an empty list of miniatures', () => {
  const text = topicWith(scenarioOf('expect: { outcome: refused }'))
  expect(messageFor(text.replace('[a-miniature]', '[]'))).toBe(
    'things.yaml:12: scenarios.one.killed-by: must not be empty',
  )
})

test('refuses a key that is no id, and the id of the control', () => {
  const text = topicWith(scenarioOf('expect: { outcome: refused }'))
  expect(messageFor(text.replace('  one:', '  One Thing:'))).toBe(
    'things.yaml:8: scenarios.One Thing: the key is not a name in kebab-case, such as next-endpoint',
  )
  expect(messageFor(text.replace('  one:', '  control:'))).toBe(
    'things.yaml:8: scenarios.control: the key "control" is the id of the control',
  )
})

test('says what a limit of the schema demands', () => {
  const limits: readonly (readonly [string, string])[] = [
    ['title: Short', '9: scenarios.one.title: must have 10 characters or more'],
    [`title: ${'x'.repeat(121)}`, '9: scenarios.one.title: must have 120 characters or fewer'],
  ]
  const text = topicWith(scenarioOf('expect: { outcome: refused }'))
  for (const [title, says] of limits) {
    expect(messageFor(text.replace('title: Does what a test says', title))).toBe(
      `things.yaml:${says}`,
    )
  }
  const keys = (rest: string) => topicWith(scenarioOf(`${rest}\nexpect: { outcome: refused }`))
  expect(messageFor(keys('engines: [embedded, embedded]'))).toBe(
    'things.yaml:13: scenarios.one.engines: says the same thing twice',
  )
  expect(messageFor(keys('endpoint: { answers: [99] }'))).toBe(
    'things.yaml:13: scenarios.one.endpoint.answers[0]: must be 200 or more',
  )
  expect(messageFor(keys('dispatcher: { retry: { max-attempts: 99 } }'))).toBe(
    'things.yaml:13: scenarios.one.dispatcher.retry.max-attempts: must be 10 or less',
  )
})

test('refuses what is not YAML, with its line', () => {
  expect(messageFor('topic: x\nrole: [dispatcher\n')).toMatch(/^things\.yaml:\d+: not YAML: /)
  expect(messageFor('')).toMatch(/^things\.yaml:1: must be a mapping, not null$/)
  expect(messageFor('topic: !!js/function x\n')).toMatch(/^things\.yaml:1: not YAML: /)
})
