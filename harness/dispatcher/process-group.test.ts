import { expect, test } from '@playwright/test'
import { once } from 'node:events'
import { startProcess } from './process-group.ts'

test('a dispatcher inherits the environment, but no variable of the run', async () => {
  process.env['HOOKPROOF_RUN_FOLDER_OF_A_TEST'] = '/where/keys/are'
  process.env['ORDINARY_OF_A_TEST'] = 'inherited'
  const print = 'process.stdout.write(JSON.stringify(process.env))'
  const started = await startProcess([process.execPath, '-e', print], {
    cwd: process.cwd(),
    env: { GIVEN_OF_A_TEST: 'given' },
  })
  let text = ''
  started.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()))
  await once(started.stdout, 'end')
  const seen = JSON.parse(text) as Record<string, string>
  expect(seen).toMatchObject({ ORDINARY_OF_A_TEST: 'inherited', GIVEN_OF_A_TEST: 'given' })
  expect(Object.keys(seen).filter((name) => name.startsWith('HOOKPROOF_'))).toEqual([])
})
