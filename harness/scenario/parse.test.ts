import { expect, test } from '@playwright/test'
import { parse, parseOne, scenarioOf, topicWith } from './test-support.ts'

test('the control comes first, with an id, a line and what it needs', () => {
  const [control, one] = parse(
    topicWith(scenarioOf('endpoint: { host: 127.0.0.1 }\nexpect: { outcome: delivered }')),
  )
  expect(control).toMatchObject({
    id: 'things/control',
    file: 'things.yaml',
    line: 4,
    topic: 'Things that a test says',
    level: 'MUST',
    profile: 'core',
    references: [],
    control: null,
    killedBy: [],
    requires: ['client-certificate.pem'],
    engines: ['embedded', 'containers'],
    aliases: [],
    tokenServer: null,
    elsewhere: null,
    event: { size: 'small' },
  })
  expect(one).toMatchObject({
    id: 'things/one',
    line: 8,
    control: 'things/control',
    killedBy: ['a-miniature'],
    references: ['RFC 5280 6.1'],
    endpoint: { host: '127.0.0.1' },
  })
})

test('a scenario is the standard situation, the control and its own deviation', () => {
  const control = `control:
  title: Delivers in a test
  endpoint: { ca-hints: none, policy: { bearer: none, identity: mutual-tls }, alpn: [h2] }
  expect: { outcome: delivered }
`
  const { endpoint } = parseOne(
    'endpoint: { max-version: TLSv1.2, alpn: [http/1.1, h2] }\nexpect: { outcome: delivered }',
    control,
  )
  expect(endpoint).toEqual({
    host: 'localhost',
    scheme: 'https',
    certificate: 'endpoint',
    chain: 'issuers',
    staple: 'none',
    clientCertificate: 'required',
    clientAnchors: ['root'],
    crl: 'none',
    allowedClientCertificates: 'any-under-anchors',
    caHints: 'none',
    rejectStyle: 'http-400',
    rejectMoment: 'after-handshake',
    minVersion: 'TLSv1.2',
    maxVersion: 'TLSv1.2',
    ciphers: 'default',
    groups: 'default',
    alpn: ['http/1.1', 'h2'],
    resumption: 'off',
    keepAlive: 'off',
    loadBalancer: 'none',
    policy: { identity: 'mutual-tls', bearer: 'none' },
    answers: [{ kind: 'status', status: 204, headers: {}, body: '', delayMs: 0 }],
    fault: 'none',
  })
})

test('what the dispatcher is told is complete', () => {
  const { dispatcher } = parseOne(
    'dispatcher: { retry: {}, timeout: 300ms }\nexpect: { outcome: delivered }',
  )
  expect(dispatcher).toEqual({
    trustAnchors: ['root'],
    crls: 'none',
    pins: 'none',
    clientCertificate: {
      certificate: 'dispatcher',
      format: 'pem',
      chain: 'issuers',
      key: 'own',
      passphrase: 'right',
      damage: 'none',
      pemStyle: 'plain',
    },
    minVersion: 'default',
    oauth2: 'none',
    signature: 'none',
    retry: { maxAttempts: 3, initialDelayMs: 50 },
    timeoutMs: 300,
  })
})

test('a certificate can be patched where it is used', () => {
  const { certificates, endpoint } = parseOne(
    'endpoint: { certificate: { not-after: -1d } }\nexpect: { outcome: refused }',
  )
  expect(endpoint.certificate).toBe('endpoint')
  expect(certificates['endpoint']).toMatchObject({
    notBefore: { kind: 'relative', ms: -30 * 86_400_000 },
    notAfter: { kind: 'relative', ms: -86_400_000 },
    issuer: 'intermediate',
  })
  expect(certificates['next-endpoint']?.notAfter).toEqual({
    kind: 'relative',
    ms: 60 * 86_400_000,
  })
})

test('the patch goes to the certificate that would be used, not always to the standard one', () => {
  const control = `control:
  title: Delivers in a test
  dispatcher: { client-certificate: { certificate: next-dispatcher } }
  expect: { outcome: delivered }
`
  const { certificates, dispatcher } = parseOne(
    'dispatcher: { client-certificate: { certificate: { key: rsa-2048 } } }\nexpect: { outcome: delivered }',
    control,
  )
  expect(dispatcher.clientCertificate).toMatchObject({ certificate: 'next-dispatcher' })
  expect(certificates['next-dispatcher']?.key).toBe('rsa-2048')
  expect(certificates['dispatcher']?.key).toBe('ec-p256')
})

