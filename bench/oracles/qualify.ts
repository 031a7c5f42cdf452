import { isDeepStrictEqual } from 'node:util'
import { CORE_CAPABILITIES } from '../../harness/scenario/vocabulary.ts'
import type { EndpointSetup } from '../../harness/scenario/setup.ts'
import type { Scenario } from '../../harness/scenario/types.ts'

/** What a server shows and speaks before the first byte of a request: all that these oracles are about. */
const SHOWN: readonly (keyof EndpointSetup)[] = [
  'host',
  'certificate',
  'chain',
  'minVersion',
  'maxVersion',
  'ciphers',
  'groups',
  'alpn',
  'fault',
]

/**
 * The scenarios that a stock client can be held against: one delivery, to an endpoint that differs from
 * the control's in what it shows or speaks and in nothing else, and a dispatcher that is told no more
 * than a URL, a file of roots and a certificate with its key.
 */
export function qualifying(scenarios: readonly Scenario[]): readonly Scenario[] {
  const byId = new Map(scenarios.map((scenario) => [scenario.id, scenario]))
  return scenarios.filter((scenario) => {
    const control = byId.get(scenario.control ?? '')
    return control !== undefined && isStock(scenario) && isAboutTheServer(scenario, control)
  })
}

function isStock({ steps, requires, tokenServer, elsewhere, otherDispatcher, ...rest }: Scenario) {
  return (
    steps.length === 1 &&
    steps[0]?.do === 'deliver' &&
    requires.every((one) => CORE_CAPABILITIES.includes(one)) &&
    tokenServer === null &&
    elsewhere === null &&
    otherDispatcher === null &&
    rest.dispatcher.minVersion === 'default'
  )
}

function isAboutTheServer(scenario: Scenario, control: Scenario): boolean {
  const { dispatcher, event } = scenario
  // Roots may differ: a scenario about a root gives its own.
  const sameDispatcher = isDeepStrictEqual(
    { ...dispatcher, trustAnchors: [] },
    { ...control.dispatcher, trustAnchors: [] },
  )
  if (!sameDispatcher || !isDeepStrictEqual(event, control.event)) return false
  const differing = keysThatDiffer(scenario.endpoint, control.endpoint)
  const certificates = keysThatDiffer(scenario.certificates, control.certificates)
  const own =
    dispatcher.clientCertificate === 'none' ? '' : dispatcher.clientCertificate.certificate
  return (
    differing.every((key) => SHOWN.includes(key)) &&
    !certificates.includes(own) &&
    (differing.length > 0 || certificates.length > 0 || asksForMoreOfTls(scenario, control))
  )
}

/** Whether something is required of the handshake that the control leaves open. */
function asksForMoreOfTls(scenario: Scenario, control: Scenario): boolean {
  const asked = ({ steps: [step] }: Scenario) =>
    step?.do === 'deliver'
      ? [step.expect.serverName, step.expect.protocol, step.expect.oldestVersion]
      : []
  return !isDeepStrictEqual(asked(scenario), asked(control))
}

function keysThatDiffer<T extends object>(one: T, other: T): (keyof T)[] {
  const keys = Object.keys({ ...one, ...other }) as (keyof T)[]
  return keys.filter((key) => !isDeepStrictEqual(one[key], other[key]))
}
