import { expect, test } from '@playwright/test'
import { adapterSource, CONFIG, EVENT, start, temporaryFolder } from './test-support.ts'

const GARBAGE: readonly (readonly [title: string, code: string, quoted: RegExp])[] = [
  ['a line that is no JSON', "write('Hello from acme\\n')", /not JSON: Hello from acme$/],
  ['an empty line', "write('\\n')", /not JSON/],
  ['a line that is not UTF-8', 'write(Buffer.from([0x22, 0xff, 0x22, 0x0a]))', /not UTF-8/],
  ['JSON that is no object', "write('[1,2]\\n')", /not a JSON object: \[1,2\]/],
  ['a reply without id', `write('{"dropped":[]}\\n')`, /id is missing/],
  ['the id of no request', 'reply({ id: 99 }, { dropped: [] })', /id 99 .*never sent/],
  ['an id that was answered', 'reply({ id: 1 }, { dropped: [] })', /id 1 .*answered before/],
  [
    'an unknown field',
    'reply(request, { dropped: [], extra: 1 })',
    /extra is not known; allowed: id, dropped/,
  ],
  [
    'an unknown word',
    "reply(request, { dropped: ['everything'] })",
    /dropped\[0\] is "everything"; allowed: connections, tls-sessions, tokens/,
  ],
  [
    'control characters',
    "write('\\u001b[2J\\u202egnp.exe\\n')",
    /: \\u\{1b\}\[2J\\u\{202e\}gnp\.exe$/,
  ],
]

for (const [title, code, quoted] of GARBAGE) {
  test(`protocol error: ${title}`, async () => {
    using folder = temporaryFolder()
    await using adapter = await start(folder.path, adapterSource({ reset: code }))
    const outcome = await adapter.reset()
    expect(outcome).toMatchObject({ outcome: 'fault', fault: 'protocol' })
    expect(outcome).toHaveProperty('detail', expect.stringMatching(quoted))
    // The adapter was restarted, and works.
    expect(await adapter.configure('t-1', CONFIG)).toMatchObject({ outcome: 'ok' })
  })
}

test('a reply that comes twice is a protocol error of the request it meets', async () => {
  using folder = temporaryFolder()
  const source = adapterSource({
    configure: 'reply(request, { ok: true }); setTimeout(() => reply(request, { ok: true }), 30)',
    deliver: '',
  })
  await using adapter = await start(folder.path, source)
  expect(await adapter.configure('t-1', CONFIG)).toMatchObject({ outcome: 'ok' })
  const outcome = await adapter.deliver('t-1', EVENT, 1_500)
  expect(outcome).toMatchObject({ outcome: 'fault', fault: 'protocol' })
  expect(outcome).toHaveProperty('detail', expect.stringContaining('answered before'))
})

test('a flood without a line end is cut off and quoted in part', async () => {
  using folder = temporaryFolder()
  const source = adapterSource({
    reset:
      "const flood = () => { while (write('a'.repeat(65536))); }; process.stdout.on('drain', flood); flood()",
  })
  await using adapter = await start(folder.path, source)
  const outcome = await adapter.reset()
  expect(outcome).toMatchObject({ outcome: 'fault', fault: 'protocol' })
  const detail = outcome.outcome === 'fault' ? outcome.detail : ''
  expect(detail).toContain('more than 1 MiB')
  expect(detail.length).toBeLessThan(500)
})

test('a secret that comes back in a garbage line is redacted', async () => {
  using folder = temporaryFolder()
  const source = adapterSource({
    configure:
      "process.stderr.write('config: ' + JSON.stringify(request.config) + '\\n', () => write('oops ' + JSON.stringify(request.config.client_certificate) + ' ' + request.config.signature.secret_b64 + '\\n'))",
  })
  await using adapter = await start(folder.path, source, { deadlines: { configure: 1_000 } })
  const secret = Buffer.from('a signing secret nobody may see').toString('base64')
  const outcome = await adapter.configure('t-1', {
    ...CONFIG,
    client_certificate: { format: 'pkcs12', data_b64: 'TUlJQg==', passphrase: 'correct horse' },
    oauth2: {
      token_url: 'https://localhost/token',
      client_id: 'id',
      auth_method: 'client_secret_basic',
      client_secret: 'battery staple',
      client_certificate: CONFIG.client_certificate ?? { format: 'pem', chain_pem: '' },
    },
    signature: { scheme: 'hmac-sha256', header: 'x-signature', secret_b64: secret },
  })
  expect(outcome).toMatchObject({ outcome: 'fault', fault: 'protocol' })
  const everything = JSON.stringify(outcome)
  expect(everything).toContain('oops')
  expect(everything).toContain('[redacted]')
  for (const hidden of ['correct horse', 'battery staple', secret, 'MIIEvQIBADANBg']) {
    expect(everything).not.toContain(hidden)
  }
})

test('requests in flight share the fault of the moment', async () => {
  using folder = temporaryFolder()
  const source = adapterSource({ deliver: '', reset: "write('nonsense\\n')" })
  await using adapter = await start(folder.path, source)
  const deliveries = [1, 2].map(() => adapter.deliver('t-1', EVENT, 2_000))
  await adapter.reset()
  for (const outcome of await Promise.all(deliveries)) {
    expect(outcome).toMatchObject({ outcome: 'fault', fault: 'protocol' })
  }
})

test('an adapter that ends in the middle of a line is quoted as far as it came', async () => {
  using folder = temporaryFolder()
  const source = adapterSource({
    reset: `process.stdout.write('{"id":2,"dro', () => process.exit(0))`,
  })
  await using adapter = await start(folder.path, source)
  expect(await adapter.reset()).toMatchObject({
    outcome: 'fault',
    fault: 'gone',
    detail: 'the adapter exited with status 0 in the middle of the line: {"id":2,"dro',
  })
})

test('an adapter that closes its standard output is gone', async () => {
  using folder = temporaryFolder()
  const source = adapterSource({
    reset: "require('node:fs').closeSync(1); setInterval(() => {}, 1000)",
  })
  await using adapter = await start(folder.path, source)
  expect(await adapter.reset()).toMatchObject({ outcome: 'fault', fault: 'gone' })
})

test('a request that would break the protocol is never sent', async () => {
  using folder = temporaryFolder()
  await using adapter = await start(folder.path, adapterSource())
  const outcome = await adapter.configure('t-1', { ...CONFIG, url: 'ftp://localhost/' })
  expect(outcome).toMatchObject({ outcome: 'fault', fault: 'protocol' })
  expect(outcome).toHaveProperty('detail', expect.stringMatching(/bug in hookproof.*config\.url/))
  const huge = { ...EVENT, body_b64: 'AAAA'.repeat(300_000) }
  const tooLong = await adapter.deliver('t-1', huge, 1_000)
  expect(tooLong).toHaveProperty('detail', expect.stringContaining('1 MiB'))
  expect(await adapter.reset()).toMatchObject({ outcome: 'ok' })
})
