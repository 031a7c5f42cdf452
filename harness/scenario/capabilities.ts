import type { Situation } from './read-setup.ts'
import type { ClientCertificateSetup, TokenAuthMethod } from './setup.ts'
import type { Step } from './types.ts'
import { CAPABILITIES, type Capability } from './vocabulary.ts'

/**
 * What a dispatcher must be able to do for a scenario to make sense, found in what the scenario does:
 * an author cannot forget it. Sorted as in the vocabulary.
 */
export function capabilitiesFor(
  situations: readonly Situation[],
  steps: readonly Step[],
  declared: readonly Capability[],
): readonly Capability[] {
  const needed = new Set<Capability>(declared)
  const told = situations.flatMap((one) =>
    one.otherDispatcher === null ? [one] : [one, { ...one, dispatcher: one.otherDispatcher }],
  )
  for (const { dispatcher, tokenServer, endpoint } of told) {
    if (dispatcher.pins !== 'none') needed.add('pin.spki')
    if (dispatcher.crls !== 'none') needed.add('trust.crl')
    if (dispatcher.retry !== 'none') needed.add('retry')
    if (dispatcher.signature !== 'none') {
      const { scheme, secrets } = dispatcher.signature
      needed.add(`signature.${scheme}`)
      if (secrets.length > 1) needed.add('signature.rotation')
    }
    addContainer(dispatcher.clientCertificate, needed)
    if (dispatcher.oauth2 === 'none') continue
    if (tokenServer !== null) needed.add(METHODS[tokenServer.authMethod])
    if (endpoint.policy.bearer === 'bound') needed.add('oauth2.certificate-bound-token')
    if (dispatcher.oauth2.clientCertificate !== 'same') {
      addContainer(dispatcher.oauth2.clientCertificate, needed)
    }
  }
  for (const step of steps) {
    if (step.do === 'enroll') needed.add(`enrollment.${step.expect.by}`)
    const capability = STEPS[step.do]
    if (capability !== null) needed.add(capability)
  }
  return CAPABILITIES.filter((capability) => needed.has(capability))
}

const METHODS: Readonly<Record<TokenAuthMethod, Capability>> = {
  tls_client_auth: 'oauth2.tls-client-auth',
  self_signed_tls_client_auth: 'oauth2.self-signed-tls-client-auth',
  client_secret_basic: 'oauth2.client-secret',
  client_secret_post: 'oauth2.client-secret',
}

const STEPS: Readonly<Record<Step['do'], Capability | null>> = {
  deliver: null,
  rotate: null,
  wait: null,
  reconfigure: 'rotation',
  reset: 'reset',
  inspect: 'inspect',
  // Which of the two it is depends on the certificate.
  enroll: null,
}

function addContainer(client: ClientCertificateSetup | 'none', needed: Set<Capability>): void {
  if (client === 'none') return
  switch (client.format) {
    case 'pem':
      needed.add('client-certificate.pem')
      return
    case 'pkcs12':
    case 'pkcs12-legacy':
      needed.add('client-certificate.pkcs12')
      return
    case 'jks':
      needed.add('client-certificate.jks')
      return
    // The step that enrolls says which capability it takes.
    case 'enrolled':
      return
  }
}
