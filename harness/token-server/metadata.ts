import { usesCertificate } from './client-authentication.ts'
import type { RegisteredRealm } from './realm.ts'

/** Authorization server metadata (RFC 8414 2) with the mutual-TLS additions (RFC 8705 3.3 and 5). */
export function metadataOf(realm: RegisteredRealm): Readonly<Record<string, unknown>> {
  const { issuer, setup } = realm
  const methods = [setup.authMethod]
  // Every path of a realm is behind the same listener, so the aliases name the same endpoints.
  const endpoints = {
    token_endpoint: `${issuer}/token`,
    introspection_endpoint: `${issuer}/introspect`,
  }
  return {
    issuer,
    ...endpoints,
    jwks_uri: `${issuer}/jwks`,
    grant_types_supported: ['client_credentials'],
    // Required by RFC 8414; there is no authorization endpoint, so there are none.
    response_types_supported: [],
    scopes_supported: setup.scope.split(' ').filter((scope) => scope !== ''),
    token_endpoint_auth_methods_supported: methods,
    introspection_endpoint_auth_methods_supported: methods,
    tls_client_certificate_bound_access_tokens: usesCertificate(setup.authMethod),
    mtls_endpoint_aliases: endpoints,
  }
}
