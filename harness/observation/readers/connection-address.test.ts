import { expect, test } from '@playwright/test'
import { addressOf, connectionAt, numberOfPort, standsForPort } from './connection-address.ts'

for (const [connection, address] of [
  [1, '127.0.0.1'],
  [255, '127.0.0.255'],
  [256, '127.0.1.0'],
  [65_536, '127.1.0.0'],
  [16_777_214, '127.255.255.254'],
] as const) {
  test(`connection ${connection} is ${address}, and back`, () => {
    expect(addressOf(connection)).toBe(address)
    expect(connectionAt(address)).toBe(connection)
  })
}

test('numbers begin again before the broadcast address', () => {
  expect(addressOf(16_777_215)).toBe('127.0.0.1')
})

for (const address of [
  '',
  '172.17.0.1',
  '127.0.0.0',
  '127.255.255.255',
  '127.0.0.256',
  '127.0.0',
  'unix:',
]) {
  test(`"${address}" stands for no connection`, () => {
    expect(connectionAt(address)).toBeNull()
  })
}

for (const [port, address] of [
  [1024, '127.240.10.24'],
  [9999, '127.240.99.99'],
  [10_000, '127.241.0.0'],
  [54_321, '127.245.43.21'],
  [65_535, '127.246.55.35'],
] as const) {
  test(`a connection that is known by port ${port} alone is called ${address}`, () => {
    const number = numberOfPort(port)
    expect(number).toBe(connectionAt(address))
    expect(standsForPort(number ?? 0)).toBe(true)
  })
}

test('no number of a worker is one of a port, and no other port has a number', () => {
  // The last of the last claim (claim.ts).
  expect(standsForPort(60 * 2 ** 18)).toBe(false)
  for (const port of [0, 1023, 65_536, 1.5, Number.NaN]) expect(numberOfPort(port)).toBeNull()
})
