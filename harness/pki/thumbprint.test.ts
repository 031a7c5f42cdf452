import { createHash, X509Certificate } from 'node:crypto'
import { expect, test } from '@playwright/test'
import { newPki, path } from './test-support.ts'
import { sha256Hex, spkiPin, x5tS256 } from './thumbprint.ts'

test('computes the thumbprint of the published example', () => {
  // RFC 8705 appendix A: the certificate and the x5t#S256 that goes with it.
  const certificate = new X509Certificate(`-----BEGIN CERTIFICATE-----
MIIBBjCBrAIBAjAKBggqhkjOPQQDAjAPMQ0wCwYDVQQDDARtdGxzMB4XDTE4MTAx
ODEyMzcwOVoXDTIyMDUwMjEyMzcwOVowDzENMAsGA1UEAwwEbXRsczBZMBMGByqG
SM49AgEGCCqGSM49AwEHA0IABNcnyxwqV6hY8QnhxxzFQ03C7HKW9OylMbnQZjjJ
/Au08/coZwxS7LfA4vOLS9WuneIXhbGGWvsDSb0tH6IxLm8wCgYIKoZIzj0EAwID
SQAwRgIhAP0RC1E+vwJD/D1AGHGzuri+hlV/PpQEKTWUVeORWz83AiEA5x2eXZOV
bUlJSGQgjwD5vaUaKlLR50Q2DmFfQj1L+SY=
-----END CERTIFICATE-----`)
  expect(x5tS256(certificate.raw)).toBe('A4DtL2JmUMhAsvJj5tKyn64SqzmuXbMrJa0n761y5v0')
  expect(sha256Hex(certificate.raw)).toBe(
    Buffer.from(x5tS256(certificate.raw), 'base64url').toString('hex'),
  )
})

for (const key of ['ec-p256', 'rsa-1024', 'ed25519'] as const) {
  test(`pins the same from an ${key} key and from its certificate`, async () => {
    const { privateKey, x509, spkiPin: pin } = (await newPki().issue(path({ key }))).get('endpoint')
    if (x509 === null) throw new Error('Node cannot read it')
    expect(spkiPin(x509)).toBe(pin)
    expect(spkiPin(x509.publicKey)).toBe(pin)
    const pem = x509.publicKey.export({ type: 'spki', format: 'pem' }).toString()
    const der = Buffer.from(pem.replace(/-----[^-]+-----|\s/g, ''), 'base64')
    expect(createHash('sha256').update(der).digest('base64')).toBe(pin)
    expect(x509.checkPrivateKey(privateKey)).toBe(true)
  })
}
