import { expect, test } from '@playwright/test'
import { AlertWatch } from './alert-watch.ts'

const handshake = Buffer.from('160303000401000000', 'hex')
const clearAlert = Buffer.from('15030300020230', 'hex')
const encryptedAlert = Buffer.concat([Buffer.from('150303001a', 'hex'), Buffer.alloc(26, 48)])
const applicationData = Buffer.concat([Buffer.from('1703030015', 'hex'), Buffer.alloc(21, 0x15)])

function alertsIn(chunks: readonly Buffer[]): readonly number[] {
  const seen: number[] = []
  const watch = new AlertWatch((number) => seen.push(number))
  for (const chunk of chunks) watch.watch(chunk)
  return seen
}

test('sees an alert in the clear between other records', () => {
  expect(alertsIn([Buffer.concat([handshake, clearAlert, handshake, clearAlert])])).toEqual([
    48, 48,
  ])
})

test('sees it however the bytes are portioned', () => {
  const bytes = Buffer.concat([handshake, clearAlert, applicationData, clearAlert])
  for (let size = 1; size < bytes.length; size++) {
    const chunks: Buffer[] = []
    for (let offset = 0; offset < bytes.length; offset += size) {
      chunks.push(bytes.subarray(offset, offset + size))
    }
    expect(alertsIn(chunks), `portions of ${size}`).toEqual([48, 48])
  }
})

test('does not take an encrypted alert or application data for one', () => {
  expect(alertsIn([encryptedAlert, applicationData])).toEqual([])
})

test('stops looking once the bytes are not TLS', () => {
  expect(alertsIn([Buffer.from('HTTP/1.1 400'), clearAlert])).toEqual([])
  expect(alertsIn([handshake, Buffer.from('junk'), clearAlert])).toEqual([])
})
