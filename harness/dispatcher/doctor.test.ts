import { expect, test } from '@playwright/test'
import { generateKeyPairSync } from 'node:crypto'
import type { HarnessError } from '../errors.ts'
import { examine, findingOfStart } from './doctor.ts'
import type { Finding } from './finding.ts'
import type { TargetConfig } from './messages.ts'
import { adapterSource, CONFIG, EVENT, start, temporaryFolder } from './test-support.ts'

/** Connects, and gives up as the other side does: enough of a dispatcher for the doctor. */
const SOUND = {
  deliver: `
    const { hostname, port } = new URL(targets.get(request.target).url)
    let done = 0
    const fail = (reason) => done++ || reply(request, { disposition: 'failed', attempts: [{ stage: 'tcp', reason }] })
    require('node:net').connect(port, hostname).on('error', () => fail('net.refused')).on('close', () => fail('net.reset'))`,
}

const INSPECTING = {
  ...SOUND,
  hello: `return { ...honest.hello(), capabilities: [...honest.hello().capabilities, 'inspect', 'enrollment.csr'] }`,
  inspect: `return { client_certificate: { subject: 'CN=a', not_after: '2030-01-01T00:00:00Z', sha256: 'a'.repeat(64) }, warnings: [] }`,
  enroll: `return { enrollment: 'e-1', csr_pem: '-----BEGIN CERTIFICATE REQUEST-----' }`,
}

/** With a key that is one: what of it is secret can be known of no other. */
const SAMPLE: TargetConfig = {
  ...CONFIG,
  client_certificate: {
    format: 'pem',
    chain_pem: '-----BEGIN CERTIFICATE-----\nMIIC\n-----END CERTIFICATE-----\n',
    key_pem: generateKeyPairSync('ec', { namedCurve: 'P-256' })
      .privateKey.export({ type: 'pkcs8', format: 'pem' })
      .toString(),
  },
}

const OPTIONS = {
  sampleConfig: SAMPLE,
  sampleEvent: EVENT,
  brokenConfig: {
    ...CONFIG,
    client_certificate: { format: 'pem', chain_pem: 'garbage', key_pem: 'garbage' },
  },
} as const

async function findings(faults: Readonly<Record<string, string>>): Promise<readonly Finding[]> {
  using folder = temporaryFolder()
  await using adapter = await start(folder.path, adapterSource(faults), { restarts: 20 })
  const found: Finding[] = []
  for await (const finding of examine(adapter, OPTIONS)) found.push(finding)
  return found
}

test('a sound adapter has only sound findings', async () => {
  const found = await findings(INSPECTING)
  expect(found.map(({ check, result }) => `${check} ${result}`)).toEqual([
    'hello sound',
    'clock sound',
    'core-capabilities sound',
    'unknown-command sound',
    'configure sound',
    'replace sound',
    'closed-port sound',
    'broken-configuration sound',
    'secrets sound',
    'parallel sound',
    'reset sound',
    'inspect sound',
    'enroll sound',
  ])
  expect(found.find(({ check }) => check === 'parallel')?.sentence).toContain('4 of 4')
})

test('a dispatcher that enrolls in both ways is asked for each of them by name', async () => {
  const both = {
    ...INSPECTING,
    hello: `return { ...honest.hello(), capabilities: [...honest.hello().capabilities, 'enrollment.csr', 'enrollment.self'] }`,
  }
  const enroll = (capability: string) => `return ${capability} === 'enrollment.self'
    ? { enrollment: 'e-2', chain_pem: '-----BEGIN CERTIFICATE-----' }
    : { enrollment: 'e-1', csr_pem: '-----BEGIN CERTIFICATE REQUEST-----' }`
  const told = await findings({ ...both, enroll: enroll('request.capability') })
  expect(told.find(({ check }) => check === 'enroll')).toMatchObject({ result: 'sound' })
  const deaf = await findings({ ...both, enroll: enroll('null') })
  expect(deaf.find(({ check }) => check === 'enroll')).toMatchObject({ result: 'broken' })
})

