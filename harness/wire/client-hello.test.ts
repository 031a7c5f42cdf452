import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import { connect, type ConnectionOptions } from 'node:tls'
import { expect, test } from '@playwright/test'
import { readClientHello } from './client-hello.ts'

/** The bytes of a ClientHello that Node sends. */
async function capture(options: ConnectionOptions): Promise<Buffer> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const port = (server.address() as AddressInfo).port
  const client = connect({ host: '127.0.0.1', port, ...options })
  client.on('error', () => undefined)
  const [socket] = (await once(server, 'connection')) as [Socket]
  const [bytes] = (await once(socket, 'data')) as [Buffer]
  client.destroy()
  socket.destroy()
  server.close()
  return bytes
}

/** A ClientHello by hand, in one record. */
function build(parts: {
  readonly sessionId?: Buffer
  readonly extensions?: readonly (readonly [id: number, data: Buffer])[]
}): Buffer {
  const extensions = (parts.extensions ?? []).map(([id, data]) =>
    Buffer.concat([u16(id), u16(data.length), data]),
  )
  const block = Buffer.concat(extensions)
  const sessionId = parts.sessionId ?? Buffer.alloc(0)
  const body = Buffer.concat([
    u16(0x0303),
    Buffer.alloc(32, 7),
    Buffer.of(sessionId.length),
    sessionId,
    u16(2),
    u16(0xc02f),
    Buffer.of(1, 0),
    ...(parts.extensions === undefined ? [] : [u16(block.length), block]),
  ])
  return record(Buffer.concat([Buffer.of(1, 0), u16(body.length), body]))
}

const u16 = (value: number): Buffer => Buffer.of(value >> 8, value & 0xff)
const record = (fragment: Buffer): Buffer =>
  Buffer.concat([Buffer.of(22, 3, 1), u16(fragment.length), fragment])

test('reads name, ALPN and versions of a TLS 1.3 client', async () => {
  const bytes = await capture({ servername: 'hooks.example', ALPNProtocols: ['h2', 'http/1.1'] })
  expect(readClientHello(bytes)).toEqual({
    state: 'read',
    hello: {
      serverName: 'hooks.example',
      alpn: ['h2', 'http/1.1'],
      versions: ['TLSv1.3', 'TLSv1.2'],
      session: 'none',
      earlyData: 'none',
      statusRequest: 'none',
    },
  })
})

test('a status_request of the kind ocsp asks for the status, and no other does', () => {
  const asking = (data: string) =>
    readClientHello(build({ extensions: [[5, Buffer.from(data, 'hex')]] }))
  expect(asking('0100000000')).toMatchObject({ hello: { statusRequest: 'asked' } })
  expect(asking('0200000000')).toMatchObject({ hello: { statusRequest: 'none' } })
  expect(asking('')).toMatchObject({ hello: { statusRequest: 'none' } })
})

test('a client without supported_versions offers the one version of its ClientHello', async () => {
  const bytes = await capture({ maxVersion: 'TLSv1.2' })
  expect(readClientHello(bytes)).toMatchObject({
    state: 'read',
    hello: { serverName: null, versions: ['TLSv1.2'], session: 'none' },
  })
})

test('the compatibility session id of TLS 1.3 is no earlier session, the id of TLS 1.2 is', () => {
  const sessionId = Buffer.alloc(32, 1)
  const both = [43, Buffer.from('0403040303', 'hex')] as const
  expect(readClientHello(build({ sessionId, extensions: [both] }))).toMatchObject({
    hello: { versions: ['TLSv1.3', 'TLSv1.2'], session: 'none' },
  })
  expect(readClientHello(build({ sessionId, extensions: [] }))).toMatchObject({
    hello: { versions: ['TLSv1.2'], session: 'offered' },
  })
})

test('a ticket, a pre-shared key and early data are offers; an empty ticket is none', () => {
  const session = (id: number, data: Buffer) => readClientHello(build({ extensions: [[id, data]] }))
  expect(session(35, Buffer.alloc(0))).toMatchObject({ hello: { session: 'none' } })
  expect(session(35, Buffer.alloc(9))).toMatchObject({ hello: { session: 'offered' } })
  expect(session(41, Buffer.alloc(9))).toMatchObject({ hello: { session: 'offered' } })
  expect(session(42, Buffer.alloc(0))).toMatchObject({
    hello: { session: 'none', earlyData: 'offered' },
  })
})

test('GREASE is not a version, and an unknown version is shown by its number', () => {
  const versions = [43, Buffer.from('068a8a03047f1c', 'hex')] as const
  expect(readClientHello(build({ extensions: [versions] }))).toMatchObject({
    hello: { versions: ['0x7f1c', 'TLSv1.3'] },
  })
})

test('a ClientHello without any extensions is one', () => {
  expect(readClientHello(build({}))).toMatchObject({
    state: 'read',
    hello: { serverName: null, versions: ['TLSv1.2'] },
  })
})

test('bytes that come one at a time are incomplete until the last', async () => {
  const bytes = await capture({ servername: 'hooks.example' })
  for (let length = 0; length < bytes.length; length++) {
    expect(readClientHello(bytes.subarray(0, length))).toEqual({ state: 'incomplete' })
  }
  expect(readClientHello(bytes).state).toBe('read')
})

test('a message in many records reads like one in one record', async () => {
  const bytes = await capture({ servername: 'hooks.example' })
  const message = bytes.subarray(5)
  const fragments: Buffer[] = []
  for (let offset = 0; offset < message.length; offset += 50) {
    fragments.push(record(message.subarray(offset, offset + 50)))
  }
  expect(fragments.length).toBeGreaterThan(3)
  expect(readClientHello(Buffer.concat(fragments))).toEqual(readClientHello(bytes))
})

test('what a name contains is escaped', () => {
  const name = Buffer.from('a\r\n<b>\u0000', 'latin1')
  const entry = Buffer.concat([Buffer.of(0), u16(name.length), name])
  const reading = readClientHello(
    build({ extensions: [[0, Buffer.concat([u16(entry.length), entry])]] }),
  )
  expect(reading).toMatchObject({ hello: { serverName: 'a\\x0d\\x0a<b>\\x00' } })
})

test('other protocols are not TLS, from the first byte that says so', () => {
  const notTls = [
    'POST / HTTP/1.1\r\n',
    'SSH-2.0-x',
    '\x15\x03\x01\x00\x02\x02\x28',
    '\x16\x02\x00\x00\x01',
    '\x16\x03\x01\x00\x00',
    '\x16\x03\x01\x00\x04\x02\x00\x00\x00',
  ]
  for (const text of notTls) {
    expect(readClientHello(Buffer.from(text, 'latin1')), text).toEqual({ state: 'not-tls' })
  }
})

test('a ClientHello that is damaged or too large is not TLS, and nothing throws', async () => {
  const bytes = await capture({ servername: 'hooks.example' })
  const large = Buffer.concat([Buffer.of(1, 2, 0, 0), Buffer.alloc(500)])
  expect(readClientHello(record(large)).state).toBe('not-tls')
  const states = new Set<string>()
  for (let round = 0; round < 2000; round++) {
    const damaged = Buffer.from(bytes)
    const noise = randomBytes(4)
    damaged[noise.readUInt16BE(0) % damaged.length] = noise.readUInt8(2)
    states.add(readClientHello(damaged).state)
  }
  expect([...states].sort()).toEqual(['incomplete', 'not-tls', 'read'])
})
