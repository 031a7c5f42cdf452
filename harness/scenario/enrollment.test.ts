import { expect, test } from '@playwright/test'
import { messageFor, parseOne, scenarioOf, topicWith } from './test-support.ts'

const CSR = 'certificates: { own: { like: dispatcher, enrollment: csr, key: rsa-3072 } }'
const SELF =
  'certificates: { ca: { like: root, enrollment: self }, own: { like: dispatcher, issuer: ca, enrollment: self } }'
const TOLD = 'dispatcher: { client-certificate: { certificate: own, format: enrolled } }'
const DELIVER = '  - deliver: { outcome: delivered }'

test('an enrollment takes algorithm and issuer from its certificate, and demands nothing else', () => {
  const keys = `${CSR}\n${TOLD}\nsteps:\n  - enroll: { certificate: own, proof: valid }\n${DELIVER}`
  const { steps, requires, dispatcher } = parseOne(keys)
  expect(steps[0]).toEqual({
    do: 'enroll',
    expect: {
      certificate: 'own',
      by: 'csr',
      algorithm: 'rsa-3072',
      key: 'any',
      pair: 'any',
      exponent: 'any',
      subject: 'any',
      proof: 'valid',
      path: 'any',
      use: 'any',
    },
  })
  expect(steps[1]).toMatchObject({ expect: { clientCertificate: 'own' } })
  expect(dispatcher.clientCertificate).toMatchObject({ format: 'enrolled', key: 'own' })
  expect(requires).toContain('enrollment.csr')
  expect(requires).not.toContain('enrollment.self')
})

test('an authority of the dispatcher’s is known once a path up to it is demanded', () => {
  const endpoint = 'endpoint: { client-anchors: [ca] }'
  const steps = `steps:\n  - enroll: { certificate: own, path: valid }\n${DELIVER}`
  const { requires, endpoint: setup } = parseOne(`${SELF}\n${endpoint}\n${TOLD}\n${steps}`)
  expect(setup.clientAnchors).toEqual(['ca'])
  expect(requires).toContain('enrollment.self')
})

const ENROLL = '  - enroll: { certificate: own }'

const REFUSED: readonly (readonly [title: string, keys: string, says: string])[] = [
  [
    'a certificate whose key the harness makes',
    `steps:\n  - enroll: { certificate: dispatcher }\n${DELIVER}`,
    'the harness makes the key of "dispatcher"; describe one with enrollment: csr or self',
  ],
  [
    'a certificate that nobody described',
    `steps:\n  - enroll: { certificate: nobody }\n${DELIVER}`,
    'no certificate is called "nobody"',
  ],
  [
    'one certificate enrolled twice',
    `${CSR}\nsteps:\n${ENROLL}\n${ENROLL}\n${DELIVER}`,
    '"own" is enrolled already; describe another',
  ],
  [
    'a new key where there is no old one',
    `${CSR}\nsteps:\n  - enroll: { certificate: own, pair: new }\n${DELIVER}`,
    'there is no enrollment before it whose key it could have',
  ],
  [
    'a proof of a certificate',
    `${SELF}\nsteps:\n  - enroll: { certificate: own, proof: valid }\n${DELIVER}`,
    'only a certification request is signed with its own key',
  ],
  [
    'a path of what the harness issues',
    `${CSR}\nsteps:\n  - enroll: { certificate: own, path: valid }\n${DELIVER}`,
    'the harness issues this certificate itself',
  ],
  [
    'the exponent of a key that has none',
    `${SELF}\nsteps:\n  - enroll: { certificate: own, exponent: sane }\n${DELIVER}`,
    'only RSA keys have one, and it asks for ec-p256',
  ],
  [
    'a configuration before the enrollment',
    `${CSR}\n${TOLD}\nsteps:\n${DELIVER}\n${ENROLL}`,
    '"own" is not enrolled by then; an endpoint takes an enroll before any other step',
  ],
  [
    'an endpoint that allows what is enrolled later',
    `${CSR}\nendpoint: { allowed-client-certificates: [own] }\nsteps:\n${DELIVER}\n${ENROLL}`,
    '"own" is not enrolled by then; an endpoint takes an enroll before any other step',
  ],
  [
    'an authority of which no certificate comes',
    `${SELF}\nendpoint: { client-anchors: [ca] }\nsteps:\n${ENROLL}\n${DELIVER}`,
    '"ca" comes with a certificate that it issued: before every other step, enroll one with path: valid',
  ],
  [
    'a key of the dispatcher’s handed over',
    `${CSR}\ndispatcher: { client-certificate: { certificate: own } }\nsteps:\n${ENROLL}\n${DELIVER}`,
    'the key is the dispatcher’s own: say format: enrolled',
  ],
  [
    'the handle of a key that the harness makes',
    `${CSR}\ndispatcher: { client-certificate: { format: enrolled } }\nsteps:\n${ENROLL}\n${DELIVER}`,
    'the harness makes the key of "dispatcher", and an enrollment is told',
  ],
  [
    'an endpoint with the key of the dispatcher',
    `${CSR}\nendpoint: { certificate: own }\nsteps:\n${ENROLL}\n${DELIVER}`,
    'the key of "own" is the dispatcher\'s own',
  ],
  [
    'a certificate that the dispatcher’s key would sign',
    'certificates: { own: { like: intermediate, enrollment: csr }, endpoint: { issuer: own } }\nexpect: { outcome: delivered }',
    'the key of "own" is the dispatcher\'s own',
  ],
  [
    'an own certificate under an authority of the harness',
    'certificates: { own: { like: dispatcher, enrollment: self } }\nexpect: { outcome: delivered }',
    "the dispatcher's own authority issues it: describe that with enrollment: self too, and name it here",
  ],
]

for (const [title, keys, says] of REFUSED) {
  test(`refuses ${title}`, () => {
    expect(messageFor(topicWith(scenarioOf(keys)))).toContain(says)
  })
}
