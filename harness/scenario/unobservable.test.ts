import { expect, test } from '@playwright/test'
import { messageFor, scenarioOf, topicWith } from './test-support.ts'

/** Expectations that nobody could see met, and setups that nobody could stand up. */
const UNOBSERVABLE: readonly (readonly [title: string, keys: string, says: string])[] = [
  [
    'a token expectation without a token server',
    'expect: { outcome: delivered, token: {} }',
    '13: scenarios.one.expect.token: there is no token-server that could see a token request',
  ],
  [
    'a certificate at an endpoint that never asks',
    'endpoint: { client-certificate: not-requested }\nexpect: { outcome: delivered, client-certificate: dispatcher }',
    '14: scenarios.one.expect.client-certificate: the endpoint never asks for a certificate',
  ],
  [
    'no certificate at an endpoint that speaks plaintext',
    'endpoint: { scheme: http }\nexpect: { outcome: refused, client-certificate: none }',
    '14: scenarios.one.expect.client-certificate: the endpoint never asks for a certificate',
  ],
  [
    'a staple at an endpoint that speaks plaintext',
    'endpoint: { scheme: http, staple: {} }\nexpect: { outcome: refused }',
    '13: scenarios.one.endpoint.staple: the endpoint does not speak TLS',
  ],
  [
    'a staple where no handshake comes to it',
    'endpoint: { fault: stall, staple: {} }\nexpect: { outcome: refused }',
    '13: scenarios.one.endpoint.staple: the fault leaves no handshake to staple it to',
  ],
  [
    'a staple where the PROXY protocol is misunderstood',
    'endpoint: { load-balancer: adds-proxy-header, staple: {} }\nexpect: { outcome: refused }',
    '13: scenarios.one.endpoint.staple: the fault leaves no handshake to staple it to',
  ],
  [
    'a staple where sessions are resumed',
    'endpoint: { resumption: on, staple: {} }\nexpect: { outcome: delivered }',
    '13: scenarios.one.endpoint.staple: a resumed session brings no certificate that it could be stapled to',
  ],
  [
    'an alert of the nginx behind a load balancer',
    'endpoint: { load-balancer: passes-through, reject-style: alert }\nengines: [containers]\nexpect: { outcome: delivered }',
    '13: scenarios.one.endpoint.load-balancer: the endpoint behind it is nginx, which sends no alert',
  ],
  [
    'a staple that HAProxy would have to bring',
    'endpoint: { staple: {}, load-balancer: strips }\nexpect: { outcome: delivered }',
    '13: scenarios.one.endpoint.staple: where HAProxy ends TLS nothing is stapled; say engines: [embedded]',
  ],
  [
    'a staple whose time is over before it begins',
    'endpoint: { staple: { next-update: -1h } }\nexpect: { outcome: refused }',
    '13: scenarios.one.endpoint.staple.next-update: newer information would be there before this one',
  ],
  [
    'CRLs of which none is left',
    'dispatcher: { crls: { root: none } }\nexpect: { outcome: refused }',
    '13: scenarios.one.dispatcher.crls: no CRL is left; say crls: none',
  ],
  [
    'a CRL that is replaced before there is one',
    'dispatcher: { crls: { root: { next-update: -2d } } }\nexpect: { outcome: refused }',
    '13: scenarios.one.dispatcher.crls: the CRL of root is replaced before it is issued',
  ],
  [
    'a reason for no revocation',
    'dispatcher: { crls: { root: { reason: superseded } } }\nexpect: { outcome: refused }',
    '13: scenarios.one.dispatcher.crls: the CRL of root has no entry that could say so',
  ],
  [
    'a status request in plaintext',
    'endpoint: { scheme: http }\nexpect: { outcome: refused, status-request: asked }',
    '14: scenarios.one.expect.status-request: the endpoint does not speak TLS',
  ],
  [
    'connections elsewhere without an elsewhere',
    'expect: { outcome: delivered, elsewhere: 0..1 }',
    '13: scenarios.one.expect.elsewhere: there is no elsewhere that could see a connection',
  ],
  [
    'a redirect to nowhere',
    'endpoint: { answers: [{ redirect: 307, to: elsewhere }] }\nexpect: { outcome: undelivered }',
    '13: scenarios.one.endpoint.answers: a redirect leads elsewhere, but there is no elsewhere',
  ],
  [
    'a reason for a delivery',
    'expect: { outcome: delivered, reason: http.status }',
    '13: scenarios.one.expect.reason: what is delivered has no reason',
  ],
  [
    'a refusal for an HTTP status',
    'expect: { outcome: refused, reason: [tls.version, http.status] }',
    '13: scenarios.one.expect.reason: "http.status" cannot be why something is refused; allowed: server-certificate.expired, server-certificate.not-yet-valid, server-certificate.untrusted, server-certificate.name-mismatch, server-certificate.revoked, server-certificate.wrong-usage, server-certificate.weak, server-certificate.malformed, pin.mismatch, tls.version, tls.cipher, tls.alert, tls.other, plaintext.refused, policy.blocked',
  ],
  [
    'a rejection for the certificate of the server',
    'expect: { outcome: rejected, reason: server-certificate.expired }',
    '13: scenarios.one.expect.reason: "server-certificate.expired" cannot be why something is rejected; allowed: tls.cipher, tls.alert, tls.other, client-certificate.missing, client-certificate.unreadable, client-certificate.key-mismatch, client-certificate.expired, client-certificate.not-yet-valid, client-certificate.rejected, http.status, net.dns, net.refused, net.reset, net.timeout, policy.blocked',
  ],
  [
    'a request that is refused',
    'expect: { outcome: refused, requests: 0..1 }',
    '13: scenarios.one.expect.requests: refused means that no request is sent',
  ],
  [
    'a delivery without a request',
    'expect: { outcome: delivered, requests: 0..1 }',
    '13: scenarios.one.expect.requests: delivered means at least one request',
  ],
  [
    'a delivery that is never accepted',
    'endpoint: { answers: [503, close] }\nexpect: { outcome: delivered }',
    '14: scenarios.one.expect.outcome: the endpoint has no 2xx among its answers',
  ],
  [
    'more requests than connections',
    'expect: { outcome: delivered, requests: 3, connections: 1..2 }',
    '13: scenarios.one.expect.connections: without keep-alive every request needs a connection',
  ],
  [
    'a resumption that the endpoint never grants',
    'expect: { outcome: delivered, resumption: allowed }',
    '13: scenarios.one.expect.resumption: the endpoint never resumes a session',
  ],
  [
    'a signature that nobody asked for',
    'expect: { outcome: delivered, signature: valid }',
    '13: scenarios.one.expect.signature: the dispatcher is not told to sign',
  ],
  [
    'headers of a request that never comes',
    'expect: { outcome: refused, absent-headers: [client-cert] }',
    '13: scenarios.one.expect.absent-headers: no request is expected whose headers could be seen',
  ],
  [
    'a gap after a single request',
    'expect: { outcome: delivered, minimum-gap: 1s }',
    '13: scenarios.one.expect.minimum-gap: a gap needs two requests at least; say so in requests',
  ],
  [
    'a token without a token server',
    'dispatcher: { oauth2: {} }\nexpect: { outcome: delivered }',
    '13: scenarios.one.dispatcher.oauth2: there is no token-server to get a token from',
  ],
  [
    'a token server that nobody is told of',
    'token-server: {}\nexpect: { outcome: delivered }',
    '13: scenarios.one.token-server: the dispatcher is not told of it; add oauth2: {}',
  ],
  [
    'a token that is checked and never issued',
    'endpoint: { policy: { bearer: bound } }\nexpect: { outcome: delivered }',
    '13: scenarios.one.endpoint.policy: no token can be right without a token-server',
  ],
  [
    'a token that lives for half a second',
    'token-server: { expires-in: 500ms }\ndispatcher: { oauth2: {} }\nexpect: { outcome: delivered }',
    '13: scenarios.one.token-server.expires-in: tokens live for whole seconds',
  ],
  [
    'a CRL where no certificate is asked for',
    'endpoint: { client-certificate: not-requested, crl: {} }\nexpect: { outcome: delivered }',
    '13: scenarios.one.endpoint.crl: the endpoint asks for no certificate that could be revoked',
  ],
  [
    'a CRL beside thumbprints',
    'endpoint: { allowed-client-certificates: [dispatcher], crl: {} }\nexpect: { outcome: delivered }',
    '13: scenarios.one.endpoint.crl: certificates that are allowed by thumbprint are not looked up in a CRL',
  ],
  [
    'an alert that the embedded engine cannot send',
    'endpoint: { reject-style: alert }\nexpect: { outcome: delivered }',
    '13: scenarios.one.endpoint.reject-style: the embedded engine can send an alert only for a missing certificate; say engines: [containers]',
  ],
]

for (const [title, keys, says] of UNOBSERVABLE) {
  test(`refuses ${title}`, () => {
    expect(messageFor(topicWith(scenarioOf(keys)))).toBe(`things.yaml:${says}`)
  })
}

test('checks every step in the situation that it happens in', () => {
  const keys = `steps:
  - deliver: { outcome: delivered, client-certificate: dispatcher }
  - rotate: { endpoint: { client-certificate: not-requested } }
  - deliver: { outcome: delivered, client-certificate: dispatcher }`
  expect(messageFor(topicWith(scenarioOf(keys)))).toBe(
    'things.yaml:16: scenarios.one.steps[2].deliver.client-certificate: the endpoint never asks for a certificate',
  )
})
