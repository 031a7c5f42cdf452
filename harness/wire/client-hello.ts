import { extensionParsers, isGREASE } from 'read-tls-client-hello'
import { printable } from '../observation/printable.ts'

/** What the ledger wants to know of a ClientHello (RFC 8446 4.1.2). */
export interface ClientHello {
  readonly serverName: string | null
  readonly alpn: readonly string[]
  /** Offered versions, highest first. A ClientHello without supported_versions offers one. */
  readonly versions: readonly string[]
  readonly session: 'none' | 'offered'
  readonly earlyData: 'none' | 'offered'
  /** status_request of the kind `ocsp` (RFC 6066 8). */
  readonly statusRequest: 'none' | 'asked'
}

/** What the bytes so far are. */
export type HelloReading =
  | { readonly state: 'incomplete' }
  | { readonly state: 'not-tls' }
  | { readonly state: 'read'; readonly hello: ClientHello }

/** Most bytes that a ClientHello may take, records included. */
const LIMIT = 80 * 1024

const HANDSHAKE_RECORD = 22
const CLIENT_HELLO = 1
const LARGEST_FRAGMENT = 2 ** 14
const TLS_1_3 = 0x0304
const STATUS_REQUEST = 5
/** CertificateStatusType. */
const OCSP = 1

const VERSION_NAMES: Readonly<Record<number, string>> = {
  0x0300: 'SSLv3',
  0x0301: 'TLSv1',
  0x0302: 'TLSv1.1',
  0x0303: 'TLSv1.2',
  [TLS_1_3]: 'TLSv1.3',
}

/**
 * Reads a ClientHello from the first bytes of a connection.
 *
 * The extensions are read by `read-tls-client-hello`. Its own reader of the message is not used: it
 * wants the message in one record, fails on one without extensions (a TLS 1.0 client's) and costs
 * half a millisecond in stream events, where this needs none.
 */
export function readClientHello(received: Buffer): HelloReading {
  const message = assembleHandshake(received)
  if (message === 'incomplete') {
    return received.length > LIMIT ? { state: 'not-tls' } : { state: 'incomplete' }
  }
  if (message === 'not-tls') return { state: 'not-tls' }
  try {
    return { state: 'read', hello: helloFrom(message) }
  } catch (error) {
    if (error instanceof RangeError) return { state: 'not-tls' }
    throw error
  }
}

/** Joins the fragments of the first handshake message, which may span records (RFC 8446 5.1). */
function assembleHandshake(received: Buffer): Buffer | 'incomplete' | 'not-tls' {
  const fragments: Buffer[] = []
  let have = 0
  for (let offset = 0; offset < received.length;) {
    if (received[offset] !== HANDSHAKE_RECORD) return 'not-tls'
    const major = received[offset + 1]
    if (major !== undefined && major !== 3) return 'not-tls'
    if (offset + 5 > received.length) return 'incomplete'
    const length = received.readUInt16BE(offset + 3)
    if (length === 0 || length > LARGEST_FRAGMENT) return 'not-tls'
    const fragment = received.subarray(offset + 5, offset + 5 + length)
    fragments.push(fragment)
    have += fragment.length
    offset += 5 + length
    const message = Buffer.concat(fragments, have)
    if (have > 0 && message[0] !== CLIENT_HELLO) return 'not-tls'
    if (have < 4) continue
    const end = 4 + message.readUIntBE(1, 3)
    if (end > LIMIT) return 'not-tls'
    if (have >= end) return message.subarray(4, end)
  }
  return 'incomplete'
}

/** Takes counted fields off the front of a buffer. @throws RangeError past its end. */
class Cursor {
  #offset = 0
  readonly #bytes: Buffer

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  get left(): number {
    return this.#bytes.length - this.#offset
  }

  take(length: number): Buffer {
    if (length > this.left) throw new RangeError('the ClientHello is cut off')
    this.#offset += length
    return this.#bytes.subarray(this.#offset - length, this.#offset)
  }

  number(octets: 1 | 2): number {
    return this.take(octets).readUIntBE(0, octets)
  }
}

function helloFrom(message: Buffer): ClientHello {
  const cursor = new Cursor(message)
  const legacyVersion = cursor.number(2)
  cursor.take(32)
  const sessionId = cursor.take(cursor.number(1))
  cursor.take(cursor.number(2))
  cursor.take(cursor.number(1))
  const extensions = extensionsFrom(cursor)
  const versions = versionsFrom(extensions, legacyVersion)
  const ticket = parsed(extensions, 35, extensionParsers[35])
  // A non-empty session id beside TLS 1.3 is middlebox compatibility, not an earlier session
  // (RFC 8446 4.1.2, D.4).
  const byId = sessionId.length > 0 && !versions.includes(TLS_1_3)
  const offered = byId || (ticket?.ticketLength ?? 0) > 0 || extensions.has(41)
  return {
    serverName: nameFrom(extensions),
    alpn: (parsed(extensions, 16, extensionParsers[16])?.protocols ?? [])
      .slice(0, 16)
      .map((protocol) => printable(protocol, 64)),
    versions: versions.map((version) => VERSION_NAMES[version] ?? `0x${version.toString(16)}`),
    session: offered ? 'offered' : 'none',
    earlyData: extensions.has(42) ? 'offered' : 'none',
    statusRequest: extensions.get(STATUS_REQUEST)?.[0] === OCSP ? 'asked' : 'none',
  }
}

/** Extension number → its data; the first of each number counts. */
function extensionsFrom(cursor: Cursor): ReadonlyMap<number, Buffer> {
  const extensions = new Map<number, Buffer>()
  if (cursor.left === 0) return extensions
  const block = new Cursor(cursor.take(cursor.number(2)))
  while (block.left > 0) {
    const id = block.number(2)
    const data = block.take(block.number(2))
    if (!extensions.has(id)) extensions.set(id, data)
  }
  return extensions
}

/** An extension by one of the library's parsers, which throw on damage; null then, or without it. */
function parsed<T>(
  extensions: ReadonlyMap<number, Buffer>,
  id: number,
  parse: (data: Buffer) => T,
): T | null {
  const data = extensions.get(id)
  if (data === undefined) return null
  try {
    return parse(data)
  } catch {
    return null
  }
}

function nameFrom(extensions: ReadonlyMap<number, Buffer>): string | null {
  const name = parsed(extensions, 0, extensionParsers[0])?.serverName
  return name === undefined ? null : printable(name, 255)
}

function versionsFrom(
  extensions: ReadonlyMap<number, Buffer>,
  legacyVersion: number,
): readonly number[] {
  const offered = parsed(extensions, 43, extensionParsers[43])?.versions
  if (offered === undefined) return [legacyVersion]
  return offered
    .filter((version) => !isGREASE(version))
    .slice(0, 16)
    .sort((one, other) => other - one)
}
