import { expect, test } from '@playwright/test'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { packageRoot } from '../package-root.ts'
import { KEY_ALGORITHMS } from '../scenario/certificate.ts'
import { CAPABILITIES, DISPOSITIONS, REASONS, STAGES } from '../scenario/vocabulary.ts'
import { DROPPABLE, UNNAMED_FEATURES } from './messages.ts'
import type { Command, RequestBody } from './messages.ts'
import { idOf, parseReply, problemInRequest } from './parse-message.ts'
import { CONFIG, EVENT } from './test-support.ts'

const asIs = (text: string): string => text
const parse = (cmd: Command, fields: object): unknown => parseReply(cmd, { id: 1, ...fields }, asIs)

interface SchemaNode {
  readonly enum?: readonly string[]
  readonly description?: string
  readonly properties?: Readonly<Record<string, SchemaNode>>
  readonly items?: SchemaNode
  readonly oneOf?: readonly SchemaNode[]
  readonly definitions?: Readonly<Record<string, SchemaNode>>
  readonly $ref?: string
}

function schemaOf(file: string): SchemaNode {
  return JSON.parse(
    readFileSync(join(packageRoot, 'harness/dispatcher', file), 'utf8'),
  ) as SchemaNode
}

const schema = schemaOf('adapter.schema.json')

test('the schema knows the words that the harness knows', () => {
  const definitions = schema.definitions ?? {}
  const words = (definition: string, property: string): unknown => {
    const node = definitions[definition]?.properties?.[property]
    return node?.enum ?? node?.items?.enum
  }
  expect(words('helloReply', 'capabilities')).toEqual(CAPABILITIES)
  expect(words('configureUnsupported', 'unsupported')).toEqual([
    ...CAPABILITIES,
    ...UNNAMED_FEATURES,
  ])
  expect(definitions['reason']?.enum).toEqual(REASONS)
  expect(words('attempt', 'stage')).toEqual(STAGES)
  expect(words('deliverReply', 'disposition')).toEqual(DISPOSITIONS)
  expect(words('resetReply', 'dropped')).toEqual(DROPPABLE)
  expect(words('enrollRequest', 'key_algorithm')).toEqual(KEY_ALGORITHMS)
})

for (const file of ['adapter.schema.json', 'description.schema.json']) {
  test(`every field of ${file} is described`, () => {
    const silent: string[] = []
    const visit = (node: SchemaNode, path: string): void => {
      for (const [name, child] of Object.entries(node.properties ?? {})) {
        if (child.description === undefined && child.$ref === undefined)
          silent.push(`${path}.${name}`)
        visit(child, `${path}.${name}`)
      }
      if (node.items !== undefined) visit(node.items, `${path}[]`)
      for (const child of node.oneOf ?? []) visit(child, path)
      for (const [name, child] of Object.entries(node.definitions ?? {})) {
        if (child.description === undefined) silent.push(name)
        visit(child, name)
      }
    }
    visit(schemaOf(file), '')
    expect(silent).toEqual([])
  })
}

test('replies of every command are parsed, defaults filled in', () => {
  const dispatcher = { name: 'acme', version: '1' }
  expect(parse('hello', { protocol: 1, dispatcher, capabilities: [] })).toEqual({
    result: 'reply',
    reply: {
      name: 'acme',
      version: '1',
      vendor: null,
      url: null,
      capabilities: [],
      limits: { maxParallel: 1 },
      payload: 'verbatim',
      now: null,
    },
  })
  expect(parse('configure', { ok: true })).toEqual({
    result: 'reply',
    reply: { result: 'accepted' },
  })
  expect(parse('configure', { ok: false, unsupported: ['pin.spki'] })).toEqual({
    result: 'reply',
    reply: { result: 'unsupported', unsupported: ['pin.spki'] },
  })
  expect(parse('configure', { ok: false, reason: 'client-certificate.expired' })).toEqual({
    result: 'reply',
    reply: { result: 'refused', reason: 'client-certificate.expired', message: null },
  })
  const attempts = [{ stage: 'response', status: 204 }]
  expect(parse('deliver', { disposition: 'delivered', attempts })).toEqual({
    result: 'reply',
    reply: {
      disposition: 'delivered',
      attempts: [{ stage: 'response', status: 204, reason: null, native: null }],
    },
  })
  const certificate = { subject: 'CN=a', not_after: '2030-01-01T00:00:00Z', sha256: 'a'.repeat(64) }
  expect(
    parse('inspect', {
      client_certificate: certificate,
      warnings: ['client-certificate.expiring'],
    }),
  ).toMatchObject({ reply: { clientCertificate: { sha256: 'a'.repeat(64) } } })
  const csr = '-----BEGIN CERTIFICATE REQUEST-----\n'
  expect(parse('enroll', { enrollment: 'e-1', csr_pem: csr })).toMatchObject({
    reply: { kind: 'csr', enrollment: 'e-1' },
  })
  const chain = '-----BEGIN CERTIFICATE-----\n'
  expect(parse('enroll', { enrollment: 'e-1', chain_pem: chain })).toMatchObject({
    reply: { kind: 'certificate' },
  })
  expect(parse('bye', { ok: true })).toMatchObject({ reply: 'done' })
})

test('every command may be unsupported or errored', () => {
  for (const cmd of ['hello', 'configure', 'deliver', 'reset', 'inspect', 'enroll'] as const) {
    expect(parse(cmd, { unsupported: true })).toEqual({ result: 'unsupported' })
    expect(parse(cmd, { errored: 'no database' })).toEqual({
      result: 'errored',
      message: 'no database',
    })
  }
})

