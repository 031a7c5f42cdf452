import { connect } from 'node:net'
import { expect, test } from '@playwright/test'
import { material } from '../../endpoint/test-support.ts'
import type { OriginAnswer } from '../../scenario/setup.ts'
import { readProxyHeader } from './proxy-header.ts'
import { originSetup, seen, site, startTestBackend } from './test-support.ts'

const SECRET = 'what-haproxy-knows'

/** As HAProxy 2.6 writes it: 127.0.0.45 went to slot 20001. */
function header(uniqueId: string): Buffer {
  const value = Buffer.from(uniqueId)
  const fixed = Buffer.from('0d0a0d0a000d0a515549540a2111', 'hex')
  const addresses = Buffer.from([127, 0, 0, 45, 127, 0, 0, 1, 0xb5, 0x52, 0x4e, 0x21])
  const lengths = Buffer.alloc(5)
  lengths.writeUInt16BE(addresses.length + 3 + value.length)
  lengths.writeUInt8(5, 2)
  lengths.writeUInt16BE(value.length, 3)
  return Buffer.concat([fixed, lengths.subarray(0, 2), addresses, lengths.subarray(2), value])
}

/** Sends these portions, each after the one before was flushed, and gives what came until the end. */
function exchange(port: number, portions: readonly (Buffer | string)[]): Promise<string> {
  return new Promise((resolve) => {
    let read = ''
    const socket = connect({ host: '127.0.0.1', port, noDelay: true })
    socket.setEncoding('latin1')
    socket.on('data', (text: string) => (read += text))
    socket.on('error', () => undefined)
    socket.once('close', () => {
      resolve(read)
    })
    const [first = '', ...rest] = portions
    const send = (portion: Buffer | string, left: readonly (Buffer | string)[]): void => {
      socket.write(portion, () => {
        const [next, ...others] = left
        if (next !== undefined) setTimeout(send, 20, next, others)
      })
    }
    send(first, rest)
  })
}

const request = (path: string): string =>
  `POST ${path} HTTP/1.1\r\nHost: x\r\nHookproof-Slot: 7\r\nContent-Length: 2\r\n\r\n{}`

const HEAD_CUT_OFF: readonly OriginAnswer[] = [{ kind: 'truncated-head' }]

test('what is cut off arrives as it was written, and the request is on record as it was sent', async () => {
  await using up = await startTestBackend({ bytesPort: 0, trafficSecret: SECRET })
  const { sha256 } = (await material()).get('dispatcher')
  const setup = originSetup({
    policy: { identity: 'mutual-tls', bearer: 'none' },
    answers: HEAD_CUT_OFF,
  })
  await using hooks = await up.client.startSite(site({ setup }))
  const good = header(`${SECRET} ${sha256.toUpperCase()}`)
  const whole = Buffer.concat([good, Buffer.from(request(hooks.path))])
  for (const portions of [
    [whole],
    [good, request(hooks.path)],
    [whole.subarray(0, 5), whole.subarray(5, 40), whole.subarray(40)],
  ]) {
    expect(await exchange(up.backend.bytesPort, portions)).toMatch(
      /^HTTP\/1\.1 200 OK\r\n.*Content-Length: 100$/s,
    )
  }
  const requests = seen(await hooks.records(), 'request')
  expect(requests).toMatchObject(
    Array.from({ length: 3 }, () => ({ connection: 45, bodyBytes: 2, by: 'origin' })),
  )
  expect(Object.keys(requests[0]?.headers ?? {})).toContain('hookproof-slot')
})

test('one answer ends the connection, whatever comes behind the request', async () => {
  await using up = await startTestBackend({ bytesPort: 0 })
  await using hooks = await up.client.startSite(site())
  const two = request(hooks.path) + request(hooks.path)
  const read = await exchange(up.backend.bytesPort, [header('- -'), two])
  expect(read.match(/HTTP\/1\.1 204/g)).toHaveLength(1)
  expect(seen(await hooks.records(), 'request')).toHaveLength(1)
})

test('who does not know the secret, or says nothing, gets no answer and is a stray', async () => {
  await using up = await startTestBackend({ bytesPort: 0, trafficSecret: SECRET })
  await using hooks = await up.client.startSite(site())
  const { bytesPort } = up.backend
  for (const first of [header('wrong -'), header(''), 'GET / HTTP/1.1\r\n\r\n']) {
    expect(await exchange(bytesPort, [first, request(hooks.path)])).toBe('')
  }
  expect(seen(await hooks.records(), 'request')).toEqual([])
})

test('a header is read when it is whole, and nothing else is taken for one', () => {
  const whole = header('a b')
  for (let length = 0; length < whole.length; length++) {
    expect(readProxyHeader(whole.subarray(0, length)), `${length}`).toEqual({ state: 'incomplete' })
  }
  expect(readProxyHeader(Buffer.concat([whole, Buffer.from('POST')]))).toEqual({
    state: 'read',
    header: {
      source: '127.0.0.45',
      destinationPort: 20_001,
      uniqueId: 'a b',
      length: whole.length,
    },
  })
  expect(readProxyHeader(Buffer.from('GET / HTTP/1.1')).state).toBe('none')
  const local = Buffer.from(whole)
  local.writeUInt8(0x20, 12)
  expect(readProxyHeader(local).state).toBe('none')
  const huge = Buffer.from(whole)
  huge.writeUInt16BE(60_000, 14)
  expect(readProxyHeader(huge).state).toBe('none')
  const damaged = Buffer.from(whole)
  damaged.writeUInt16BE(50, 29)
  expect(readProxyHeader(damaged)).toMatchObject({ header: { uniqueId: '' } })
})
