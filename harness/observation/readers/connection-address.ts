/** Most connections that an address can name. */
const LIMIT = 2 ** 24 - 2

/**
 * The loopback address that stands for a connection: 127.a.b.c with its number in a, b and c.
 *
 * The wire writes it as the source of the PROXY protocol header, and every line that nginx and
 * HAProxy log names it. Numbers are the engine's, from 1, over all scenarios; past 16,777,214 they
 * begin again.
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
