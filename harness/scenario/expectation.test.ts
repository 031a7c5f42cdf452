import { expect, test } from '@playwright/test'
import type { Expectation, Scenario } from './types.ts'
import { parseOne } from './test-support.ts'

function expectationsOf({ steps }: Scenario): readonly Expectation[] {
  return steps.flatMap((step) => (step.do === 'deliver' ? [step.expect] : []))
}

function expectationOf(keys: string): Expectation | undefined {
  return expectationsOf(parseOne(keys))[0]
}

test('delivered: one request with the configured certificate, a connection to spare', () => {
  expect(expectationOf('endpoint: { ca-hints: none }\nexpect: { outcome: delivered }')).toEqual({
    target: 'first',
    outcome: 'delivered',
    reasons: [],
    attempt: 'required',
    clientCertificate: 'dispatcher',
    requests: { min: 1, max: 1 },
    connections: { min: 1, max: 2 },
    token: null,
    elsewhere: { min: 0, max: 0 },
    absentHeaders: [],
    resumption: 'forbidden',
    signature: 'any',
    signedWith: 'any',
    minimumGapMs: 0,
    gaps: 'any',
    timestamps: 'any',
    eventIds: 'any',
    requiredHeaders: {},
    serverName: 'any',
    protocol: 'any',
    oldestVersion: 'any',
    statusRequest: 'any',
    answerBytes: null,
  })
})

test('refused: an attempt, no request, at most three connections', () => {
  expect(expectationOf('expect: { outcome: refused, reason: tls.version }')).toMatchObject({
    reasons: ['tls.version'],
    attempt: 'required',
    clientCertificate: 'any',
    requests: { min: 0, max: 0 },
    connections: { min: 1, max: 3 },
  })
})

test('rejected: the dispatcher may say no before it connects', () => {
  expect(expectationOf('expect: { outcome: rejected }')).toMatchObject({
    attempt: 'optional',
    requests: { min: 0, max: 0 },
    connections: { min: 0, max: 3 },
  })
})

test('undelivered: the request may get as far as the origin', () => {
  expect(expectationOf('expect: { outcome: undelivered }')).toMatchObject({
    attempt: 'required',
    requests: { min: 0, max: 1 },
    connections: { min: 0, max: 3 },
  })
})

test('more requests bring more connections, keep-alive may do without a new one', () => {
  expect(
    expectationOf('expect: { outcome: delivered, requests: 4, minimum-gap: 40ms }'),
  ).toMatchObject({ connections: { min: 1, max: 5 }, minimumGapMs: 40 })
  expect(
    expectationOf('endpoint: { keep-alive: on }\nexpect: { outcome: delivered }'),
  ).toMatchObject({ connections: { min: 0, max: 2 } })
})

test('what cannot be seen is not expected by default', () => {
  const certificate = (keys: string) =>
    expectationOf(`${keys}\nexpect: { outcome: delivered }`)?.clientCertificate
  expect(certificate('endpoint: { client-certificate: not-requested }')).toBe('any')
  expect(certificate('dispatcher: { client-certificate: none }')).toBe('none')
  expect(certificate('dispatcher: { client-certificate: { key: missing } }')).toBe('none')
})

test('resumption and signatures follow from the setup', () => {
  expect(
    expectationOf('endpoint: { resumption: on }\nexpect: { outcome: delivered }')?.resumption,
  ).toBe('allowed')
  expect(
    expectationOf('dispatcher: { signature: hmac-sha256 }\nexpect: { outcome: delivered }')
      ?.signature,
  ).toBe('valid')
})

test('the token server is to be shown the certificate that is configured for it', () => {
  const token = (oauth2: string, method: string) =>
    expectationOf(`token-server: { auth-method: ${method} }
dispatcher: { oauth2: ${oauth2} }
expect: { outcome: delivered, token: {} }`)?.token
  expect(token('{}', 'tls_client_auth')).toEqual({
    requests: { min: 1, max: 1 },
    clientCertificate: 'dispatcher',
  })
  expect(
    token('{ client-certificate: { certificate: next-dispatcher } }', 'tls_client_auth'),
  ).toMatchObject({ clientCertificate: 'next-dispatcher' })
  expect(token('{}', 'client_secret_basic')).toMatchObject({ clientCertificate: 'any' })
})

