import { expect, test } from '@playwright/test'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { hookproof } from './run-for-tests.ts'

/** Says on stderr what it is told, answers a little later, and fails at every delivery. */
const WORDY = `
import { createInterface } from 'node:readline'
const say = (message) => process.stdout.write(JSON.stringify(message) + '\\n')
const hello = {
  protocol: 1,
  dispatcher: { name: 'wordy', version: '1' },
  capabilities: ['client-certificate.pem', 'trust.private-ca'],
  limits: { max_parallel: 1 },
  payload: 'verbatim',
}
for await (const line of createInterface({ input: process.stdin })) {
  const { id, cmd, config } = JSON.parse(line)
  if (cmd === 'hello') say({ id, ...hello, now: new Date().toISOString() })
  if (cmd === 'configure') {
    process.stderr.write('the key: ' + config.client_certificate.key_pem + '\\n')
    setTimeout(() => say({ id, ok: true }), 100)
  }
  if (cmd === 'deliver') {
    process.stderr.write('my \\u001b[31mqueue is full\\n')
    setTimeout(() => say({ id, errored: 'no queue' }), 100)
  }
  if (cmd === 'bye') process.exit(0)
}
`

test('shows what the adapter wrote on stderr beside a scenario that did not pass, and keeps it out of the report', async () => {
  test.setTimeout(120_000)
  const { status, output, folder } = await hookproof(
    ['certify', '--dispatcher', 'node wordy.mjs', '--grep', 'server-trust/control:'],
    { files: { 'wordy.mjs': WORDY } },
  )
  expect(status, output).toBe(3)
  expect(output).toContain('[configure]\n    the key: [redacted]\n')
  expect(output).toContain('[deliver]\n    my \\u{1b}[31mqueue is full\n')
  expect(output).not.toContain('PRIVATE KEY')
  const report = readFileSync(join(folder, 'conformance-report/report.json'), 'utf8')
  expect(report).toContain('no queue')
  expect(report).not.toContain('queue is full')
})
