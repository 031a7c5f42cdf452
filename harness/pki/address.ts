import { isIPv4, isIPv6 } from 'node:net'
import { pkiError } from './pki-error.ts'

/**
 * The 4 or 16 octets of an IPv4 or IPv6 address, in network order.
 *
 * @throws HarnessError `ERR_PKI` when it is neither; a zone (`%eth0`) has no octets.
 */
export function addressOctets(address: string): Buffer {
  if (isIPv4(address)) return Buffer.from(address.split('.').map(Number))
  if (isIPv6(address) && !address.includes('%')) return ipv6Octets(address)
  throw pkiError(
    `${JSON.stringify(address)} is not an IP address.`,
    'Write an IPv4 or IPv6 address; other octets go into a raw GeneralName with tag 7.',
  )
}

function ipv6Octets(address: string): Buffer {
  // The URL parser turns a dotted tail into hexadecimal, so that only groups and "::" are left.
  const canonical = new URL(`http://[${address}]`).hostname.slice(1, -1)
  const [head = '', tail] = canonical.split('::')
  const groups = (half: string): readonly string[] => (half === '' ? [] : half.split(':'))
  const before = groups(head)
  const after = groups(tail ?? '')
  const zeros = Array<string>(8 - before.length - after.length).fill('0')
  const all = [...before, ...zeros, ...after]
  return Buffer.from(all.map((group) => group.padStart(4, '0')).join(''), 'hex')
}

/**
 * Address and mask, as an iPAddress in a name constraint states them (RFC 5280 4.2.1.10). An address
 * without a prefix length is that host alone.
 *
 * @throws HarnessError `ERR_PKI` when it is not a network in CIDR notation.
 */
export function networkOctets(cidr: string): Buffer {
  const [, address = '', length] = /^([^/]*)(?:\/(\d{1,3}))?$/.exec(cidr) ?? []
  const octets = addressOctets(address)
  const bits = length === undefined ? octets.length * 8 : Number(length)
  if (bits > octets.length * 8) {
    throw pkiError(
      `${JSON.stringify(cidr)} has a prefix longer than the address.`,
      'Write an address and a prefix length, for example 127.0.0.0/8.',
    )
  }
  const mask = octets.map(
    (_, index) => 0xff & (0xff00 >> Math.min(8, Math.max(0, bits - index * 8))),
  )
  return Buffer.concat([octets, mask])
}
