import { expect, test } from '@playwright/test'
import { join } from 'node:path'
import { packageRoot } from '../package-root.ts'
import { entryToPaste, loadKnownFailing, parseKnownFailing } from './known-failing.ts'
import { loadScenarios } from './load.ts'

const corpus = loadScenarios([join(packageRoot, 'scenarios')])
const parse = (text: string) => parseKnownFailing({ text, file: 'known-failing.yaml' }, corpus)

const ENTRY = `# Both are in the backlog.
- scenario: redirects/elsewhere-302
  reason: We follow redirects until 5.0.
  link: https://example.org/issues/12

- scenario: redirects/same-origin
  reason: The same.
  link: http://example.org/issues/13
`

test('an entry has the id, the reason, the link, and where it stands', () => {
  expect([...parse(ENTRY).values()]).toEqual([
    {
      scenario: 'redirects/elsewhere-302',
      reason: 'We follow redirects until 5.0.',
      link: 'https://example.org/issues/12',
      file: 'known-failing.yaml',
      line: 2,
    },
    expect.objectContaining({ scenario: 'redirects/same-origin', line: 6 }),
  ])
})

test('an empty file lists nothing', () => {
  for (const text of ['', '[]\n', '# nothing yet\n']) expect(parse(text).size, text).toBe(0)
})

test('an alias is read as the id', () => {
  const [scenario] = corpus.scenarios
  if (scenario === undefined) throw new Error('the corpus is empty')
  const resolve = (id: string) => (id === 'old/name' ? scenario : corpus.resolve(id))
  const text = '- { scenario: old/name, reason: As before., link: "https://example.org" }'
  const known = parseKnownFailing({ text, file: 'k.yaml' }, { resolve })
  expect([...known.keys()]).toEqual([scenario.id])
  const twice = `${text}\n- { scenario: ${scenario.id}, reason: As before., link: "https://example.org" }`
  expect(() => parseKnownFailing({ text: twice, file: 'k.yaml' }, { resolve })).toThrow(
    `k.yaml:2: [1]: ${scenario.id} is there twice; the first entry is in line 1`,
  )
})

test('what is printed to be pasted is refused until it is filled in', () => {
  const lines = entryToPaste('redirects/elsewhere-302')
  expect(() => parse(lines.join('\n'))).toThrow(
    /known-failing\.yaml:2: \[0\]\.reason: must be a sentence .*; it is not there\n.*:3: \[0\]\.link: /,
  )
  const filled = lines.map((line) =>
    line
      .replace(/reason:.*/, 'reason: We follow: yes.')
      .replace(/link:.*/, 'link: https://a.example'),
  )
  // A colon and a blank make a mapping of it, which is told; without them it is what was meant.
  expect(() => parse(filled.join('\n'))).toThrow('known-failing.yaml:2: not YAML')
  expect(parse(filled.join('\n').replace('follow: yes', 'follow')).size).toBe(1)
})

for (const [what, change, sentence] of [
  [
    'not YAML',
    (text: string) => `${text}  link: x\n`,
    'known-failing.yaml:9: the key "link" is there twice',
  ],
  [
    'no list',
    () => 'redirects/elsewhere-302: x\n',
    'known-failing.yaml:1: must be a list of entries',
  ],
  [
    'no mapping',
    () => '- redirects/elsewhere-302\n',
    'known-failing.yaml:1: [0]: must be a mapping',
  ],
  [
    'an unknown key',
    (text: string) => text.replace('reason', 'raeson'),
    ':3: [0].raeson: unknown key (did you mean "reason"?)',
  ],
  [
    'no reason',
    (text: string) => text.replace(/ {2}reason.*\n/, ''),
    ':2: [0]: reason: must be a sentence',
  ],
  [
    'a reason of one word',
    (text: string) => text.replace('We follow redirects until 5.0.', 'Later.'),
    ':3: [0].reason: must be a sentence that says why it fails, not "Later."',
  ],
  [
    'a reason without end',
    (text: string) => text.replace('We', `We ${'x'.repeat(600)}`),
    ':3: [0].reason: must have 500 characters or fewer',
  ],
  [
    'a link that is none',
    (text: string) => text.replace('https://example.org/issues/12', 'ISSUE-12'),
    ':4: [0].link: must be an http or https URL, not "ISSUE-12"',
  ],
  [
    'a link that is a script',
    (text: string) => text.replace('https://example.org/issues/12', 'javascript:alert(1)'),
    ':4: [0].link: must be an http or https URL',
  ],
  [
    'a link with a password',
    (text: string) => text.replace('//example.org', '//me:secret@example.org'),
    ':4: [0].link: must be a URL without credentials',
  ],
  [
    'an unknown scenario',
    (text: string) => text.replace('elsewhere-302', 'elsewhere-320'),
    ':2: [0].scenario: no scenario is called "redirects/elsewhere-320" (did you mean "redirects/elsewhere-302"?)',
  ],
  [
    'a pattern',
    (text: string) => text.replace('elsewhere-302', '*'),
    ':2: [0].scenario: no scenario is called "redirects/*"; each scenario is listed by its own id',
  ],
  [
    'an id twice',
    (text: string) => text.replace('same-origin', 'elsewhere-302'),
    ':6: [1]: redirects/elsewhere-302 is there twice; the first entry is in line 2',
  ],
] as const) {
  test(`refuses ${what}, with file and line`, () => {
    expect(() => parse(change(ENTRY))).toThrow(sentence)
  })
}

test('all problems are told at once, and no password among them', () => {
  const text = ENTRY.replace('//example.org', '//me:secret@example.org').replace('The same.', 'No')
  expect(() => parse(text)).toThrow(/^2 problems in the list of known failures\n(?!.*secret)/s)
})

test('a file that cannot be read is bad usage', () => {
  expect(() => loadKnownFailing('/no/such/file.yaml', corpus)).toThrow(
    /the list of known failures \/no\/such\/file\.yaml cannot be read: ENOENT/,
  )
})
