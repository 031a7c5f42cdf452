/** Most connections that an address can name. */
const LIMIT = 2 ** 24 - 2

/** Numbers from here on are no connection's own: they stand for ports, see {@link numberOfPort}. */
const FIRST_OF_PORTS = 0xf0_00_01

/**
 * The loopback address that stands for a connection: 127.a.b.c with its number in a, b and c.
 *
 * The wire writes it as the source of the PROXY protocol header, and every line that nginx and
 * HAProxy log names it. Numbers are the engine's, from 1, over all scenarios; those above 15,728,640 are
 * for ports (see {@link numberOfPort}), and past 16,777,214 they begin again.
 */
export function addressOf(connection: number): string {
  const number = ((connection - 1) % LIMIT) + 1
  return `127.${(number >> 16) & 255}.${(number >> 8) & 255}.${number & 255}`
}

/** The number that an address of {@link addressOf} stands for, or null when it is none of them. */
export function connectionAt(address: string): number | null {
  const [, a, b, c] = /^127\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(address) ?? []
  if (a === undefined || b === undefined || c === undefined) return null
  const parts = [Number(a), Number(b), Number(c)] as const
  if (parts.some((part) => part > 255)) return null
  const number = (parts[0] << 16) | (parts[1] << 8) | parts[2]
  return number === 0 || number > LIMIT ? null : number
}

/**
 * The number by which nginx calls a connection of which it knows nothing but the port that the load
 * balancer made it from, as nginx/stream.conf writes it: port 54321 is 127.245.43.21. Null = no port that
 * an outgoing connection has.
 */
export function numberOfPort(port: number): number | null {
  if (!Number.isInteger(port) || port < 1024 || port > 65_535) return null
  const digits = String(port).padStart(5, '0')
  return connectionAt(`127.24${digits[0]}.${Number(digits.slice(1, 3))}.${Number(digits.slice(3))}`)
}

/** Whether a number is one of {@link numberOfPort}. */
export function standsForPort(number: number): boolean {
  return number >= FIRST_OF_PORTS
}
