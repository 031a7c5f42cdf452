import { expect, test } from '@playwright/test'
import { generateKeyPairSync } from 'node:crypto'
import { escapeControls, Redactor } from './redactor.ts'

const PEM = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({
  type: 'pkcs8',
  format: 'pem',
}) as string

test('private keys are redacted wherever they came from, whole or cut off', () => {
  const redactor = new Redactor()
  expect(redactor.clean(`before ${PEM} after`)).toMatch(/^before \[redacted\].* after$/)
  expect(redactor.clean(JSON.stringify({ key: PEM }))).toBe('{"key":"[redacted]\\n"}')
  expect(redactor.clean(`before ${PEM.slice(0, 90)}`)).toBe('before [redacted]')
})

test('a key that was sent is recognised line by line', () => {
  const redactor = new Redactor()
  redactor.learn({
    url: 'https://localhost/',
    client_certificate: { format: 'pem', chain_pem: '', key_pem: PEM },
  })
  for (const line of PEM.split('\n').filter((one) => one !== '' && !one.startsWith('-----'))) {
    expect(redactor.clean(`got ${line} there`)).toBe('got [redacted] there')
  }
})

test('a secret is recognised in every usual spelling', () => {
  const redactor = new Redactor()
  const secret = Buffer.from('shared secret of ours')
  const previous = Buffer.from('the one before it, which signs as well')
  redactor.learn({
    url: 'https://localhost/',
    signature: {
      scheme: 'standard-webhooks',
      secret_b64: secret.toString('base64'),
      previous_secret_b64: previous.toString('base64'),
    },
  })
  for (const spelling of ['utf8', 'hex', 'base64', 'base64url'] as const) {
    expect(redactor.clean(`<${secret.toString(spelling)}>`)).toBe('<[redacted]>')
    expect(redactor.clean(`<${previous.toString(spelling)}>`)).toBe('<[redacted]>')
  }
})

test('a secret that contains another leaves no rest', () => {
  const redactor = new Redactor()
  for (const passphrase of ['horse', 'horse-battery']) {
    redactor.learn({
      url: 'https://localhost/',
      client_certificate: { format: 'jks', data_b64: '', passphrase },
    })
  }
  expect(redactor.clean('it was horse-battery')).toBe('it was [redacted]')
})

test('tokens and credentials are redacted by their looks', () => {
  const redactor = new Redactor()
  expect(redactor.clean('authorization: Bearer abcdefgh.ijkl')).toBe(
    'authorization: Bearer [redacted]',
  )
  expect(redactor.clean('token eyJhbGciOiJIUzI1NiJ9.eyJhIjoxfQ.c2ln')).toBe('token [redacted]')
})

test('quotes are bounded and harmless, and lines stay lines where they may', () => {
  const redactor = new Redactor()
  expect(redactor.clean('x'.repeat(1_000_000))).toHaveLength(300)
  expect(redactor.clean('\u0000'.repeat(1_000)).length).toBeLessThanOrEqual(300)
  expect(redactor.clean('a\nb\r\u001b[31m\u202e\u{1F600}')).toBe(
    'a\\nb\\r\\u{1b}[31m\\u{202e}\u{1F600}',
  )
  expect(redactor.cleanLines('a\tb\n\u001bc\n')).toBe('a\tb\n\\u{1b}c\n')
  expect(escapeControls('\uD800')).toBe('\\u{d800}')
})
