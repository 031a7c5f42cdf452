import type { OAuth2Config, TargetConfig } from '../dispatcher/messages.ts'
import type { EventSecret } from '../endpoint/types.ts'
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
  readonly secrets: readonly EventSecret[]
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
  const { signature } = sources.dispatcher
  if (signature === 'none') return {}
  const [current, previous] = signature.secrets.map((name) => secretBase64(name, sources))
  const secrets = {
    secret_b64: current ?? '',
    ...(previous === undefined ? {} : { previous_secret_b64: previous }),
  }
  switch (signature.scheme) {
    case 'standard-webhooks':
      return { signature: { scheme: signature.scheme, ...secrets } }
    case 'hmac-sha256':
      return { signature: { scheme: signature.scheme, header: SIGNATURE_HEADER, ...secrets } }
  }
}

function secretBase64(name: string, { secrets }: ConfigSources): string {
  const known = secrets.find((one) => one.name === name)
  if (known === undefined) throw new Error(`no secret ${name} was made; the parser knows them all`)
  return known.secret.toString('base64')
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
