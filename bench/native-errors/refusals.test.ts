import { expect, test } from '@playwright/test'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { packageRoot } from '../../harness/package-root.ts'
import { startWorkbench } from '../../harness/run/tool-session.ts'
import { nativesIn, refusalsFile, refusalsOfReference } from './refusals.ts'

test('at each refusal the platform of the reference says what was read beside the title', async () => {
  test.setTimeout(240_000)
  await using workbench = await startWorkbench({})
  const file = join(packageRoot, 'fixtures/dispatchers/reference/native-errors.yaml')
  expect(
    refusalsFile(await refusalsOfReference(workbench)),
    'run npm run native-errors, and read what changed: does it fit the title?',
  ).toBe(readFileSync(file, 'utf8'))
})

const EVENT = { at: 1, eventId: 'evt_1', eventSha256: '', payload: 'verbatim' } as const
const attempt = (native: string | null) =>
  ({ stage: 'tls', reason: 'pin.mismatch', status: null, native }) as const

test('a refusal is told by its last attempt, without keys, and once', () => {
  const pinned = attempt(`presented ${'A'.repeat(42)}/=`)
  expect(
    nativesIn([
      {
        kind: 'configured',
        at: 0,
        target: 'first',
        result: 'accepted',
        reason: null,
        unsupported: [],
      },
      {
        ...EVENT,
        kind: 'reply',
        disposition: 'refused',
        attempts: [attempt('ECONNRESET'), pinned],
      },
      { ...EVENT, kind: 'reply', disposition: 'refused', attempts: [pinned] },
      { ...EVENT, kind: 'reply', disposition: 'failed', attempts: [attempt('ECONNRESET')] },
      { ...EVENT, kind: 'reply', disposition: 'refused', attempts: [attempt(null)] },
    ]),
  ).toEqual(['presented …', 'pin.mismatch'])
  expect(
    nativesIn([
      {
        kind: 'configured',
        at: 0,
        target: 'first',
        result: 'refused',
        reason: 'client-certificate.unreadable',
        unsupported: [],
      },
    ]),
  ).toEqual(['config: client-certificate.unreadable'])
})

test('the file has a line for each, with the title', () => {
  const scenario = { id: 'a/one', title: 'Refuses one' }
  const text = refusalsFile([{ scenario, natives: ['names: none', 'CERT_HAS_EXPIRED'] }])
  expect(text.split('\n').slice(3)).toEqual([
    "a/one: 'names: none; CERT_HAS_EXPIRED' # Refuses one",
    '',
  ])
})
