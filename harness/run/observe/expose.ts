import { BlockList, isIP, isIPv6 } from 'node:net'
import type { Exposure } from '../../engine/types.ts'
import { HarnessError } from '../../errors.ts'

/** What a user says about being reached from other machines; null = not said. */
export interface ExposureOptions {
  readonly host: string | null
  /** Address to listen on; default 127.0.0.1, for a tunnel that ends here. */
  readonly listen: string | null
  /** First of the ports; each listener takes the next. Default: any that are free. */
  readonly port: string | null
  /** Addresses and networks of the dispatcher, separated by commas, or `any`. */
  readonly from: string | null
}

/** The longest common name that a certificate may have (RFC 5280 appendix A, ub-common-name). */
const LONGEST_HOST = 64

const LOOPBACK = new BlockList()
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4')
LOOPBACK.addAddress('::1', 'ipv6')

/**
 * How the endpoints are reached; null where nothing was said, which is loopback.
 *
 * @throws HarnessError `ERR_USAGE` for a value that is none, or for an address that everyone can reach
 *   without a word on who the dispatcher is
 */
export function exposureFrom(options: ExposureOptions): Exposure | null {
  if (Object.values(options).every((value) => value === null)) return null
  const address = options.listen ?? '127.0.0.1'
  if (isIP(address) === 0)
    throw bad(`--listen ${address} is not an IP address`, 'Give for example 0.0.0.0 or ::.')
  if (options.from === null && !LOOPBACK.check(address, familyOf(address))) {
    throw bad(
      `Everyone who reaches ${address} would pass for the dispatcher`,
      'Give the addresses that it sends from, --from 203.0.113.0/24, or --from any to count strangers in.',
    )
  }
  let port = portFrom(options.port)
  const strangers = peersFrom(options.from)
  return {
    host: hostFrom(options.host),
    address,
    nextPort: () => (port === 0 ? 0 : port++),
    peerAt: strangers,
  }
}

function hostFrom(host: string | null): string {
  if (host === null) return 'localhost'
  const labels =
    /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*$/
  if (labels.test(host) && host.length <= LONGEST_HOST && isIP(host) === 0) return host
  throw bad(
    `--host ${host} is not a host name in lower case of at most ${LONGEST_HOST} characters`,
    'Give the name under which the dispatcher reaches this machine, without scheme, port and path.',
  )
}

function portFrom(port: string | null): number {
  if (port === null) return 0
  const number = Number(port)
  if (/^\d{1,5}$/.test(port) && number >= 1 && number <= 65_535) return number
  throw bad(`--port ${port} is not a port`, 'Give the first of the ports, from 1 to 65535.')
}

function peersFrom(from: string | null): Exposure['peerAt'] {
  if (from === null || from === 'any') return () => 'dispatcher'
  const known = new BlockList()
  for (const word of from.split(',')) {
    const [address = '', prefix, ...rest] = word.trim().split('/')
    const longest = isIPv6(address) ? 128 : 32
    const bits = prefix === undefined ? longest : Number(prefix)
    const isRight = /^\d{1,3}$/.test(prefix ?? '0') && bits <= longest && rest.length === 0
    if (isIP(address) === 0 || !isRight) {
      throw bad(
        `--from ${word} is neither an address nor a network`,
        'Give for example 203.0.113.7,2001:db8::/32.',
      )
    }
    known.addSubnet(address, bits, familyOf(address))
  }
  return (peer) => {
    // As a socket that listens on :: shows IPv4 (RFC 4291 2.5.5.2).
    const address = peer.replace(/^::ffff:(?=\d+\.)/i, '')
    return isIP(address) !== 0 && known.check(address, familyOf(address))
      ? 'dispatcher'
      : 'stranger'
  }
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIPv6(address) ? 'ipv6' : 'ipv4'
}

function bad(sentence: string, hint: string): HarnessError {
  return new HarnessError('ERR_USAGE', `${sentence}.`, { hint })
}