const INVALID: readonly (readonly [cmd: Command, fields: object, problem: RegExp])[] = [
  ['deliver', {}, /disposition is missing/],
  [
    'deliver',
    { disposition: 'sent', attempts: [] },
    /disposition is "sent"; allowed: delivered, refused, failed/,
  ],
  [
    'deliver',
    { disposition: 'failed', attempts: [{ stage: 'tlz' }] },
    /attempts\[0\]\.stage is "tlz"; allowed: config, dns/,
  ],
  [
    'deliver',
    { disposition: 'failed', attempts: [{ stage: 'tls', reason: 'expired' }] },
    /attempts\[0\]\.reason is "expired"; allowed: server-certificate\.expired/,
  ],
  [
    'deliver',
    { disposition: 'failed', attempts: [{ stage: 'tls', code: 1 }] },
    /attempts\[0\]\.code is not known; allowed: stage, reason, status, native/,
  ],
  [
    'deliver',
    { disposition: 'failed', attempts: [], errored: 'both' },
    /not known; allowed: id, errored/,
  ],
  [
    'deliver',
    { disposition: 'delivered', attempts: [{ stage: 'response', status: '204' }] },
    /attempts\[0\]\.status is "204"; it must be integer/,
  ],
  ['configure', {}, /ok is missing/],
  ['configure', { ok: 'yes' }, /ok is "yes"; allowed: true/],
  ['configure', { ok: false }, /reason is missing/],
  [
    'configure',
    { ok: false, unsupported: ['pins'] },
    /unsupported\[0\] is "pins"; allowed: client-certificate\.pem/,
  ],
  ['reset', { unsupported: false }, /unsupported is false; allowed: true/],
  ['inspect', { warnings: ['<script>'] }, /warnings\[0\]/],
  ['enroll', { enrollment: 'e-1', csr_pem: 'nothing' }, /csr_pem is "nothing"/],
  [
    'hello',
    { protocol: 1, capabilities: [], dispatcher: { name: 'a' } },
    /dispatcher\.version is missing/,
  ],
  [
    'hello',
    {
      protocol: 1,
      capabilities: [],
      dispatcher: { name: 'a', version: '1' },
      limits: { max_parallel: 0 },
    },
    /limits\.max_parallel is 0; it must be >= 1/,
  ],
  [
    'hello',
    {
      protocol: 1,
      capabilities: [],
      dispatcher: { name: 'a', version: '1' },
      now: '2026-02-31T99:00:00Z',
    },
    /now is "2026-02-31T99:00:00Z"/,
  ],
]

for (const [cmd, fields, problem] of INVALID) {
  test(`${cmd}: ${JSON.stringify(fields).slice(0, 100)} is invalid`, () => {
    expect(parse(cmd, fields)).toEqual({
      result: 'invalid',
      problem: expect.stringMatching(problem),
    })
  })
}

test('words of the dispatcher are cleaned', () => {
  const shout = (text: string): string => text.toUpperCase()
  const attempts = [{ stage: 'tls', reason: 'unspecified', native: 'econnreset' }]
  expect(parseReply('deliver', { id: 1, disposition: 'failed', attempts }, shout)).toMatchObject({
    reply: { attempts: [{ native: 'ECONNRESET', reason: 'unspecified' }] },
  })
})

test('an id is an integer of an object', () => {
  expect(idOf({ id: 3 })).toEqual({ id: 3 })
  for (const message of [null, [], 'x', {}, { id: '3' }, { id: 1.5 }, { id: null }]) {
    expect(idOf(message)).toHaveProperty('problem')
  }
})

test('the harness holds its own requests to the schema', () => {
  const valid: readonly RequestBody[] = [
    { cmd: 'hello', protocol: 1 },
    { cmd: 'configure', target: 't', config: CONFIG },
    { cmd: 'deliver', target: 't', deadline_ms: 100, event: EVENT },
    { cmd: 'reset' },
    { cmd: 'inspect', target: 't' },
    { cmd: 'enroll', key_algorithm: 'rsa-3072' },
    { cmd: 'bye' },
  ]
  for (const request of valid) expect(problemInRequest({ ...request, id: 1 })).toBeNull()
  const configure = (fields: object): string | null =>
    problemInRequest({ cmd: 'configure', id: 1, target: 't', config: { ...CONFIG, ...fields } })
  expect(configure({ spki_pins: ['short'] })).toMatch(/config\.spki_pins\[0\]/)
  expect(configure({ crls_pem: '-----BEGIN X509 CRL-----' })).toBeNull()
  expect(configure({ crls_pem: '-----BEGIN CERTIFICATE-----' })).toMatch(/config\.crls_pem/)
  expect(configure({ client_certificate: { format: 'pfx' } })).toMatch(
    /config\.client_certificate.*pfx/,
  )
  expect(configure({ client_certificate: { format: 'pkcs12', data_b64: '' } })).toMatch(
    /passphrase is missing/,
  )
  const oauth2 = {
    token_url: 'https://localhost/',
    client_id: 'a',
    auth_method: 'client_secret_post',
  }
  expect(configure({ oauth2 })).toMatch(/config\.oauth2\.client_secret is missing/)
  expect(configure({ oauth2: { ...oauth2, client_secret: 's' } })).toBeNull()
  expect(configure({ oauth2: { ...oauth2, auth_method: 'tls_client_auth' } })).toBeNull()
})
