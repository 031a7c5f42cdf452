import { FIXED_CERTIFICATES } from '../../scenario/defaults.ts'
import type { Expectation, Scenario } from '../../scenario/types.ts'
import { CORE_CAPABILITIES, type Capability } from '../../scenario/vocabulary.ts'
import { withIssuers } from './issuers.ts'

/** What a person can hand to a product without an adapter, beside what every dispatcher must take. */
export const BY_HAND: readonly Capability[] = [
  'client-certificate.pkcs12',
  'client-certificate.jks',
  'pin.spki',
  'trust.crl',
]

/** What an observed run can do. */
export interface Reach {
  /** Of {@link BY_HAND}, what the product is said to take. */
  readonly capabilities: readonly Capability[]
  /** `public`: the URLs have another host than loopback's. */
  readonly host: 'loopback' | 'public'
}

/**
 * Why a scenario cannot be judged by watching the endpoint while a person sets the dispatcher up, as the
 * end of a sentence; null = it can. Pure. It is left out where a pass would say nothing, because only the
 * dispatcher's own account could have failed it.
 */
export function whyNotObservable(scenario: Scenario, reach: Reach): string | null {
  const [step, ...more] = scenario.steps
  if (step?.do !== 'deliver' || more.length > 0 || scenario.otherDispatcher !== null) {
    return 'it changes something between deliveries, or needs more than one'
  }
  if (!scenario.engines.includes('embedded')) return 'it needs the containers engine'
  return (
    tooMuchToSetUp(scenario) ?? missing(scenario, reach) ?? unseen(scenario, step.expect, reach)
  )
}

/** What no console of a hosted product has a field for. */
function tooMuchToSetUp(scenario: Scenario): string | null {
  const { dispatcher, tokenServer, event } = scenario
  if (tokenServer !== null || dispatcher.oauth2 !== 'none') return 'it needs a token server'
  if (dispatcher.signature !== 'none') return 'it needs a signing secret of ours'
  if (dispatcher.retry !== 'none') return 'it dictates when to try again'
  if (dispatcher.minVersion !== 'default') return 'it dictates the lowest TLS version'
  if (event.size !== 'small') return 'it dictates the size of the event'
  if (dispatcher.trustAnchors === 'own-store' || meetsPublicPki(scenario)) {
    return 'it needs our stand-in for a public authority in the trust store of the host'
  }
  return null
}

/** Whether the endpoint shows a certificate under the authority that every adapter's process trusts. */
function meetsPublicPki({ endpoint, certificates }: Scenario): boolean {
  const shown = endpoint.chain === 'issuers' ? [endpoint.certificate] : endpoint.chain
  return withIssuers(shown, certificates).some((name) => FIXED_CERTIFICATES.includes(name))
}

function missing({ requires }: Scenario, { capabilities }: Reach): string | null {
  const lacking = requires.filter(
    (one) => !CORE_CAPABILITIES.includes(one) && !capabilities.includes(one),
  )
  if (lacking.length === 0) return null
  const offered = lacking.filter((one) => BY_HAND.includes(one))
  return offered.length === lacking.length
    ? `it needs --capability ${lacking.join(',')}`
    : `it needs ${lacking.join(', ')}`
}

function unseen(scenario: Scenario, expect: Expectation, { host }: Reach): string | null {
  if (host === 'public' && scenario.endpoint.host !== 'localhost') {
    return 'it is about an address of loopback'
  }
  if (host === 'public' && expect.serverName !== 'any') return 'it expects the name of loopback'
  if (expect.attempt === 'optional') return 'the dispatcher may refuse before it connects'
  switch (expect.outcome) {
    case 'delivered':
      // The request is there before the answer is: what the dispatcher makes of one it alone can say.
      return isStandardAnswer(scenario.endpoint)
        ? null
        : 'only the dispatcher’s own account shows what it made of the answer'
    case 'refused':
      return null
    case 'rejected':
    case 'undelivered':
      return endpointCanTell(scenario, expect)
        ? null
        : 'only the dispatcher’s own account shows whether it took this for a delivery'
  }
}

/** Whether the ledger of an endpoint that accepts nothing can show what the dispatcher did wrong. */
function endpointCanTell({ elsewhere, endpoint }: Scenario, expect: Expectation): boolean {
  const leadsElsewhere = endpoint.answers.some(
    (answer) => answer.kind === 'redirect' && answer.location === 'elsewhere',
  )
  const mustShow = expect.clientCertificate !== 'any' && expect.clientCertificate !== 'none'
  return (elsewhere !== null && leadsElsewhere) || mustShow
}

/** A bare 204, the answer of a scenario that is not about answers. */
function isStandardAnswer({ answers }: Scenario['endpoint']): boolean {
  return answers.every(
    (answer) =>
      answer.kind === 'status' &&
      answer.status === 204 &&
      answer.delayMs === 0 &&
      answer.body === '' &&
      Object.keys(answer.headers).length === 0,
  )
}