test('like copies another description, and a copy of a self-signed one signs itself', () => {
  const { certificates } = parseOne(`certificates:
  look-alike: { like: root }
  renewed: { like: endpoint, key-of: endpoint }
  endpoint: { subject: { O: Acme } }
expect: { outcome: delivered }`)
  expect(certificates['look-alike']).toEqual({
    ...certificates['root'],
    issuer: 'look-alike',
  })
  expect(certificates['renewed']).toMatchObject({
    keyOf: 'endpoint',
    issuer: 'intermediate',
    subject: [
      ['CN', 'localhost'],
      ['O', 'Acme'],
    ],
  })
})

test('everything about a certificate can be said', () => {
  const { certificates } = parseOne(`endpoint:
  certificate:
    subject: none
    subject-of: rogue-ca
    signature: sha1
    signed-by: rogue-ca
    not-before: 2000-01-01T00:00:00Z
    not-after: 2051-01-01T00:00:00Z
    subject-alternative-names: [{ uri: 'https://x' }, { raw: { tag: 2, hex: 00ff } }]
    extended-key-usage: [any, 1.2.3.4]
    key-usage: none
    basic-constraints: { authority: ca, path-length: 1 }
    name-constraints: { permitted: [{ dns: x }], criticality: non-critical }
    authority-key-identifier: none
    subject-key-identifier: 0a0b
    serial: '00'
    version: 1
    extensions: [{ oid: 1.2.3, criticality: critical, hex: '0500' }]
    tamper: flip-signature-bit
expect: { outcome: refused }`)
  expect(certificates['endpoint']).toEqual({
    issuer: 'intermediate',
    subject: [],
    subjectOf: 'rogue-ca',
    key: 'ec-p256',
    keyOf: null,
    notBefore: { kind: 'absolute', iso: '2000-01-01T00:00:00Z' },
    notAfter: { kind: 'absolute', iso: '2051-01-01T00:00:00Z' },
    signature: 'sha1',
    signedBy: 'rogue-ca',
    subjectAlternativeNames: [{ uri: 'https://x' }, { raw: { tag: 2, hex: '00ff' } }],
    extendedKeyUsage: ['any', '1.2.3.4'],
    keyUsage: 'none',
    basicConstraints: { authority: 'ca', pathLength: 1 },
    nameConstraints: { permitted: [{ dns: 'x' }], excluded: [], criticality: 'non-critical' },
    authorityKeyIdentifier: 'none',
    subjectKeyIdentifier: '0a0b',
    serial: '00',
    version: 1,
    extensions: [{ oid: '1.2.3', criticality: 'critical', hex: '0500' }],
    tamper: 'flip-signature-bit',
    enrollment: 'none',
  })
})

test('answers have a short and a long form', () => {
  const { endpoint } = parseOne(`elsewhere: {}
endpoint:
  answers:
    - 503
    - garbage
    - { status: 429, headers: { retry-after: '1' }, body: x, delay: 1s }
    - { redirect: 307, to: elsewhere }
expect: { outcome: undelivered }`)
  expect(endpoint.answers).toEqual([
    { kind: 'status', status: 503, headers: {}, body: '', delayMs: 0 },
    { kind: 'garbage' },
    { kind: 'status', status: 429, headers: { 'retry-after': '1' }, body: 'x', delayMs: 1000 },
    { kind: 'redirect', status: 307, location: 'elsewhere' },
  ])
})

test('a second origin and a token server have certificates of their own', () => {
  const one = parseOne(`elsewhere: { host: 127.0.0.1 }
token-server: { expires-in: 90s, endpoint: { certificate: { not-after: -1d } } }
dispatcher: { oauth2: { client-certificate: { certificate: next-dispatcher } } }
expect: { outcome: undelivered, token: { requests: 0 } }`)
  expect(one.elsewhere).toMatchObject({ certificate: 'elsewhere-endpoint', host: '127.0.0.1' })
  expect(one.tokenServer).toMatchObject({
    authMethod: 'tls_client_auth',
    registeredCertificate: 'dispatcher',
    expiresIn: 90,
    answers: ['issue'],
    endpoint: { certificate: 'token-endpoint', clientCertificate: 'requested' },
  })
  expect(one.certificates['token-endpoint']?.notAfter).toEqual({
    kind: 'relative',
    ms: -86_400_000,
  })
  expect(one.dispatcher.oauth2).toMatchObject({
    clientCertificate: { certificate: 'next-dispatcher', format: 'pem' },
    trustAnchors: 'same',
  })
  expect(one.requires).toEqual(['client-certificate.pem', 'oauth2.tls-client-auth'])
})
