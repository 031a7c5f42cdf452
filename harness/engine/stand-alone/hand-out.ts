import type { IssuedMaterial } from '../../pki/types.ts'
import type { Place, StandAloneSituation } from './situation.ts'

/** The files that a person needs, but for {@link curlText}, by name. `dispatcher.key` is secret. */
export function handOut(
  { trustAnchors, clientCertificate: { certificate } }: StandAloneSituation,
  material: IssuedMaterial,
): ReadonlyMap<string, string> {
  const chain = [material.get(certificate), ...material.issuersOf(certificate)]
  return new Map([
    ['root.pem', trustAnchors.map((name) => material.get(name).pem).join('')],
    ['dispatcher.pem', chain.map(({ pem }) => pem).join('')],
    ['dispatcher.key', material.get(certificate).keyPem],
  ])
}

/** Where to send what. */
export interface CurlAddresses {
  /** URL of each place; the token endpoint's for the token server. */
  readonly urls: Readonly<Record<Place, string>>
  readonly clientId: string
}

/** `curl.txt`: the requests to try, each on lines of a shell, to run in the folder of the other files. */
export function curlText({ urls, clientId }: CurlAddresses): string {
  const curl = 'curl --cacert root.pem'
  const asDispatcher = `${curl} --cert dispatcher.pem --key dispatcher.key`
  const event = `--include --json '{"id":"evt_0123456789abcdef"}'`
  return `# With the dispatcher's certificate: 204
${asDispatcher} \\
  ${event} ${urls.endpoint}

# Without one: 400, "No required SSL certificate was sent"
${curl} \\
  ${event} ${urls.endpoint}

# The same where HAProxy ends TLS: no answer at all, but the alert certificate_required
${curl} \\
  ${event} ${urls['alert-endpoint']}

# A token that is bound to the certificate, and its use where it is wanted: 204
token=$(${asDispatcher} --silent --show-error \\
  --data 'grant_type=client_credentials&client_id=${clientId}' \\
  ${urls['token-server']} |
  sed 's/.*"access_token":"\\([^"]*\\)".*/\\1/')
${asDispatcher} \\
  --header "Authorization: Bearer $token" \\
  ${event} ${urls['bound-endpoint']}

# The certificate without the token: 401
${asDispatcher} \\
  ${event} ${urls['bound-endpoint']}
`
}
