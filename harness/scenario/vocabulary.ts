/** The closed word lists of the adapter protocol that scenarios use too. */

/** What a dispatcher can declare. The first two are core and cannot be declined. */
export const CAPABILITIES = [
  'client-certificate.pem',
  'trust.private-ca',
  'client-certificate.pkcs12',
  'client-certificate.jks',
  'pin.spki',
  'trust.crl',
  'oauth2.client-secret',
  'oauth2.tls-client-auth',
  'oauth2.self-signed-tls-client-auth',
  'oauth2.certificate-bound-token',
  'signature.hmac-sha256',
  'signature.standard-webhooks',
  'signature.rotation',
  'retry',
  'circuit-breaker',
  'rotation',
  'reset',
  'inspect',
  'enrollment.csr',
  'enrollment.self',
] as const

/** One declared ability of a dispatcher (adapter protocol, "capabilities"). */
export type Capability = (typeof CAPABILITIES)[number]

/** The capabilities that every dispatcher has: a scenario that needs them is never skipped. */
export const CORE_CAPABILITIES: readonly Capability[] = [
  'client-certificate.pem',
  'trust.private-ca',
]

/** Why a dispatcher did not deliver, in its own words (adapter protocol, "reason"). */
export const REASONS = [
  'server-certificate.expired',
  'server-certificate.not-yet-valid',
  'server-certificate.untrusted',
  'server-certificate.name-mismatch',
  'server-certificate.revoked',
  'server-certificate.wrong-usage',
  'server-certificate.weak',
  'server-certificate.malformed',
  'pin.mismatch',
  'tls.version',
  'tls.cipher',
  'tls.alert',
  'tls.other',
  'client-certificate.missing',
  'client-certificate.unreadable',
  'client-certificate.key-mismatch',
  'client-certificate.expired',
  'client-certificate.not-yet-valid',
  'client-certificate.rejected',
  'token.unreachable',
  'token.client-rejected',
  'token.invalid-response',
  'token.expired',
  'token.binding-mismatch',
  'redirect.refused',
  'plaintext.refused',
  'http.status',
  'circuit.open',
  'net.dns',
  'net.refused',
  'net.reset',
  'net.timeout',
  'policy.blocked',
  'unspecified',
] as const

/** One reason of {@link REASONS}. `unspecified` = the adapter cannot tell. */
export type Reason = (typeof REASONS)[number]

/** How far an attempt came (adapter protocol, "stage"). */
export const STAGES = ['config', 'dns', 'tcp', 'tls', 'token', 'request', 'response'] as const

/** One stage of {@link STAGES}. */
export type Stage = (typeof STAGES)[number]

/** What the dispatcher says became of an event (adapter protocol, "disposition"). */
export const DISPOSITIONS = ['delivered', 'refused', 'failed'] as const

/** One disposition of {@link DISPOSITIONS}. */
export type Disposition = (typeof DISPOSITIONS)[number]

/** Kinds of secret that a dispatcher is trusted with, and must not tell in a reply. */
export const SECRETS = [
  'private-key',
  'key-store',
  'passphrase',
  'client-secret',
  'signature-secret',
  'access-token',
] as const

/** One of {@link SECRETS}. */
export type Secret = (typeof SECRETS)[number]

/** The profiles a scenario can belong to; `strict` is opt-in. */
export const PROFILES = [
  'core',
  'pinning',
  'oauth2-mtls',
  'keystores',
  'rotation',
  'signing',
  'delivery',
  'enrollment',
  'strict',
] as const

/** One profile of {@link PROFILES}. */
export type Profile = (typeof PROFILES)[number]

/** The profiles that run only when asked for. */
export const OPT_IN_PROFILES: readonly Profile[] = ['strict']

/** The two engines (ARCHITECTURE, decision 1). */
export const ENGINES = ['embedded', 'containers'] as const

/** One engine of {@link ENGINES}. */
export type EngineName = (typeof ENGINES)[number]
