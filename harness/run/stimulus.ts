import type { Scenario } from '../scenario/types.ts'

/**
 * What the dispatcher was told, for the report: names instead of certificates, and no key, passphrase
 * or token. This is the scenario's own text, so that nothing secret can be in it.
 */
export function stimulusForReport(scenario: Scenario): Readonly<Record<string, unknown>> {
  const { dispatcher, endpoint, tokenServer } = scenario
  return {
    scheme: endpoint.scheme,
    host: endpoint.host,
    trustAnchors: dispatcher.trustAnchors,
    pins: dispatcher.pins,
    crls: dispatcher.crls,
    clientCertificate: dispatcher.clientCertificate,
    minVersion: dispatcher.minVersion,
    oauth2:
      tokenServer === null || dispatcher.oauth2 === 'none'
        ? 'none'
        : { ...dispatcher.oauth2, authMethod: tokenServer.authMethod, scope: tokenServer.scope },
    signature: dispatcher.signature,
    retry: dispatcher.retry,
    timeoutMs: dispatcher.timeoutMs,
    steps: scenario.steps.map((step) => step.do),
  }
}
