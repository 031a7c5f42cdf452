import { expect, test } from '@playwright/test'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { StartedAdapter } from './adapter.ts'
import { parseDispatcher } from './description.ts'
import { memoryRestartBudget } from './restart-budget.ts'
import { startAdapter } from './start.ts'
import { CONFIG, EVENT, isRunning, temporaryFolder } from './test-support.ts'

const COMMAND = [
  '{url}',
  ['--ca', '{ca}'],
  ['--cert', '{cert}', ['--key', '{key}']],
  '--type={content_type}',
  ['--max-time', '{timeout_s}'],
  '@{body}',
]

/** Describes a program of ours in a file, as a user would, and starts it. */
function start(
  folder: string,
  program: string,
  fields: { readonly exec?: object; readonly reasons?: object; readonly env?: object } = {},
): Promise<StartedAdapter> {
  writeFileSync(join(folder, 'send.cjs'), program)
  const { exec, ...others } = fields
  const command = [process.execPath, 'send.cjs', ...COMMAND]
  const description = {
    carrier: 'exec',
    exec: { name: 'tiny', version: '1.0', command, ...exec },
    ...others,
  }
  writeFileSync(join(folder, 'dispatcher.json'), JSON.stringify(description))
  return startAdapter(parseDispatcher('dispatcher.json', folder), {
    env: { FROM_TEST: 'yes' },
    restarts: memoryRestartBudget(0),
    deadlines: { deliverGrace: 50 },
    cwd: '/',
  })
}

/** Writes down how it was called, with the contents and modes of the files it was given. */
const NOTES = `
const fs = require('node:fs')
const files = Object.fromEntries(process.argv.slice(2).map((one) => one.replace(/^@/, '')).filter((one) => fs.existsSync(one))
  .map((one) => [one, { mode: (fs.statSync(one).mode & 0o777).toString(8), text: fs.readFileSync(one, 'utf8') }]))
fs.writeFileSync('notes.json', JSON.stringify({ argv: process.argv.slice(2), files, env: process.env.FROM_TEST + process.env.MINE, stdin: fs.readFileSync(0, 'utf8') }))
`

interface Notes {
  readonly argv: readonly string[]
  readonly files: Readonly<Record<string, { readonly mode: string; readonly text: string }>>
  readonly env: string
  readonly stdin: string
}

function notesIn(folder: string): Notes {
  return JSON.parse(readFileSync(join(folder, 'notes.json'), 'utf8')) as Notes
}

test('the program gets values and private files, which are gone afterwards', async () => {
  using folder = temporaryFolder()
  await using adapter = await start(folder.path, NOTES, { env: { MINE: '!' } })
  expect(adapter.hello).toMatchObject({
    name: 'tiny',
    version: '1.0',
    capabilities: ['client-certificate.pem', 'trust.private-ca'],
    limits: { maxParallel: 1 },
    payload: 'verbatim',
  })
  const config = { ...CONFIG, timeout_ms: 1_500 }
  expect(await adapter.configure('t-1', config)).toMatchObject({ reply: { result: 'accepted' } })
  expect(await adapter.deliver('t-1', EVENT, 2_000)).toEqual({
    outcome: 'ok',
    reply: {
      disposition: 'delivered',
      attempts: [{ stage: 'response', reason: null, status: null, native: 'exit 0' }],
    },
    stderr: '',
    told: [],
  })
  const { argv, files, env, stdin } = notesIn(folder.path)
  const named = (name: string): string => argv.find((one) => one.endsWith(`/${name}`)) ?? ''
  const body = named('body')
  expect(argv).toEqual([
    CONFIG.url,
    '--ca',
    named('ca'),
    '--cert',
    named('cert'),
    '--key',
    named('key'),
    '--type=application/json',
    '--max-time',
    '1.5',
    body,
  ])
  expect(body).toMatch(/^@/)
  expect(Object.values(files).map(({ mode }) => mode)).toEqual(['600', '600', '600', '600'])
  expect(files[body.slice(1)]?.text).toBe('{"id":"evt_1"}')
  expect(files[named('ca')]?.text).toBe(CONFIG.trust_anchors_pem)
  expect({ env, stdin }).toEqual({ env: 'yes!', stdin: '' })
  expect(Object.keys(files).filter((path) => existsSync(path))).toEqual([])
})

