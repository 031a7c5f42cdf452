import { expecting } from './expecting-for-tests.ts'
import type { SampleScenario } from './sample-for-tests.ts'
import { Scene } from './scene-for-tests.ts'

const begun = (): Scene => new Scene().configured().step(0)
const delivery = (scene: Scene): Scene =>
  scene
    .hello()
    .handshake('dispatcher')
    .request(204)
    .closed(602)
    .reply('delivered', { stage: 'response', status: 204 })

const VALIDITY = 'The certificate an endpoint shows must be valid now'
const TRUST = 'Only the trust anchors that were configured count'
const OWN = 'The dispatcher shows the certificate it was given, or says so'
const PINS = 'A pin is checked on every new configuration'
const TOKENS = 'Access tokens are fetched and bound over mutual TLS'
const STORES = 'Client certificates come in the usual containers'
const ROTATION = 'Certificates change under a running dispatcher'
const EXPIRED = 'server-certificate.expired'

/** A right-to-left override, an escape sequence, markup and quotes: what a careless report would obey. */
const HOSTILE_NATIVE =
  'x509: \u202eDERIPXE\u202c \u001b[31m</td><img src=x onerror=alert(2)> "\'\n`${1}`'
/** Ends an attribute, were it not escaped. */
const HOSTILE_HEADER = '"><svg onload=alert(3)> \' & \u200b\u2066hidden'

