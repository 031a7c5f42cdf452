/**
 * The header of the PROXY protocol, version 2 (HAProxy's `doc/proxy-protocol.txt`, sections 2.2 and 2.2.7), as
 * far as HAProxy of ours writes it: TCP over IPv4, and a unique id.
 */
const SIGNATURE = Buffer.from('0d0a0d0a000d0a515549540a', 'hex')
const FIXED_LENGTH = 16
const PROXY_COMMAND = 0x21
const TCP_OVER_IPV4 = 0x11
const ADDRESSES_LENGTH = 12
const UNIQUE_ID = 0x05

/** More than HAProxy writes for us by far. */
const LONGEST = 1024

/** What the first bytes of a connection are. */
export type ProxyHeaderReading =
  | { readonly state: 'incomplete' }
  | { readonly state: 'none' }
  | { readonly state: 'read'; readonly header: ProxyHeader }

/** What HAProxy says of a connection before its first byte. */
export interface ProxyHeader {
  /** Address of the client, which stands for the wire's connection. */
  readonly source: string
  /** Port that it went to. */
  readonly destinationPort: number
  /** Empty = none was sent. */
  readonly uniqueId: string
  /** Bytes of the header. */
  readonly length: number
}

/** Reads the header at the beginning of a connection. Never throws. */
export function readProxyHeader(bytes: Buffer): ProxyHeaderReading {
  const begun = bytes.subarray(0, SIGNATURE.length)
  if (!begun.equals(SIGNATURE.subarray(0, begun.length))) return { state: 'none' }
  if (bytes.length < FIXED_LENGTH) return { state: 'incomplete' }
  const length = FIXED_LENGTH + bytes.readUInt16BE(14)
  const isOurs = bytes.readUInt8(12) === PROXY_COMMAND && bytes.readUInt8(13) === TCP_OVER_IPV4
  if (!isOurs || length > LONGEST || length < FIXED_LENGTH + ADDRESSES_LENGTH) {
    return { state: 'none' }
  }
  if (bytes.length < length) return { state: 'incomplete' }
  const source = [...bytes.subarray(FIXED_LENGTH, FIXED_LENGTH + 4)].join('.')
  const destinationPort = bytes.readUInt16BE(FIXED_LENGTH + 10)
  const uniqueId = valueIn(bytes.subarray(FIXED_LENGTH + ADDRESSES_LENGTH, length), UNIQUE_ID)
  return { state: 'read', header: { source, destinationPort, uniqueId, length } }
}

/** A value among type, length and value in a row; empty where there is none or the row is damaged. */
function valueIn(row: Buffer, wanted: number): string {
  for (let offset = 0; offset + 3 <= row.length;) {
    const end = offset + 3 + row.readUInt16BE(offset + 1)
    if (end > row.length) return ''
    if (row.readUInt8(offset) === wanted) return row.toString('latin1', offset + 3, end)
    offset = end
  }
  return ''
}
