import type { ClientCertificateConfig, TargetConfig, UnsupportedFeature } from './messages.ts'

/**
 * What a configuration asks for that placeholders cannot express. `timeout_ms` is not among it: where
 * `{timeout_s}` is not used, the program's own limit applies, and the delivery's deadline ends it.
 *
 * @param used - The placeholders of the command.
 */
export function unsupportedByExec(
  config: TargetConfig,
  used: ReadonlySet<string>,
): readonly UnsupportedFeature[] {
  const found: (UnsupportedFeature | null)[] = [
    config.spki_pins === undefined ? null : 'pin.spki',
    config.crls_pem === undefined || used.has('crls') ? null : 'trust.crl',
    certificateFeature(config.client_certificate),
    config.tls === undefined ? null : 'tls.min_version',
    oauth2Feature(config),
    config.signature === undefined ? null : `signature.${config.signature.scheme}`,
    config.signature?.previous_secret_b64 === undefined ? null : 'signature.rotation',
    config.retry === undefined || config.retry.max_attempts === 1 ? null : 'retry',
  ]
  return found.filter((feature) => feature !== null)
}

function certificateFeature(
  certificate: ClientCertificateConfig | undefined,
): UnsupportedFeature | null {
  switch (certificate?.format) {
    case undefined:
    case 'pem':
      return null
    case 'pkcs12':
      return 'client-certificate.pkcs12'
    case 'jks':
      return 'client-certificate.jks'
    case 'enrolled':
      return 'enrollment.csr'
  }
}

function oauth2Feature(config: TargetConfig): UnsupportedFeature | null {
  switch (config.oauth2?.auth_method) {
    case undefined:
      return null
    case 'tls_client_auth':
      return 'oauth2.tls-client-auth'
    case 'self_signed_tls_client_auth':
      return 'oauth2.self-signed-tls-client-auth'
    case 'client_secret_basic':
    case 'client_secret_post':
      return 'oauth2.client-secret'
  }
}
