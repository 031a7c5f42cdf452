import { createHash } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { sha256Hex } from '../pki/thumbprint.ts'
import type { LoadBalancer } from '../scenario/setup.ts'
import { singleHeader } from './request-headers.ts'

/** A load balancer that tells the origin of the certificate. */
export type ForwardingBalancer = Extract<LoadBalancer, `forwards-${string}`>

/** Whether a load balancer tells the origin of the certificate. */
export function isForwarding(mode: LoadBalancer): mode is ForwardingBalancer {
  return mode === 'forwards-client-cert' || mode === 'forwards-x-headers'
}

/**
 * Fields that each replaces, so that no dispatcher can say them in its place (RFC 9440 2.4); lower case.
 * `haproxy/haproxy.cfg` holds the same lists.
 */
export const REPLACED: Readonly<Record<ForwardingBalancer, readonly string[]>> = {
  'forwards-client-cert': ['client-cert', 'client-cert-chain'],
  'forwards-x-headers': [
    'x-ssl',
    'x-ssl-client-verify',
    'x-ssl-client-sha1',
    'x-ssl-client-dn',
    'x-ssl-client-cn',
    'x-ssl-issuer',
    'x-ssl-client-cert',
  ],
}

/** The fields that it adds, names and values in turn. Of those of the field, the ones that carry the certificate. */
export function forwardingFields(
  mode: ForwardingBalancer,
  endEntity: Buffer | null,
): readonly string[] {
  switch (mode) {
    case 'forwards-client-cert':
      return endEntity === null ? [] : ['Client-Cert', `:${endEntity.toString('base64')}:`]
    case 'forwards-x-headers': {
      if (endEntity === null) return ['X-SSL', '1']
      return [
        ...['X-SSL', '1', 'X-SSL-Client-Verify', '0'],
        ...['X-SSL-Client-SHA1', sha1Hex(endEntity)],
        ...['X-SSL-Client-Cert', endEntity.toString('base64')],
      ]
    }
  }
}

/** As HAProxy's `ssl_c_sha1,hex` has it; of the field's fields only, nothing here compares it. */
const sha1Hex = (der: Buffer): string => createHash('sha1').update(der).digest('hex').toUpperCase()

/** Thumbprint of the certificate that such a load balancer tells of, or null. */
export function forwardedThumbprint(
  mode: ForwardingBalancer,
  request: IncomingMessage,
): string | null {
  const base64 = base64In(mode, request)
  return base64 === undefined ? null : sha256Hex(Buffer.from(base64, 'base64'))
}

function base64In(mode: ForwardingBalancer, request: IncomingMessage): string | undefined {
  switch (mode) {
    // A Byte Sequence (RFC 9440 2.1).
    case 'forwards-client-cert':
      return /^:([A-Za-z0-9+/]+=*):$/.exec(singleHeader(request, 'client-cert') ?? '')?.[1]
    case 'forwards-x-headers':
      return /^[A-Za-z0-9+/]+=*$/.exec(singleHeader(request, 'x-ssl-client-cert') ?? '')?.[0]
  }
}
