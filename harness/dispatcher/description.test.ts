import { expect, test } from '@playwright/test'
import { mkdirSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { HarnessError } from '../errors.ts'
import { parseDispatcher } from './description.ts'
import { temporaryFolder } from './test-support.ts'

const node = process.execPath

function thrownBy(use: () => unknown): HarnessError {
  try {
    use()
  } catch (error) {
    if (error instanceof HarnessError) return error
    throw error
  }
  throw new Error('nothing was thrown')
}

test('a command line is the stdio carrier', () => {
  expect(parseDispatcher(`'${node}' "my adapter.js" --config a.yaml`, '/')).toEqual({
    carrier: 'stdio',
    command: [node, 'my adapter.js', '--config', 'a.yaml'],
    env: {},
    folder: null,
  })
})

test('a program is looked up as the system will', () => {
  expect(parseDispatcher(basename(node), '/')).toMatchObject({ carrier: 'stdio' })
  expect(parseDispatcher(`./${basename(node)}`, dirname(node))).toMatchObject({ carrier: 'stdio' })
  const error = thrownBy(() => parseDispatcher('no-such-program-of-ours --flag', '/'))
  expect(error.code).toBe('ERR_DISPATCHER_NOT_STARTED')
  expect(error.message).toContain('"no-such-program-of-ours"')
  expect(error.hint).toContain('node adapter.js')
  // A folder is executable to the system, but no program.
  expect(thrownBy(() => parseDispatcher('/usr', '/')).code).toBe('ERR_DISPATCHER_NOT_STARTED')
})

test('a URL is the http carrier', () => {
  for (const url of ['http://127.0.0.1:8080', 'https://hooks.example/base/']) {
    expect(parseDispatcher(url, '/')).toEqual({ carrier: 'http', url })
  }
  for (const url of ['ftp://host/', 'http://', 'http://host/?a=1', 'http://host/#a']) {
    expect(thrownBy(() => parseDispatcher(url, '/')).code).toBe('ERR_DISPATCHER_INVALID')
  }
})

test('what is nothing at all is refused', () => {
  for (const [source, says] of [
    ['', /empty/],
    ["''", /empty/],
    ["node 'a.js", /single quote at character 6/],
    ['node a.js | tee log', /operator \| at character 11/],
    ['missing.yaml', /missing\.yaml cannot be read/],
  ] as const) {
    const error = thrownBy(() => parseDispatcher(source, '/'))
    expect(error.code).toBe('ERR_DISPATCHER_INVALID')
    expect(error.message).toMatch(says)
  }
})

const EXEC = `carrier: exec
env: { LANG: C }
reasons:
  7: { reason: net.refused }
  60:
    - { stderr: certificate has expired, reason: server-certificate.expired }
    - { reason: unspecified, stage: tls, disposition: refused }
exec:
  name: tiny
  version: "1"
  capabilities: [client-certificate.pem, trust.private-ca, reset]
  command:
    - ${node}
    - send.js
    - "{url}"
    - [--ca, "{ca}"]
    - [[--cert, "{cert}"], [--key, "{key}"]]
    - --data=@{body}
    - --write-out=%{http_code}
`

test('description files are read, in YAML and in JSON', () => {
  using folder = temporaryFolder()
  mkdirSync(join(folder.path, 'my dispatchers'))
  const write = (name: string, text: string): void => {
    writeFileSync(join(folder.path, name), text)
  }
  write('my dispatchers/a.yaml', `carrier: stdio\ncommand: "'${node}' a.js"\nenv: { A: b }\n`)
  expect(parseDispatcher('my dispatchers/a.yaml', folder.path)).toEqual({
    carrier: 'stdio',
    command: [node, 'a.js'],
    env: { A: 'b' },
    folder: join(folder.path, 'my dispatchers'),
  })
  write('b.json', JSON.stringify({ carrier: 'http', url: 'http://127.0.0.1:1' }))
  expect(parseDispatcher('b.json', folder.path)).toEqual({
    carrier: 'http',
    url: 'http://127.0.0.1:1',
  })
  write('c.yml', EXEC)
  expect(parseDispatcher(join(folder.path, 'c.yml'), '/')).toEqual({
    carrier: 'exec',
    command: [
      node,
      'send.js',
      '{url}',
      ['--ca', '{ca}'],
      [
        ['--cert', '{cert}'],
        ['--key', '{key}'],
      ],
      '--data=@{body}',
      '--write-out=%{http_code}',
    ],
    name: 'tiny',
    version: { text: '1' },
    capabilities: ['client-certificate.pem', 'trust.private-ca', 'reset'],
    payload: 'verbatim',
    reasons: new Map([
      [7, [{ reason: 'net.refused', stage: 'tcp', disposition: 'failed', stderr: null }]],
      [
        60,
        [
          {
            reason: 'server-certificate.expired',
            stage: 'tls',
            disposition: 'refused',
            stderr: 'certificate has expired',
          },
          { reason: 'unspecified', stage: 'tls', disposition: 'refused', stderr: null },
        ],
      ],
    ]),
    env: { LANG: 'C' },
    folder: folder.path,
  })
})

const REFUSED: readonly (readonly [title: string, text: string, says: RegExp])[] = [
  ['no carrier', 'command: node\n', /d\.yaml(:1)?: carrier is missing; allowed: stdio, http, exec/],
  [
    'an unknown carrier',
    '# a\ncarrier: grpc\n',
    /d\.yaml:2: carrier is "grpc"; allowed: stdio, http/,
  ],
  ['a list', '- 1\n', /carrier is missing/],
  ['broken YAML', 'carrier: [\n', /d\.yaml:\d: not YAML/],
  [
    'a field of another carrier',
    'carrier: http\nurl: http://a\nenv: {}\n',
    /env is not known; allowed: carrier, url/,
  ],
  ['a missing field', 'carrier: stdio\n', /command is missing/],
  [
    'several problems',
    'carrier: stdio\ncommand: []\nenv:\n  A: 1\n',
    /command.*; env\.A is 1; it must be string/,
  ],
  [
    'a command that cannot be split',
    'carrier: stdio\ncommand: "a | b"\n',
    /d\.yaml:2: command: the shell operator \|/,
  ],
  [
    'an unknown reason',
    EXEC.replace('net.refused', 'refused'),
    /d\.yaml:4: reasons\[7\]\.reason is "refused"; allowed: server-certificate/,
  ],
  ['an impossible exit status', EXEC.replace('  7:', '  0:'), /reasons/],
  [
    'an unknown placeholder',
    EXEC.replace('{cert}', '{certificate}'),
    /unknown placeholder \{certificate\}; allowed: \{url\} \{ca\}/,
  ],
  [
    'an unused placeholder',
    EXEC.replace('{key}', 'key.pem'),
    /d\.yaml:\d+: exec\.command never uses \{key\}/,
  ],
  [
    'no version',
    EXEC.replace('version: "1"', 'payload: wrapped'),
    /neither of version and version-command/,
  ],
  [
    'reasons in two places',
    EXEC.replace('  name: tiny', '  name: tiny\n  reasons: {}'),
    /given twice/,
  ],
  [
    'a capability that exec cannot have',
    EXEC.replace(', reset]', ', pin.spki]'),
    /exec\.capabilities\[2\] is "pin\.spki"; allowed: client-certificate\.pem/,
  ],
  [
    'a capability that its command cannot express',
    EXEC.replace(', reset]', ', trust.crl]'),
    /exec\.capabilities has "trust\.crl", and exec\.command never uses \{crls\}/,
  ],
  [
    'aliases without end',
    'a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b]\nd: [*c,*c,*c,*c,*c,*c,*c,*c]\n',
    /alias/i,
  ],
]

for (const [title, text, says] of REFUSED) {
  test(`a description with ${title} is refused`, () => {
    using folder = temporaryFolder()
    writeFileSync(join(folder.path, 'd.yaml'), text)
    const error = thrownBy(() => parseDispatcher('d.yaml', folder.path))
    expect(error.code).toBe('ERR_DISPATCHER_INVALID')
    expect(error.message).toMatch(says)
  })
}