test('what is not declared is not examined', async () => {
  const found = await findings({
    ...SOUND,
    hello: `const { now, ...rest } = honest.hello(); return { ...rest, capabilities: rest.capabilities.slice(0, 2) }`,
  })
  const undeclared = found.filter(({ result }) => result === 'not-declared')
  expect(undeclared.map(({ check }) => check)).toEqual(['clock', 'reset', 'inspect', 'enroll'])
})

const UNSOUND: readonly (readonly [
  broken: string,
  faults: Record<string, string>,
  says: RegExp,
])[] = [
  [
    'hello',
    {
      hello: `return { ...honest.hello(), dispatcher: { name: 'tiny', version: String(request.id) } }`,
    },
    /tiny 1 has become tiny 2/,
  ],
  [
    'core-capabilities',
    { hello: `return { ...honest.hello(), capabilities: ['client-certificate.pem'] }` },
    /does not declare trust\.private-ca/,
  ],
  ['unknown-command', { 'no-such-command': 'return { ok: true }' }, /as if it knew it/],
  ['unknown-command', { 'no-such-command': 'process.exit(1)' }, /\(gone\).*status 1/],
  [
    'configure',
    { configure: `return { ok: false, reason: 'client-certificate.unreadable', message: 'no' }` },
    /refuses a good configuration, client-certificate\.unreadable: no/,
  ],
  [
    'replace',
    {
      configure:
        'if (!targets.has(request.target)) targets.set(request.target, request.config); return { ok: true }',
    },
    /where the configuration before the last said/,
  ],
  [
    'replace',
    {
      deliver: `return { disposition: 'refused', attempts: [{ stage: 'config', reason: 'policy.blocked' }] }`,
    },
    /never connected and says refused, policy\.blocked/,
  ],
  [
    'closed-port',
    {
      deliver: `return { disposition: 'delivered', attempts: [{ stage: 'response', status: 204 }] }`,
    },
    /closed port is delivered, not failed/,
  ],
  [
    'broken-configuration',
    {
      configure: `if (request.config.client_certificate.key_pem === 'garbage') process.exit(3); return honest.configure(request)`,
    },
    /\(gone\).*status 3/,
  ],
  [
    'secrets',
    {
      configure: `const { key_pem } = request.config.client_certificate; return key_pem.split('\\n').length > 5 ? honest.configure(request) : { ok: false, reason: 'client-certificate.unreadable', message: 'no key: ' + key_pem }`,
    },
    /key that is cut off tells a secret \(private-key\) in `message`/,
  ],
  [
    'parallel',
    {
      deliver: `
          if (busy++) { reply(request, { errored: 'one at a time' }); return }
          setTimeout(() => { busy = 0; reply(request, { disposition: 'failed', attempts: [] }) }, 30)`,
    },
    /one at a time/,
  ],
  ['reset', { reset: 'return { unsupported: true }' }, /reset is answered with `unsupported`/],
  ['inspect', { ...INSPECTING, inspect: 'return { warnings: [] }' }, /shows no certificate/],
  [
    'enroll',
    {
      ...INSPECTING,
      enroll: `return { enrollment: 'e', chain_pem: '-----BEGIN CERTIFICATE-----' }`,
    },
    /as enrollment\.self does, but enrollment\.csr is declared/,
  ],
]

for (const [check, faults, says] of UNSOUND) {
  test(`an unsound ${check} is found: ${String(says)}`, async () => {
    const found = await findings({ ...SOUND, ...faults })
    const broken = found.find((one) => one.check === check)
    expect(broken).toMatchObject({ result: 'broken', sentence: expect.stringMatching(says) })
    expect(broken?.hint).toMatch(/\w/)
    // It goes on after a broken one.
    expect(found).toHaveLength(13)
  })
}

test('an adapter that did not start is a finding too', async () => {
  using folder = temporaryFolder()
  const error: unknown = await start(folder.path, 'process.exit(9)').catch(
    (thrown: unknown) => thrown,
  )
  expect(findingOfStart(error as HarnessError)).toMatchObject({
    check: 'hello',
    result: 'broken',
    sentence: expect.stringContaining('status 9'),
  })
})
