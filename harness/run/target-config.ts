import type { OAuth2Config, TargetConfig } from '../dispatcher/messages.ts'
import type { StartedScenario } from '../engine/types.ts'
import { crlsPem } from '../pki/crl-bundle.ts'
import type { IssuedMaterial } from '../pki/types.ts'
import type { DispatcherSetup, OAuth2Setup, TokenServerSetup } from '../scenario/setup.ts'
import { clientCertificateConfig } from './client-certificate.ts'
import type { Enrollments } from './enroll.ts'

/** What a configuration is made from. */
export interface ConfigSources {
  readonly dispatcher: DispatcherSetup
  readonly tokenServer: TokenServerSetup | null
  readonly material: IssuedMaterial
  readonly scenario: StartedScenario
  readonly enrollments: Enrollments
  readonly signatureSecret: Buffer
  readonly now: Date
}

/** The header that carries an `hmac-sha256` signature. */
export const SIGNATURE_HEADER = 'x-signature'

/** The `config` of a `configure` message (adapter protocol). Holds key material: never logged. */
export function targetConfig(sources: ConfigSources): TargetConfig {
  const { dispatcher, material, scenario } = sources
  return {
    url: scenario.urls.endpoint ?? '',
    timeout_ms: dispatcher.timeoutMs,
    ...(dispatcher.trustAnchors === 'own-store'
      ? {}
      : { trust_anchors_pem: anchorsPem(dispatcher.trustAnchors, material) }),
    ...(dispatcher.crls === 'none' ? {} : { crls_pem: crlsPem(dispatcher.crls, material) }),
    ...(dispatcher.pins === 'none'
      ? {}
      : { spki_pins: dispatcher.pins.map((name) => material.known(name).spkiPin) }),
    ...(dispatcher.clientCertificate === 'none'
      ? {}
      : {
          client_certificate: clientCertificateConfig(
            dispatcher.clientCertificate,
            material,
            sources.enrollments,
            sources.now,
          ),
        }),
    ...(dispatcher.minVersion === 'default' ? {} : { tls: { min_version: dispatcher.minVersion } }),
    ...(dispatcher.oauth2 === 'none' ? {} : { oauth2: oauth2Config(dispatcher.oauth2, sources) }),
    ...signatureConfig(sources),
    ...(dispatcher.retry === 'none'
      ? {}
      : {
          retry: {
            max_attempts: dispatcher.retry.maxAttempts,
            initial_delay_ms: dispatcher.retry.initialDelayMs,
          },
        }),
  }
}

function anchorsPem(names: readonly string[], material: IssuedMaterial): string {
  return names.map((name) => material.known(name).pem).join('')
}

function signatureConfig(sources: ConfigSources): Pick<TargetConfig, 'signature'> {
  const secret = sources.signatureSecret.toString('base64')
  switch (sources.dispatcher.signature) {
    case 'none':
      return {}
    case 'standard-webhooks':
      return { signature: { scheme: 'standard-webhooks', secret_b64: secret } }
    case 'hmac-sha256':
      return {
        signature: { scheme: 'hmac-sha256', header: SIGNATURE_HEADER, secret_b64: secret },
      }
  }
}

function oauth2Config(setup: OAuth2Setup, sources: ConfigSources): OAuth2Config {
  const { tokenServer, scenario, material } = sources
  if (tokenServer === null || scenario.urls['token-server'] === null) {
    throw new Error('a scenario with oauth2 has no token server; the parser lets none through')
  }
  const usesSecret =
    tokenServer.authMethod === 'client_secret_basic' ||
    tokenServer.authMethod === 'client_secret_post'
  return {
    token_url: scenario.urls['token-server'],
    client_id: tokenServer.clientId,
    auth_method: tokenServer.authMethod,
    scope: tokenServer.scope,
    ...(usesSecret ? { client_secret: scenario.clientSecret } : {}),
    ...(setup.clientCertificate === 'same'
      ? {}
      : {
          client_certificate: clientCertificateConfig(
            setup.clientCertificate,
            material,
            sources.enrollments,
            sources.now,
          ),
        }),
    ...(setup.trustAnchors === 'same'
      ? {}
      : { trust_anchors_pem: anchorsPem(setup.trustAnchors, material) }),
  }
}
