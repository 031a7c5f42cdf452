import { HarnessError } from '../../errors.ts'
import type { EndpointSetup } from '../../scenario/setup.ts'
import type { Served } from './served.ts'

/** A slot of HAProxy: its two sections, and its files by name, in a folder named after its port. */
export interface HaproxySlot {
  readonly text: string
  readonly files: ReadonlyMap<string, string>
}

/** Where the folders of slots are. */
export const HAPROXY_SLOTS = '/run/hookproof/slots'

const PAGES = '/etc/hookproof/pages'

/** Where a slot leads: the origin itself, or the published port of the nginx behind a load balancer. */
export interface NextHop {
  readonly address: string
  readonly port: number
  readonly proxyHeader: 'sent' | 'none'
}

/**
 * Writes a slot of HAProxy: an endpoint that sends alerts, or a load balancer.
 *
 * @throws HarnessError `ERR_ENGINE_FAULT` for a setup that HAProxy cannot serve.
 */
export function haproxySlot(
  setup: EndpointSetup,
  served: Served,
  port: number,
  next: NextHop,
): HaproxySlot {
  const { bind, files } = terminatingBind(setup, served, port)
  const topic = setup.loadBalancer === 'none' ? 'is-endpoint' : setup.loadBalancer
  const lines = [
    `frontend slot-${port} from ${topic}`,
    `  ${bind}`,
    ...(setup.keepAlive === 'off' ? ['  option httpclose'] : []),
    ...rejectRules(setup, served).map((rule) => `  ${rule}`),
    `  default_backend to-${port}`,
    `backend to-${port} from base`,
    '  option http-server-close',
    `  ${serverLine(next)}`,
  ]
  return { text: `${lines.join('\n')}\n`, files }
}

/**
 * The `bind` of a slot that ends TLS, and the files that it names.
 *
 * @throws HarnessError `ERR_ENGINE_FAULT` for a setup that HAProxy cannot serve.
 */
export function terminatingBind(
  setup: EndpointSetup,
  served: Served,
  port: number,
): { readonly bind: string; readonly files: ReadonlyMap<string, string> } {
  refuseImpossible(setup, served)
  const files = new Map([
    ['chain.pem', served.chain],
    ['chain.pem.key', served.key],
  ])
  const file = (name: string, content: string): string => {
    files.set(name, content)
    return `${HAPROXY_SLOTS}/${port}/${name}`
  }
  const bind = [
    `bind 127.0.0.1:${port} accept-proxy ssl crt ${HAPROXY_SLOTS}/${port}/chain.pem`,
    `ssl-min-ver ${versionName(setup.minVersion)} ssl-max-ver ${versionName(setup.maxVersion)}`,
    ...(setup.ciphers === 'default' ? [] : [`ciphers ${setup.ciphers}`]),
    ...(setup.groups === 'default' ? [] : [`curves ${setup.groups}`]),
    // A protocol that nobody speaks: without the word, HAProxy from 2.8 on answers with h2 or http/1.1.
    `alpn ${setup.alpn.join(',') || 'none'}`,
    ...(setup.resumption === 'off' ? ['no-tls-tickets'] : []),
    ...verifyWords(setup, served, file),
  ].join(' ')
  return { bind, files }
}

/** Where a load balancer passes TLS on to, and how it logs that. */
export interface PassedTo extends NextHop {
  readonly topic: 'passes-through' | 'passes-through-silently'
}

/**
 * Writes a slot of HAProxy that passes TLS through, to the slot of nginx that has its number where there
 * is one. Its file is read by nobody: it makes slots differ that lead to different ones.
 */
export function passThroughSlot(
  shape: string,
  port: number,
  { topic, ...next }: PassedTo,
): HaproxySlot {
  const lines = [
    `frontend slot-${port} from ${topic}`,
    `  bind 127.0.0.1:${port} accept-proxy`,
    `  default_backend to-${port}`,
    `backend to-${port} from ${topic}`,
    `  ${serverLine(next)}`,
  ]
  return { text: `${lines.join('\n')}\n`, files: new Map([['behind.txt', shape]]) }
}

function serverLine({ address, port, proxyHeader }: NextHop): string {
  return `server next ${address}:${port}${proxyHeader === 'sent' ? ' send-proxy-v2' : ''}`
}

function verifyWords(
  { clientCertificate: policy, rejectStyle }: EndpointSetup,
  { anchors, crls, hints }: Served,
  file: (name: string, content: string) => string,
): readonly string[] {
  if (policy === 'not-requested') return []
  const trust = [
    ...(hints === '' ? [] : [`ca-file ${file('hints.pem', hints)}`]),
    ...(hints === anchors ? [] : [`ca-verify-file ${file('anchors.pem', anchors)}`]),
    ...(crls === '' ? [] : [`crl-file ${file('crls.pem', crls)}`]),
  ]
  // Any other style lets the handshake through and decides with the request.
  if (rejectStyle !== 'alert') {
    return [...trust, 'verify optional ca-ignore-err all crt-ignore-err all']
  }
  return [...trust, policy === 'required' ? 'verify required' : 'verify optional']
}

function rejectRules(setup: EndpointSetup, served: Served): readonly string[] {
  return turnedAway(setup, served).map(({ page, condition }) => {
    const answer = `return status 400 content-type text/html hdr Server nginx file ${PAGES}/${page}.page`
    return `http-request ${setup.rejectStyle === 'http-400' ? answer : 'reject'} ${condition}`
  })
}

/** When a client certificate is turned away after the handshake, or the lack of one. */
export interface TurnedAway {
  /** Which of nginx's pages says so where one does: a dispatcher may know them. */
  readonly page: 'no-certificate' | 'bad-certificate'
  /** As in HAProxy's rules. */
  readonly condition: string
}

/** Everything for which a slot turns somebody away. Empty where an alert does it in the handshake. */
export function turnedAway(
  { clientCertificate: policy, rejectStyle }: EndpointSetup,
  { allowed }: Served,
): readonly TurnedAway[] {
  if (policy === 'not-requested' || rejectStyle === 'alert') return []
  const bad =
    allowed === null
      ? ['!{ ssl_c_verify 0 }', '{ ssl_c_err gt 0 }', '{ ssl_c_ca_err gt 0 }']
      : // What verifies does not count then. Without a pattern HAProxy would refuse the condition.
        [`!{ ssl_c_der,sha2(256),hex -m str -i ${allowed.join(' ') || 'none'} }`]
  return [
    ...(policy === 'required'
      ? [{ page: 'no-certificate', condition: 'unless { ssl_c_used }' } as const]
      : []),
    ...bad.map(
      (test) => ({ page: 'bad-certificate', condition: `if { ssl_c_used } ${test}` }) as const,
    ),
  ]
}

/** HAProxy writes TLSv1 as TLSv1.0. */
function versionName(version: EndpointSetup['minVersion']): string {
  return version === 'TLSv1' ? 'TLSv1.0' : version
}

function refuseImpossible(setup: EndpointSetup, { allowed, securityLevel, staple }: Served): void {
  const impossible =
    allowed !== null && setup.rejectStyle === 'alert'
      ? 'allow client certificates by thumbprint and alert others'
      : setup.rejectMoment === 'after-body'
        ? 'turn a client certificate away after the body'
        : securityLevel === 'low'
          ? 'serve a certificate or a TLS version below its security level'
          : staple !== null
            ? 'staple an OCSP response here'
            : null
  if (impossible === null) return
  throw new HarnessError('ERR_ENGINE_FAULT', `HAProxy cannot ${impossible}.`, {
    hint: 'Leave out load-balancer, or use another reject-style than alert.',
  })
}
