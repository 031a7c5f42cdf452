import { expect, test } from '@playwright/test'
import { createTokenKey, TokenBook, type TokenClaims } from './tokens.ts'

const CLAIMS: TokenClaims = {
  issuer: 'https://localhost/r/1',
  clientId: 'hooks',
  scope: 'hooks.write',
  boundTo: null,
  binding: 'not-expected',
  lifetimeSeconds: 60,
}

test('remembers a bounded number of tokens, the latest', async () => {
  const book = new TokenBook(await createTokenKey(), () => new Date(), 2)
  const first = await book.issue(CLAIMS)
  const second = await book.issue(CLAIMS)
  expect(await book.find(first)).toMatchObject({ clientId: 'hooks' })
  const third = await book.issue(CLAIMS)
  expect(await book.find(first)).toBe('unknown')
  expect(await book.find(second)).toMatchObject({ ...CLAIMS })
  expect(await book.find(third)).toMatchObject({ ...CLAIMS })
})

test('writes the whole seconds that a token begins and ends in', async () => {
  const book = new TokenBook(await createTokenKey(), () => new Date(1_700_000_000_999))
  const [, payload = ''] = (await book.issue(CLAIMS)).split('.')
  const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString())
  expect(claims).toMatchObject({ iat: 1_700_000_000, exp: 1_700_000_060 })
})
