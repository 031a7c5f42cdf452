import { expect, test } from '@playwright/test'
import { renderJunit } from './junit.ts'
import { SAMPLE_FACTS, sampleReport } from './sample-for-tests.ts'
import { parseXml, textOf, type Element } from './xml-for-tests.ts'

const report = sampleReport()
const root = parseXml(renderJunit(report))

const all = (element: Element, name: string): readonly Element[] => [
  ...(element.name === name ? [element] : []),
  ...element.children.flatMap((child) => (typeof child === 'string' ? [] : all(child, name))),
]

/**
 * What the schema of Jenkins' xUnit plugin (junit-10) allows: attributes (`!` = required) and children
 * by element. Text only where `text` is among the children.
 */
const SCHEMA: Readonly<Record<string, { attributes: string; children: string }>> = {
  testsuites: { attributes: 'name time tests failures errors', children: 'testsuite' },
  testsuite: {
    attributes:
      'name! tests! failures! errors! group time skipped timestamp hostname id package file log url',
    children: 'testsuite properties testcase system-out system-err',
  },
  properties: { attributes: '', children: 'property' },
  property: { attributes: 'name! value!', children: '' },
  testcase: {
    attributes: 'name! time classname group',
    children: 'skipped error failure system-out system-err',
  },
  failure: { attributes: 'type message', children: 'text' },
  error: { attributes: 'type message', children: 'text' },
  skipped: { attributes: 'type message', children: 'text' },
  'system-out': { attributes: '', children: 'text' },
}

/** Everything in which a document breaks {@link SCHEMA}. */
function violations(element: Element): readonly string[] {
  const rule = SCHEMA[element.name]
  if (rule === undefined) return [`<${element.name}> is not known`]
  const attributes = rule.attributes.split(' ').filter(Boolean)
  const allowed = attributes.map((name) => name.replace('!', ''))
  const children = rule.children.split(' ')
  const words = children.includes('text') ? '' : textOf(element).trim()
  return [
    ...Object.keys(element.attributes)
      .filter((name) => !allowed.includes(name))
      .map((name) => `${element.name} has the attribute ${name}`),
    ...attributes
      .filter((name) => name.endsWith('!') && !(name.replace('!', '') in element.attributes))
      .map((name) => `${element.name} lacks ${name}`),
    ...(words === '' ? [] : [`${element.name} has text: ${words}`]),
    // SUREFIRE_TIME of the schema, which an empty string would fit as well.
    ...('time' in element.attributes && !/^\d+\.\d{3}$/.test(element.attributes['time'] ?? '')
      ? [`${element.name} has the time ${element.attributes['time'] ?? ''}`]
      : []),
    ...element.children.flatMap((child) => {
      if (typeof child === 'string') return []
      if (!children.includes(child.name)) return [`<${child.name}> in <${element.name}>`]
      return violations(child)
    }),
  ]
}

test('is XML that fits the schema', () => {
  expect(root.name).toBe('testsuites')
  expect(violations(root)).toEqual([])
})

test('the check of the schema finds what it must', () => {
  const broken = parseXml(
    '<testsuites skipped="1"><testsuite tests="1"><testcase name="a" time="1,5"><passed/></testcase>x</testsuite></testsuites>',
  )
  expect(violations(broken)).toEqual([
    'testsuites has the attribute skipped',
    'testsuite lacks name!',
    'testsuite lacks failures!',
    'testsuite lacks errors!',
    'testsuite has text: x',
    'testcase has the time 1,5',
    '<passed> in <testcase>',
  ])
  for (const text of [
    '<a>',
    '<a></b>',
    '<a b="1" b="2"/>',
    '<a>&nbsp;</a>',
    '<a>\u0001</a>',
    '<a/><b/>',
  ]) {
    expect(() => parseXml(text), text).toThrow()
  }
})

