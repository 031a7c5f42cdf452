import { createPublicKey, generateKeyPairSync } from 'node:crypto'
import { expect, test } from '@playwright/test'
import { keyIdentity, spkiPin } from './thumbprint.ts'

test('an EC key is the same key in each encoding of its point, and RSA keys are what they are', () => {
  const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' })
  const odd = (Buffer.from(y, 'base64url').at(-1) ?? 0) & 1
  const head = Buffer.from('3039301306072a8648ce3d020106082a8648ce3d030107032200', 'hex')
  const compressed = createPublicKey({
    key: Buffer.concat([head, Buffer.of(2 + odd), Buffer.from(x, 'base64url')]),
    format: 'der',
    type: 'spki',
  })
  expect(compressed.equals(publicKey)).toBe(true)
  expect(spkiPin(compressed)).not.toBe(spkiPin(publicKey))
  expect(keyIdentity(compressed)).toBe(keyIdentity(publicKey))
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey
  expect(keyIdentity(rsa)).toBe(spkiPin(rsa))
})