/** The scenarios of the sample report, by topic. */
export const SAMPLE_SCENARIOS: readonly SampleScenario[] = [
  {
    id: 'sample-server-validity/control',
    topic: VALIDITY,
    title: 'Delivers to an endpoint whose certificate is valid',
    expected: expecting('delivered'),
    scene: delivery(begun()),
  },
  {
    id: 'sample-server-validity/end-entity-expired',
    topic: VALIDITY,
    title: 'Refuses an endpoint whose certificate expired a day ago',
    references: ['RFC 5280 4.1.2.5', 'RFC 9525 6.1'],
    control: 'passed',
    expected: expecting('refused', { reasons: [EXPIRED] }),
    scene: begun()
      .hello()
      .refusing('certificate_expired', 45)
      .closed(0, { how: 'reset' })
      .reply('refused', { reason: EXPIRED, native: 'CERT_HAS_EXPIRED' }),
  },
  {
    id: 'sample-server-validity/end-entity-expired-by-a-second',
    topic: VALIDITY,
    title: 'Refuses an endpoint whose certificate expired a second ago',
    references: ['RFC 5280 4.1.2.5', 'RFC 5280 6.1.3 (a)(2)'],
    control: 'passed',
    expected: expecting('refused', { reasons: [EXPIRED] }),
    scene: delivery(begun()),
  },
  {
    id: 'sample-server-validity/not-yet-valid',
    topic: VALIDITY,
    title: 'Refuses an endpoint whose certificate is valid from tomorrow',
    references: ['RFC 5280 4.1.2.5'],
    control: 'passed',
    expected: expecting('refused', { reasons: ['server-certificate.not-yet-valid'] }),
    scene: begun()
      .hello()
      .refusing('bad_certificate', 42)
      .closed(0)
      .reply('refused', { reason: 'unspecified', native: 'certificate error' }),
  },
  {
    id: 'sample-server-validity/issuer-expired',
    topic: VALIDITY,
    title: 'Refuses an endpoint whose issuing CA certificate expired',
    references: ['RFC 5280 6.1.3 (a)(2)'],
    control: 'passed',
    expected: expecting('refused', { reasons: [EXPIRED] }),
    scene: begun()
      .hello()
      .refusing('unknown_ca', 48)
      .closed(0)
      .reply('refused', { reason: 'server-certificate.name-mismatch', native: HOSTILE_NATIVE }),
  },
  {
    id: 'sample-trust/public-root-in-host-store',
    topic: TRUST,
    title: 'Refuses a chain that only the host’s own trust store would accept',
    references: ['RFC 5280 6.1.1 (d)'],
    control: 'passed',
    expected: expecting('refused', { reasons: ['server-certificate.untrusted'] }),
    scene: begun().hello().refusing('unknown_ca', 48).closed(0).reply('refused', {
      reason: 'server-certificate.untrusted',
      native: 'UNABLE_TO_GET_ISSUER_CERT',
    }),
  },
  {
    id: 'sample-client-certificate/rejected-with-400',
    topic: OWN,
    title: 'Does not report a delivery that nginx answered with 400',
    references: ['RFC 8446 4.4.2.4'],
    control: 'passed',
    expected: expecting('rejected', {
      reasons: ['client-certificate.rejected', 'http.status'],
      clientCertificate: 'expired-dispatcher',
    }),
    scene: begun()
      .hello()
      .handshake('expired-dispatcher', {
        judgement: { decision: 'rejected', because: 'certificate has expired', style: 'http-400' },
      })
      .request(400, { by: 'terminator' })
      .closed(602)
      .reply('delivered', { stage: 'response', status: 400 }),
  },
  {
    id: 'sample-client-certificate/no-forwarded-header',
    topic: OWN,
    title: 'Sends no Client-Cert header of its own',
    references: ['RFC 9440 4'],
    control: 'passed',
    expected: expecting('delivered', { absentHeaders: ['client-cert', 'client-cert-chain'] }),
    scene: begun()
      .hello()
      .handshake('dispatcher')
      .request(204, {
        headers: { 'client-cert': [HOSTILE_HEADER], 'x-note': ['a "quoted" <b>value</b>'] },
      })
      .closed(602)
      .reply('delivered', { stage: 'response', status: 204 }),
  },
  {
    id: 'sample-pinning/mismatch',
    topic: PINS,
    title: 'Refuses an endpoint whose key is not among the pins',
    profile: 'pinning',
    requires: ['pin.spki'],
    references: ['RFC 7469 2.6'],
    control: 'passed',
    expected: expecting('refused', { reasons: ['pin.mismatch'] }),
    scene: begun()
      .hello()
      .refusing('bad_certificate', 42)
      .closed(0)
      .reply('refused', { reason: 'pin.mismatch', native: 'pin mismatch' }),
  },
  {
    id: 'sample-pinning/changed-between-deliveries',
    topic: PINS,
    title: 'Checks a pin that changed between two deliveries, also on a resumed session',
    profile: 'pinning',
    requires: ['pin.spki', 'reset'],
    control: 'passed',
    expected: expecting('refused', { reasons: ['pin.mismatch'] }),
    scene: begun()
      .hello('endpoint', { session: 'offered' })
      .handshake('dispatcher', { session: 'resumed' })
      .closed(0)
      .reply('refused', { reason: 'pin.mismatch' }),
  },
  {
    id: 'sample-oauth2/bound-token',
    topic: TOKENS,
    title: 'Delivers with a token bound to its certificate',
    profile: 'oauth2-mtls',
    requires: ['oauth2.certificate-bound-token'],
    references: ['RFC 8705 3', 'RFC 6749 4.4'],
    control: 'passed',
    expected: expecting('delivered', {
      token: { requests: { min: 1, max: 1 }, clientCertificate: 'dispatcher' },
    }),
    scene: begun()
      .token(200)
      .hello()
      .handshake('dispatcher')
      .request(204, { bearer: 'valid-bound' })
      .closed(744)
      .reply('delivered', { stage: 'response', status: 204 }),
  },
  {
    id: 'sample-oauth2/one-refresh-after-401',
    topic: TOKENS,
    title: 'Fetches one new token, not several, when the origin answers 401',
    level: 'SHOULD',
    profile: 'oauth2-mtls',
    requires: ['oauth2.tls-client-auth'],
    references: ['RFC 6750 3.1'],
    control: 'passed',
    expected: expecting('delivered', {
      requests: { min: 1, max: 2 },
      token: { requests: { min: 2, max: 2 }, clientCertificate: 'dispatcher' },
    }),
    scene: begun()
      .token(200)
      .hello()
      .handshake('dispatcher')
      .request(401, { bearer: 'expired' })
      .token(200)
      .token(200)
      .token(200)
      .hello()
      .handshake('dispatcher')
      .request(204, { bearer: 'valid' })
      .closed(744)
      .reply('delivered', { stage: 'response', status: 204 }),
  },
  ...(['pkcs12', 'pkcs12-legacy', 'jks'] as const).map((format): SampleScenario => ({
    id: `sample-keystores/${format}`,
    topic: STORES,
    title: `Delivers with a client certificate that was handed over as ${format}`,
    profile: 'keystores',
    requires: [format === 'jks' ? 'client-certificate.jks' : 'client-certificate.pkcs12'],
    scene: 'skipped',
  })),
  {
    id: 'sample-rotation/endpoint-renewed',
    topic: ROTATION,
    title: 'Delivers after the endpoint renewed its certificate',
    profile: 'rotation',
    requires: ['rotation'],
    control: 'passed',
    expected: expecting('delivered'),
    scene: begun().hello().add({
      kind: 'adapter-fault',
      fault: 'gone',
      detail:
        'the process ended with status 137; its last line was "panic: \u001b[1mout of memory"',
    }),
  },
  {
    id: 'sample-rotation/nginx-reload',
    topic: ROTATION,
    title: 'Delivers while nginx reloads its certificate',
    profile: 'rotation',
    requires: ['rotation'],
    engines: ['containers'],
    scene: 'skipped',
  },
  {
    id: 'sample-rotation/redirected-elsewhere',
    topic: ROTATION,
    title: 'Does not show its certificate to the host that a redirect names',
    profile: 'rotation',
    references: ['RFC 9110 15.4'],
    control: 'passed',
    expected: expecting('undelivered', { requests: { min: 1, max: 1 } }),
    scene: begun()
      .hello()
      .handshake('dispatcher')
      .request(307)
      .closed(602)
      .hello('elsewhere')
      .handshake('dispatcher')
      .request(204)
      .closed(602)
      .reply('delivered', { stage: 'response', status: 204 }),
  },
  {
    id: 'sample-rotation/never-reached',
    topic: ROTATION,
    title: 'Delivers with the new key after its own certificate was replaced',
    profile: 'rotation',
    requires: ['rotation'],
    scene: 'no-result',
  },
]
