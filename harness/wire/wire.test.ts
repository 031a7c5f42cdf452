import { once } from 'node:events'
import { connect } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { expect, test } from '@playwright/test'
import type { Observation } from '../observation/types.ts'
import type { WireFault } from '../scenario/setup.ts'
import { closings, dial, start, startSlot, textOf } from './test-support.ts'

test('passes bytes and FIN on, in both directions, half-closed in between', async () => {
  await using target = await startSlot()
  await using started = await start(target)
  const { wire, ledger } = started
  const client = dial(wire.port)
  client.end('question')
  const served = await target.next()
  const localPort = served.remotePort
  expect(await textOf(served)).toBe('question')
  served.end('answer after the FIN')
  expect(await textOf(client)).toBe('answer after the FIN')
  await wire.settle(2000)
  expect(wire.open).toBe(0)
  expect(closings(ledger)).toMatchObject([
    {
      by: 'dispatcher',
      how: 'fin',
      bytesFromDispatcher: 8,
      bytesToDispatcher: 20,
      decryptedBytes: 7,
    },
  ])
  expect(target.admitted).toEqual([{ localPort, connection: 1 }])
})

test('passes a reset of the dispatcher on as a reset', async () => {
  await using target = await startSlot()
  await using started = await start(target)
  const { wire, ledger } = started
  const client = dial(wire.port)
  client.write('half a requ')
  const served = await target.next()
  served.resume()
  const [first] = (await once(served, 'data')) as [Buffer]
  client.resetAndDestroy()
  const [error] = (await once(served, 'error')) as [NodeJS.ErrnoException]
  expect([first.toString(), error.code]).toEqual(['half a requ', 'ECONNRESET'])
  await wire.settle(2000)
  expect(closings(ledger)).toMatchObject([
    { by: 'dispatcher', how: 'reset', bytesFromDispatcher: 11 },
  ])
})

test('passes a reset of the endpoint on as a reset', async () => {
  await using target = await startSlot()
  await using started = await start(target)
  const { wire, ledger } = started
  const client = dial(wire.port)
  client.write('question')
  client.resume()
  const served = await target.next()
  served.resetAndDestroy()
  const [error] = (await once(client, 'error')) as [NodeJS.ErrnoException]
  expect(error.code).toBe('ECONNRESET')
  await wire.settle(2000)
  expect(closings(ledger)).toMatchObject([{ by: 'endpoint', how: 'reset' }])
})

test('an endpoint that closes first is said to have', async () => {
  await using target = await startSlot()
  await using started = await start(target)
  const { wire, ledger } = started
  const client = dial(wire.port)
  client.write('question')
  const served = await target.next()
  served.end()
  served.resume()
  expect(await textOf(client)).toBe('')
  client.end()
  await wire.settle(2000)
  expect(closings(ledger)).toMatchObject([{ by: 'endpoint', how: 'fin' }])
})

test('takes from the dispatcher no more than the slot reads', async () => {
  await using target = await startSlot()
  await using started = await start(target)
  const { wire, ledger } = started
  const client = dial(wire.port)
  const chunk = Buffer.alloc(1024 * 1024)
  const total = 64
  let flushed = 0
  for (let count = 0; count < total; count++) client.write(chunk, () => flushed++)
  client.end()
  const served = await target.next()
  // With the slot not reading, the kernel's buffers fill and the writes come to rest.
  let before = -1
  await expect
    .poll(
      () => {
        const isAtRest = flushed === before
        before = flushed
        return isAtRest
      },
      { intervals: [100] },
    )
    .toBe(true)
  expect(flushed).toBeLessThan(total / 2)
  let length = 0
  served.on('data', (part: Buffer) => (length += part.length))
  served.resume()
  await once(served, 'end')
  served.end()
  client.resume()
  expect(length).toBe(total * chunk.length)
  await wire.settle(2000)
  expect(closings(ledger)).toMatchObject([{ bytesFromDispatcher: total * chunk.length }])
})

test('new connections go where the wire points, open ones stay', async () => {
  await using one = await startSlot('one')
  await using two = await startSlot('two')
  await using started = await start(one)
  const { wire, ledger } = started
  const first = dial(wire.port)
  first.write('a')
  const servedFirst = await one.next()
  wire.point(two.slot, 'none')
  const second = dial(wire.port)
  second.write('b')
  const servedSecond = await two.next()
  first.end('c')
  second.end()
  expect(await textOf(servedFirst)).toBe('ac')
  expect(await textOf(servedSecond)).toBe('b')
  const slots = ledger.observations().filter(({ kind }) => kind === 'connection-opened')
  expect(slots).toMatchObject([
    { slot: 'one', connection: 1 },
    { slot: 'two', connection: 2 },
  ])
})