test('patches of steps accumulate, and expectations follow them', () => {
  const one = parseOne(`steps:
  - deliver: { outcome: delivered }
  - rotate: { endpoint: { certificate: next-endpoint, keep-alive: on } }
  - reconfigure: { client-certificate: { certificate: next-dispatcher }, pins: [endpoint] }
  - reset
  - wait: 300ms
  - rotate: { endpoint: { max-version: TLSv1.2 } }
  - deliver: { outcome: delivered }
  - inspect: { certificate: next-dispatcher, warnings: [x] }`)
  expect(one.steps.map((step) => step.do)).toEqual([
    'deliver',
    'rotate',
    'reconfigure',
    'reset',
    'wait',
    'rotate',
    'deliver',
    'inspect',
  ])
  expect(one.steps[5]).toMatchObject({
    endpoint: { certificate: 'next-endpoint', keepAlive: 'on', maxVersion: 'TLSv1.2' },
    tokenServer: null,
  })
  expect(one.steps[4]).toEqual({ do: 'wait', ms: 300 })
  expect(one.steps[7]).toEqual({
    do: 'inspect',
    expect: { certificate: 'next-dispatcher', warnings: ['x'], absentWarnings: [] },
  })
  expect(expectationsOf(one)).toMatchObject([
    { clientCertificate: 'dispatcher', connections: { min: 1, max: 2 } },
    { clientCertificate: 'next-dispatcher', connections: { min: 0, max: 2 } },
  ])
  expect(one.endpoint.certificate).toBe('endpoint')
  expect(one.requires).toEqual([
    'client-certificate.pem',
    'pin.spki',
    'rotation',
    'reset',
    'inspect',
  ])
})

test('a scenario needs what it uses, what it declares and what its control needs', () => {
  const control = `control:
  title: Delivers in a test
  dispatcher: { client-certificate: { format: pkcs12 } }
  expect: { outcome: delivered }
`
  const one = parseOne(
    `requires: [circuit-breaker]
engines: [containers]
dispatcher: { client-certificate: { format: jks }, retry: {}, signature: standard-webhooks }
expect: { outcome: delivered }`,
    control,
  )
  expect(one.requires).toEqual([
    'client-certificate.pkcs12',
    'client-certificate.jks',
    'signature.standard-webhooks',
    'retry',
    'circuit-breaker',
  ])
  expect(one.engines).toEqual(['containers'])
})

test('a scenario runs on the engines of its control, and may then use what only those can do', () => {
  const control = `control:
  title: Delivers in a test
  engines: [containers]
  endpoint: { reject-style: alert }
  expect: { outcome: delivered }
`
  const one = parseOne(
    'endpoint: { crl: { revoked: [dispatcher] } }\nexpect: { outcome: rejected }',
    control,
  )
  expect(one.engines).toEqual(['containers'])
  expect(one.endpoint.crl).toEqual({ state: 'current', revoked: ['dispatcher'] })
})

test('a second target: a patch of what the first is told, and expected of it', () => {
  const scenario =
    parseOne(`other-dispatcher: { client-certificate: { certificate: next-dispatcher }, pins: [endpoint] }
steps:
  - deliver: { outcome: delivered }
  - deliver: { target: other, outcome: delivered }`)
  expect(expectationsOf(scenario)).toMatchObject([
    { target: 'first', clientCertificate: 'dispatcher' },
    { target: 'other', clientCertificate: 'next-dispatcher' },
  ])
  expect(scenario.otherDispatcher).toMatchObject({ trustAnchors: ['root'], pins: ['endpoint'] })
  expect(scenario.dispatcher.pins).toBe('none')
  expect(scenario.requires).toContain('pin.spki')
  expect(parseOne('endpoint: { ca-hints: none }\nexpect: { outcome: delivered }')).toMatchObject({
    otherDispatcher: null,
  })
})

test('what is seen of TLS, of headers and of several attempts', () => {
  expect(
    expectationOf(`dispatcher: { signature: standard-webhooks, retry: {} }
expect:
  outcome: delivered
  requests: 3
  server-name: host
  protocol: TLSv1.3
  oldest-version: TLSv1.2
  required-headers: { content-type: application/json }
  gaps: growing
  timestamps: fresh
  event-ids: same
  answer-bytes: 1000`),
  ).toMatchObject({
    serverName: 'localhost',
    protocol: 'TLSv1.3',
    oldestVersion: 'TLSv1.2',
    requiredHeaders: { 'content-type': 'application/json' },
    gaps: 'growing',
    timestamps: 'fresh',
    eventIds: 'same',
    answerBytes: 1000,
  })
})

test('CRLs for the dispatcher: one of each authority that is named, and none where that is taken away', () => {
  const control = `control:
  title: Delivers in a test
  dispatcher: { crls: { root: {}, intermediate: {} } }
  expect: { outcome: delivered }
`
  const one = parseOne(
    `dispatcher:
  crls:
    root: none
    intermediate: { revoked: [endpoint], reason: certificate-hold }
    newer: { issuer: intermediate, signed-by: rogue-ca, this-update: -1h, next-update: +1h, number: 2 }
expect: { outcome: refused }`,
    control,
  )
  expect(one.requires).toEqual(['client-certificate.pem', 'trust.crl'])
  const hour = 3_600_000
  expect(one.dispatcher.crls).toEqual([
    {
      issuer: 'intermediate',
      signedBy: null,
      revoked: ['endpoint'],
      reason: 'certificate-hold',
      thisUpdateMs: -24 * hour,
      nextUpdateMs: 7 * 24 * hour,
      number: 1,
      extensions: [],
      entryExtensions: [],
    },
    {
      issuer: 'intermediate',
      signedBy: 'rogue-ca',
      revoked: [],
      reason: 'none',
      thisUpdateMs: -hour,
      nextUpdateMs: hour,
      number: 2,
      extensions: [],
      entryExtensions: [],
    },
  ])
})