test('CRLs are a file like the others, for a program that can look them up', async () => {
  using folder = temporaryFolder()
  const command = [process.execPath, 'send.cjs', ...COMMAND, ['--crl', '{crls}']]
  const capabilities = ['client-certificate.pem', 'trust.private-ca', 'trust.crl']
  await using adapter = await start(folder.path, NOTES, { exec: { command, capabilities } })
  const config = { ...CONFIG, crls_pem: '-----BEGIN X509 CRL-----' }
  expect(await adapter.configure('t-1', config)).toMatchObject({ reply: { result: 'accepted' } })
  await adapter.deliver('t-1', EVENT, 2_000)
  const { argv, files } = notesIn(folder.path)
  const path = argv.at(-1) ?? ''
  expect(argv.at(-2)).toBe('--crl')
  expect(files[path]).toEqual({ mode: '600', text: config.crls_pem })
})

test('a group is left out where the target has nothing for it', async () => {
  using folder = temporaryFolder()
  await using adapter = await start(folder.path, NOTES)
  await adapter.configure('t-1', { url: 'https://localhost/a' })
  await adapter.deliver('t-1', EVENT, 2_000)
  expect(notesIn(folder.path).argv).toHaveLength(3)
  await adapter.configure('t-1', {
    url: 'https://localhost/b',
    client_certificate: { format: 'pem', chain_pem: 'certificate without key' },
  })
  await adapter.deliver('t-1', EVENT, 2_000)
  const { argv } = notesIn(folder.path)
  expect(argv).toContain('--cert')
  expect(argv).not.toContain('--key')
  expect(argv[0]).toBe('https://localhost/b')
})

test('a placeholder outside a group that has no value is said at configure', async () => {
  using folder = temporaryFolder()
  const command = [process.execPath, 'send.cjs', '{url}', '{ca}', '{cert}', '{key}', '{body}']
  await using adapter = await start(folder.path, NOTES, { exec: { command } })
  const outcome = await adapter.configure('t-1', { url: 'https://localhost/' })
  expect(outcome).toMatchObject({ outcome: 'fault', fault: 'errored' })
  expect(outcome).toHaveProperty('detail', expect.stringContaining('[--option, "{ca}"]'))
  expect(await adapter.deliver('t-1', EVENT, 1_000)).toMatchObject({ fault: 'errored' })
})

const REASONS = {
  7: { reason: 'net.refused' },
  60: [
    { stderr: 'has expired', reason: 'server-certificate.expired' },
    { stderr: '(60)', reason: 'unspecified', stage: 'tls', disposition: 'refused' },
  ],
}
const ENDINGS: readonly (readonly [code: string, attempt: object, disposition: string])[] = [
  ['process.exit(7)', { stage: 'tcp', reason: 'net.refused', native: 'exit 7' }, 'failed'],
  [
    "console.error('tiny: (60) certificate has expired\\nRead the manual'); process.exit(60)",
    {
      stage: 'tls',
      reason: 'server-certificate.expired',
      native: 'exit 60: tiny: (60) certificate has expired',
    },
    'refused',
  ],
  [
    "console.error('tiny: (60) something\\nRead the manual'); process.exit(60)",
    { stage: 'tls', reason: 'unspecified', native: 'exit 60: tiny: (60) something' },
    'refused',
  ],
  [
    "console.error('out of luck\\n\\n'); process.exit(60)",
    { stage: 'request', reason: 'unspecified', native: 'exit 60: out of luck' },
    'failed',
  ],
  ['process.exit(99)', { stage: 'request', reason: 'unspecified', native: 'exit 99' }, 'failed'],
]

for (const [code, attempt, disposition] of ENDINGS) {
  test(`${code} is ${disposition}`, async () => {
    using folder = temporaryFolder()
    await using adapter = await start(folder.path, code, { reasons: REASONS })
    await adapter.configure('t-1', CONFIG)
    expect(await adapter.deliver('t-1', EVENT, 2_000)).toMatchObject({
      outcome: 'ok',
      reply: { disposition, attempts: [{ ...attempt, status: null }] },
    })
  })
}

test('words on standard error are bounded and carry no secret', async () => {
  using folder = temporaryFolder()
  const program = `
    const key = require('node:fs').readFileSync(process.argv.find((one) => one.endsWith('/key')), 'utf8')
    console.error(key + 'x'.repeat(1e6) + key.replaceAll('\\n', ' ')); process.exitCode = 1`
  await using adapter = await start(folder.path, program)
  await adapter.configure('t-1', CONFIG)
  const outcome = await adapter.deliver('t-1', EVENT, 2_000)
  expect(outcome).toMatchObject({ outcome: 'ok', reply: { disposition: 'failed' } })
  expect(JSON.stringify(outcome)).not.toContain('MIIEvQIBADANBg')
  expect(JSON.stringify(outcome)).toContain('[redacted]')
  expect(outcome.outcome === 'ok' && outcome.reply.attempts[0]?.native?.length).toBe(300)
})