test('a suite a topic, a case a scenario, each ending in its own element', () => {
  const suites = all(root, 'testsuite')
  expect(suites.map((suite) => suite.attributes['name'])).toEqual([
    ...new Set(report.results.map(({ topic }) => topic)),
  ])
  const cases = all(root, 'testcase')
  expect(cases).toHaveLength(report.summary.planned)
  const ended = { failed: 'failure', inconclusive: 'error', skipped: 'skipped' } as const
  for (const [index, result] of report.results.entries()) {
    const inside = cases[index]?.children.flatMap((one) => (typeof one === 'string' ? [] : [one]))
    const names = inside?.map(({ name }) => name).filter((name) => name !== 'system-out')
    expect(names).toEqual(result.verdict === 'passed' ? [] : [ended[result.verdict]])
    if (result.reason !== null) expect(inside?.[0]?.attributes['type']).toBe(result.reason)
  }
})

test('counts add up, over all and in each suite', () => {
  const { planned, failed, inconclusive } = report.summary
  expect(root.attributes).toMatchObject({
    tests: `${planned}`,
    failures: `${failed}`,
    errors: `${inconclusive}`,
  })
  for (const suite of all(root, 'testsuite')) {
    expect(suite.attributes).toMatchObject({
      tests: `${all(suite, 'testcase').length}`,
      failures: `${all(suite, 'failure').length}`,
      errors: `${all(suite, 'error').length}`,
      skipped: `${all(suite, 'skipped').length}`,
    })
  }
})

test('says how it was run', () => {
  const [suite] = all(root, 'testsuite')
  const pairs = suite === undefined ? [] : all(suite, 'property')
  const properties: Readonly<Record<string, string>> = Object.fromEntries(
    pairs.map(({ attributes }) => [attributes['name'] ?? '', attributes['value'] ?? '']),
  )
  expect(properties).toMatchObject({
    'hookproof.verdict': 'nonconformant',
    'hookproof.suite.version': '0.1.0',
    'hookproof.engine': 'embedded',
    'hookproof.dispatcher.name': 'Acme Hooks <script>alert(1)</script>',
    'hookproof.dispatcher.version': '4.2.1',
  })
})

test('a failure says what a developer needs: why, and how to run it again', () => {
  const [failure] = all(root, 'failure')
  const first = report.results.find(({ verdict }) => verdict === 'failed')
  expect(failure?.attributes['message']).toBe(first?.explanation)
  expect(textOf(failure ?? root)).toContain(`reproduce: ${first?.reproduce ?? '?'}`)
})

test('no string can end an element or be illegal in XML', () => {
  const hostile = ']]></failure><x a="\u0000\u0008\u001b\ufffe\uffff\ud800\u202e">&amp;\'\r\n\t😀'
  const name = `${hostile}"`
  const facts = { ...SAMPLE_FACTS, dispatcher: { ...SAMPLE_FACTS.dispatcher, name, version: name } }
  const one = sampleReport(facts)
  const results = one.results.map((result) => ({
    ...result,
    title: hostile,
    topic: hostile,
    explanation: hostile,
    reproduce: hostile,
    advisories: [{ code: 'said-failed' as const, reason: null, text: hostile }],
  }))
  const written = renderJunit({ ...one, results })
  // XML 1.0, production 2: what may be in a document at all.
  expect(written).toMatch(/^[\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]*$/u)
  const read = parseXml(written)
  expect(violations(read)).toEqual([])
  const [failure] = all(read, 'failure')
  expect(failure?.attributes['message']).toBe(
    ']]></failure><x a="‹NUL›‹U+0008›‹ESC›‹U+FFFE›‹U+FFFF›‹U+D800›‹U+202E›">&amp;\'‹CR›‹LF›‹TAB›😀',
  )
})

test('a report without results is valid too', () => {
  const empty = { ...report, results: [] }
  expect(violations(parseXml(renderJunit(empty)))).toEqual([])
})