test('what is not TLS is quoted, one line and bounded, and not let through to a TLS slot', async () => {
  await using target = await startSlot('tls', 'tls')
  await using started = await start(target)
  const { wire, ledger } = started
  const client = dial(wire.port)
  client.end(`POST /${'x'.repeat(200)} HTTP/1.1\r\nAuthorization: Bearer secret\r\n\r\n`)
  expect(await textOf(client)).toBe('')
  await wire.settle(2000)
  const [quoted] = ledger.observations().filter((one) => one.kind === 'not-tls')
  expect(quoted?.preview).toMatch(/^POST \/x{74}…$/)
  expect(target.admitted).toEqual([])
  expect(closings(ledger)).toMatchObject([{ by: 'endpoint', how: 'fin', decryptedBytes: 0 }])
})

const faults: readonly (readonly [WireFault, string, Partial<Observation>])[] = [
  ['reset-on-client-hello', 'ECONNRESET', { by: 'endpoint', how: 'reset' }],
  ['close-on-client-hello', 'ECONNRESET', { by: 'endpoint', how: 'fin' }],
  ['plaintext-answer', 'ERR_SSL_WRONG_VERSION_NUMBER', { by: 'endpoint', how: 'fin' }],
]
for (const [fault, code, closing] of faults) {
  test(`fault ${fault}: a TLS client sees ${code}, the slot sees nothing`, async () => {
    await using target = await startSlot('tls', 'tls')
    await using started = await start(target, { fault })
    const { wire, ledger } = started
    const client = connectTls({ port: wire.port, host: '127.0.0.1', rejectUnauthorized: false })
    const [error] = (await once(client, 'error')) as [NodeJS.ErrnoException]
    expect(error.code).toBe(code)
    await wire.settle(4000)
    expect(
      ledger
        .observations()
        .map(({ kind }) => kind)
        .slice(0, 2),
    ).toEqual(['connection-opened', 'client-hello'])
    expect(closings(ledger)).toMatchObject([{ ...closing, decryptedBytes: 0 }])
    expect(target.admitted).toEqual([])
  })
}

test('fault stall: nothing comes until the dispatcher gives up', async () => {
  await using target = await startSlot('tls', 'tls')
  await using started = await start(target, { fault: 'stall' })
  const { wire, ledger } = started
  const client = connectTls({ port: wire.port, host: '127.0.0.1', rejectUnauthorized: false })
  client.on('error', () => undefined)
  await expect.poll(() => ledger.observations().map(({ kind }) => kind)).toContain('client-hello')
  await wire.settle(50)
  expect([wire.open, client.bytesRead]).toEqual([1, 0])
  client.destroy()
  await wire.settle(2000)
  expect(closings(ledger)).toMatchObject([{ by: 'dispatcher', bytesToDispatcher: 0 }])
})

test('localhost is reached on both loopback addresses, on one port', async () => {
  await using target = await startSlot()
  await using started = await start(target, { host: 'localhost' })
  const { wire } = started
  for (const host of ['127.0.0.1', '::1']) {
    const client = dial(wire.port, host)
    client.end(host)
    const served = await target.next()
    expect(await textOf(served)).toBe(host)
    served.end()
    client.destroy()
  }
})

test('disposing closes what is open, in the name of the harness, at once', async () => {
  await using target = await startSlot()
  const { wire, ledger } = await start(target)
  const client = dial(wire.port)
  client.resume().write('hello')
  await target.next()
  const idle = dial(wire.port).resume()
  await expect.poll(() => wire.open).toBe(2)
  const began = performance.now()
  await wire[Symbol.asyncDispose]()
  expect(performance.now() - began).toBeLessThan(500)
  expect(closings(ledger)).toMatchObject([
    { by: 'harness', bytesFromDispatcher: 0 },
    { by: 'harness', bytesFromDispatcher: 5 },
  ])
  for (const socket of [client, idle]) if (!socket.readableEnded) await once(socket, 'end')
  await expect(once(connect(wire.port, '127.0.0.1'), 'connect')).rejects.toThrow('ECONNREFUSED')
})

test('a slot that is gone is a fault of the harness', async () => {
  const target = await startSlot()
  await using started = await start(target)
  const { wire, ledger } = started
  await target[Symbol.asyncDispose]()
  const client = dial(wire.port)
  client.resume().write('x')
  await once(client, 'end')
  await wire.settle(2000)
  const [fault] = ledger.observations().filter((one) => one.kind === 'harness-fault')
  expect(fault?.detail).toContain('could not reach slot slot')
})

test('the connection after the two hundredth open one is reset, and another may come later', async () => {
  await using target = await startSlot()
  await using started = await start(target)
  const { wire, ledger } = started
  const clients = Array.from({ length: 200 }, () => dial(wire.port))
  await expect.poll(() => wire.open).toBe(200)
  const refused = dial(wire.port)
  const [error] = (await once(refused.resume(), 'error')) as [NodeJS.ErrnoException]
  expect(error.code).toBe('ECONNRESET')
  await expect.poll(() => closings(ledger)).toMatchObject([{ by: 'harness', how: 'reset' }])
  for (const client of clients) client.destroy()
  await wire.settle(5000)
  const next = dial(wire.port)
  next.end('still here')
  expect(await textOf(await target.next())).toBe('still here')
})
