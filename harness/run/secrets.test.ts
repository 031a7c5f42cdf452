import { expect, test } from '@playwright/test'
import type { SecretSetup } from '../scenario/setup.ts'
import { makeSecrets } from './secrets.ts'

const WHITE = /^[\t\n\v\f\r ]|[\t\n\v\f\r ]$/

function made(over: Partial<SecretSetup> = {}): Buffer {
  const setup: SecretSetup = { scheme: 'standard-webhooks', bytes: 32, octets: 'random', ...over }
  const [first] = makeSecrets({ secrets: { first: setup } })
  if (first === undefined) throw new Error('no secret was made')
  return first.secret
}

test('every secret is another one, and none has by chance what a scenario may be about', () => {
  const many = Array.from({ length: 200 }, () => made())
  expect(new Set(many.map((one) => one.toString('hex'))).size).toBe(many.length)
  for (const secret of many) {
    expect(secret).toHaveLength(32)
    expect(secret.includes(0)).toBe(false)
    expect(secret.toString('latin1')).not.toMatch(WHITE)
  }
})

test('a secret is as long as asked for, and has the octets asked for', () => {
  expect(made({ bytes: 24 })).toHaveLength(24)
  expect(made({ octets: 'with-zero' }).indexOf(0)).toBe(3)
  expect(made({ octets: 'with-spaces' }).toString('latin1')).toMatch(/^\n.{30} $/s)
})

test('secrets keep the names and schemes of the scenario', () => {
  const setup = { bytes: 32, octets: 'random' } as const
  const secrets = makeSecrets({
    secrets: {
      first: { ...setup, scheme: 'standard-webhooks' },
      other: { ...setup, scheme: 'hmac-sha256' },
    },
  })
  expect(secrets.map(({ name, scheme }) => [name, scheme])).toEqual([
    ['first', 'standard-webhooks'],
    ['other', 'hmac-sha256'],
  ])
  expect(secrets[0]?.secret.equals(secrets[1]?.secret ?? Buffer.alloc(0))).toBe(false)
})