test('a program that hangs is stopped with what it started', async () => {
  using folder = temporaryFolder()
  const program = `
    process.on('SIGTERM', () => {})
    const child = require('node:child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'inherit' })
    require('node:fs').writeFileSync('pids', process.pid + ' ' + child.pid)
    setInterval(() => {}, 1000)`
  await using adapter = await start(folder.path, program)
  await adapter.configure('t-1', CONFIG)
  const outcome = await adapter.deliver('t-1', EVENT, 450)
  expect(outcome).toMatchObject({ outcome: 'fault', fault: 'timeout' })
  const pids = readFileSync(join(folder.path, 'pids'), 'utf8').split(' ').map(Number)
  expect(pids).toHaveLength(2)
  for (const pid of pids) await expect.poll(() => isRunning(pid)).toBe('gone')
})

test('a program that is ended by a signal has not answered', async () => {
  using folder = temporaryFolder()
  await using adapter = await start(folder.path, "process.kill(process.pid, 'SIGKILL')")
  await adapter.configure('t-1', CONFIG)
  expect(await adapter.deliver('t-1', EVENT, 2_000)).toMatchObject({
    outcome: 'fault',
    fault: 'gone',
    detail: 'tiny was ended by SIGKILL',
  })
})

test('disposing of the adapter stops a delivery', async () => {
  using folder = temporaryFolder()
  const adapter = await start(
    folder.path,
    "require('node:fs').writeFileSync('pid', String(process.pid)); setInterval(() => {}, 1000)",
  )
  await adapter.configure('t-1', CONFIG)
  const delivery = adapter.deliver('t-1', EVENT, 20_000)
  await expect.poll(() => existsSync(join(folder.path, 'pid'))).toBe(true)
  await adapter[Symbol.asyncDispose]()
  expect(await delivery).toMatchObject({ outcome: 'fault', fault: 'gone' })
  expect(await adapter.deliver('t-1', EVENT, 1_000)).toMatchObject({ fault: 'gone' })
})

test('what placeholders cannot express is unsupported, by capability', async () => {
  using folder = temporaryFolder()
  await using adapter = await start(folder.path, NOTES)
  const pin = Buffer.alloc(32).toString('base64')
  const outcome = await adapter.configure('t-1', {
    ...CONFIG,
    spki_pins: [pin],
    crls_pem: '-----BEGIN X509 CRL-----',
    client_certificate: { format: 'pkcs12', data_b64: '', passphrase: '' },
    tls: { min_version: 'TLSv1.3' },
    oauth2: { token_url: 'https://localhost/', client_id: 'a', auth_method: 'tls_client_auth' },
    signature: { scheme: 'standard-webhooks', secret_b64: '', previous_secret_b64: '' },
    retry: { max_attempts: 2, initial_delay_ms: 1 },
    timeout_ms: 1_000,
  })
  expect(outcome).toMatchObject({
    reply: {
      result: 'unsupported',
      unsupported: [
        'pin.spki',
        'trust.crl',
        'client-certificate.pkcs12',
        'tls.min_version',
        'oauth2.tls-client-auth',
        'signature.standard-webhooks',
        'signature.rotation',
        'retry',
      ],
    },
  })
  expect(await adapter.reset()).toMatchObject({
    reply: { dropped: ['connections', 'tls-sessions', 'tokens'] },
  })
  expect(await adapter.inspect('t-1')).toMatchObject({ outcome: 'unsupported' })
  expect(await adapter.enroll('ec-p256', 'enrollment.csr')).toMatchObject({
    outcome: 'unsupported',
  })
})

test('the version is what the version command prints', async () => {
  using folder = temporaryFolder()
  const printing = (text: string): Promise<StartedAdapter> =>
    start(folder.path, '', {
      exec: {
        version: undefined,
        'version-command': [process.execPath, '-e', `console.log(${JSON.stringify(text)})`],
      },
    })
  await using numbered = await printing('curl 7.88.1 (x86_64) libcurl/7.88.1\nmore')
  expect(numbered.hello.version).toBe('7.88.1')
  await using unnumbered = await printing('nightly build\nmore')
  expect(unnumbered.hello.version).toBe('nightly build')
  await expect(printing('')).rejects.toMatchObject({ code: 'ERR_DISPATCHER_NOT_STARTED' })
})
