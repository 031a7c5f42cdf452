import { expect, test } from '@playwright/test'
import { addressOctets, networkOctets } from './address.ts'

for (const [address, hex] of [
  ['127.0.0.1', '7f000001'],
  ['::', '00'.repeat(16)],
  ['::1', `${'00'.repeat(15)}01`],
  ['2001:db8::', `20010db8${'00'.repeat(12)}`],
  ['1:2:3:4:5:6:7:8', '00010002000300040005000600070008'],
  ['fe80::a:b', `fe80${'00'.repeat(10)}000a000b`],
  ['::ffff:192.0.2.1', `${'00'.repeat(10)}ffffc0000201`],
] as const) {
  test(`reads ${address}`, () => {
    expect(addressOctets(address).toString('hex')).toBe(hex)
  })
}

for (const [network, hex] of [
  ['127.0.0.0/8', '7f000000ff000000'],
  ['10.1.2.3', '0a010203ffffffff'],
  ['0.0.0.0/0', '0000000000000000'],
  ['192.0.2.128/25', 'c0000280ffffff80'],
  ['::/3', `${'00'.repeat(16)}e0${'00'.repeat(15)}`],
] as const) {
  test(`reads the network ${network}`, () => {
    expect(networkOctets(network).toString('hex')).toBe(hex)
  })
}

for (const wrong of [
  '',
  'localhost',
  '1.2.3',
  '1.2.3.4/',
  '1.2.3.4/33',
  '1.2.3.4/-1',
  '::/129',
  '1.2.3.4/8/8',
]) {
  test(`refuses ${JSON.stringify(wrong)}`, () => {
    expect(() => networkOctets(wrong)).toThrow()
  })
}
