import { expect, test } from '@playwright/test'
import { addressOf, connectionAt } from './connection-address.ts'

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
