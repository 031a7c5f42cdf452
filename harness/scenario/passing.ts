import type { LoadBalancer, PassingLoadBalancer, WireFault } from './setup.ts'

/** What comes of a ClientHello behind each load balancer that leaves TLS alone. */
const BEHIND: Readonly<Record<PassingLoadBalancer, WireFault>> = {
  'passes-through': 'none',
  'passes-through-silently': 'none',
  // As nginx does: what begins with no TLS record is answered in plaintext.
  'adds-proxy-header': 'plaintext-answer',
  // As nginx does, and as the PROXY protocol wants it: without a valid header there is no connection.
  'omits-proxy-header': 'close-on-client-hello',
}

/** Whether a load balancer leaves TLS to the endpoint behind it. */
export function leavesTlsAlone(loadBalancer: LoadBalancer): loadBalancer is PassingLoadBalancer {
  return loadBalancer in BEHIND
}

/**
 * What a dispatcher sees in place of a handshake, where a load balancer and the endpoint behind it do not
 * agree on the PROXY protocol; `none` where they do, and for a load balancer that opens TLS.
 */
export function mistakeOf(loadBalancer: LoadBalancer): WireFault {
  return leavesTlsAlone(loadBalancer) ? BEHIND[loadBalancer] : 'none'
}
