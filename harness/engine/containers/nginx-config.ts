import { createHash } from 'node:crypto'
import { HarnessError } from '../../errors.ts'
import type { EndpointSetup } from '../../scenario/setup.ts'
import type { Served } from './served.ts'
import type { FileContent } from './tar.ts'

/**
 * Everything in a server block but where it listens. The server's own certificate is a part of it only
 * where something is stapled to it.
 */
export interface NginxShape {
  readonly speaks: 'tls' | 'plaintext'
  /** `published`: the published port alone leads to it. `bare`: so does {@link renderBareEntrance}. */
  readonly entrance: 'published' | 'bare'
  readonly lines: readonly string[]
  /** Files that the lines name, by name. Names are made from contents. */
  readonly files: ReadonlyMap<string, FileContent>
}

/** Folder of the files of a {@link NginxShape}. */
export const ANCHORS_FOLDER = '/run/hookproof/slots/anchors'

const snippet = (name: string): string => `include snippets/${name}.conf;`

/** The server block of a slot that speaks plaintext HTTP: for an endpoint without TLS, or behind a load balancer. */
export function plainShape(keepAlive: EndpointSetup['keepAlive']): NginxShape {
  return {
    speaks: 'plaintext',
    entrance: 'published',
    lines: [snippet(`keep-alive-${keepAlive}`), snippet('to-origin')],
    files: new Map(),
  }
}

/**
 * Chooses what a server block of an endpoint includes.
 *
 * @throws HarnessError `ERR_ENGINE_FAULT` for certificates allowed by thumbprint: nginx has no way to leave
 *   dates and purpose out.
 */
export function nginxShape(setup: EndpointSetup, served: Served): NginxShape {
  if (setup.scheme === 'http') return plainShape(setup.keepAlive)
  if (served.allowed !== null) throw noThumbprints()
  const files = new Map<string, FileContent>()
  const file = (content: FileContent): string => {
    const name = `${createHash('sha256').update(content).digest('hex').slice(0, 32)}.pem`
    files.set(name, content)
    return `${ANCHORS_FOLDER}/${name}`
  }
  return {
    speaks: 'tls',
    entrance: 'published',
    lines: [
      ...certificateLines(served, file),
      protocolLine(served),
      ...cipherLines(setup, served),
      ...(setup.groups === 'default' ? [] : [`ssl_ecdh_curve ${setup.groups};`]),
      snippet(`resumption-${setup.resumption}`),
      snippet(`keep-alive-${setup.keepAlive}`),
      ...clientCertificateLines(setup, served, file),
      ...rejectLines(setup),
      snippet('to-origin'),
    ],
    files,
  }
}

/** The server block, listening on all of these ports of the container's loopback. */
export function renderServer({ speaks, lines }: NginxShape, ports: readonly number[]): string {
  const suffix = speaks === 'tls' ? ' ssl' : ''
  const listens = ports.map((port) => `listen 127.0.0.1:${port}${suffix};`)
  return `server {\n${[...listens, ...lines].map((line) => `  ${line}\n`).join('')}}\n`
}

/**
 * How a load balancer comes to the server that writes no PROXY header: on these ports of the container's
 * own address, which then stand beside those of its loopback. For the stream part of the configuration.
 */
export function renderBareEntrance(address: string, ports: readonly number[]): string {
  const lines = [
    ...ports.map((port) => `listen ${address}:${port};`),
    'access_log /dev/stderr without-header;',
    'proxy_bind $address_of_port;',
    'proxy_pass 127.0.0.1:$server_port;',
    'proxy_half_close on;',
    'proxy_connect_timeout 2s;',
    'proxy_timeout 60s;',
  ]
  return `server {\n${lines.map((line) => `  ${line}\n`).join('')}}\n`
}

function certificateLines(
  { chain, key, staple }: Served,
  file: (content: FileContent) => string,
): readonly string[] {
  if (staple === null) return [snippet('certificate')]
  return [
    `ssl_certificate ${file(chain)};`,
    `ssl_certificate_key ${file(key)};`,
    snippet('staple'),
    `ssl_stapling_file ${file(staple)};`,
  ]
}

function protocolLine({ protocols }: Served): string {
  const range = `${protocols[0] ?? ''} ${protocols.at(-1) ?? ''}`
  switch (range) {
    case 'TLSv1.2 TLSv1.3':
      return snippet('tls-1.2-and-1.3')
    case 'TLSv1.2 TLSv1.2':
      return snippet('tls-1.2')
    case 'TLSv1.3 TLSv1.3':
      return snippet('tls-1.3')
    default:
      return `ssl_protocols ${protocols.join(' ')};`
  }
}

function cipherLines({ ciphers }: EndpointSetup, { securityLevel }: Served): readonly string[] {
  const list = ciphers === 'default' ? 'DEFAULT' : ciphers
  if (securityLevel === 'low') return [`ssl_ciphers "${list}:@SECLEVEL=0";`]
  return ciphers === 'default' ? [] : [`ssl_ciphers "${list}";`]
}

function clientCertificateLines(
  { clientCertificate: policy, caHints }: EndpointSetup,
  { anchors, crls, hints }: Served,
  file: (content: string) => string,
): readonly string[] {
  if (policy === 'not-requested') return [snippet('client-certificate-not-requested')]
  const trust = [
    ...(hints === '' ? [] : [`ssl_client_certificate ${file(hints)};`]),
    ...(hints === anchors || anchors === '' ? [] : [`ssl_trusted_certificate ${file(anchors)};`]),
    ...(crls === '' ? [] : [`ssl_crl ${file(crls)};`]),
  ]
  const hinted = caHints === 'none' ? '-no-hints' : ''
  return [...trust, snippet(`client-certificate-${policy}${hinted}`)]
}

function rejectLines({ rejectStyle, rejectMoment }: EndpointSetup): readonly string[] {
  const moment = rejectMoment === 'after-body' ? '-after-body' : ''
  switch (rejectStyle) {
    // Only where no certificate is asked for: else HAProxy is the terminator.
    case 'alert':
    case 'http-400':
      return [snippet(rejectMoment === 'after-body' ? 'reject-after-body' : 'reject-http-400')]
    case 'close':
      return [snippet(`reject-close${moment}`)]
    case 'reset':
      // The container's RST stays inside it: the wire resets when this one ends.
      return ['reset_timedout_connection on;', snippet(`reject-close${moment}`)]
  }
}

function noThumbprints(): HarnessError {
  return new HarnessError(
    'ERR_ENGINE_FAULT',
    'nginx cannot allow client certificates by thumbprint alone: it looks at dates and purpose too.',
    { hint: 'Leave out load-balancer, or the list of allowed certificates.' },
  )
}
