import { expect, test } from '@playwright/test'
import { escapeMarkdown, renderMarkdown } from './markdown.ts'
import { SAMPLE_FACTS, sampleReport } from './sample-for-tests.ts'

const report = sampleReport()
const summary = renderMarkdown(report)

test('verdict first, then a table of profiles, then what went wrong', () => {
  const lines = summary.split('\n')
  expect(lines[0]).toBe(
    '## ❌ Acme Hooks &lt;script&gt;alert(1)&lt;/script&gt; 4.2.1: nonconformant',
  )
  expect(lines).toContain('| `core` | ❌ nonconformant | 4 | 4 | 0 | 0 |')
  const headings = lines.filter((line) => line.startsWith('### '))
  expect(headings).toEqual([
    '### Failed: 5',
    '### Inconclusive: 3',
    '### Advisories: 2',
    '### Skipped: 4',
  ])
  for (const { reproduce, verdict } of report.results) {
    if (verdict === 'failed') expect(summary).toContain(`\`${reproduce}\``)
  }
  expect(summary).toContain('- 2 scenarios: not declared: client-certificate.pkcs12')
})

test('a run in which nothing went wrong has no empty sections', () => {
  const results = report.results.filter(({ grade }) => grade === 'strict')
  const clean = renderMarkdown({
    ...report,
    results: results.map((result) => ({ ...result, advisories: [] })),
    verdict: 'conformant',
    summary: { planned: 6, passed: 6, failed: 0, skipped: 0, inconclusive: 0 },
  })
  expect(clean).not.toContain('###')
  expect(clean).toContain('6 of 6 scenarios passed.')
})

test('foreign text stays text', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['<img src=x onerror=alert(1)>', '&lt;img src=x onerror=alert(1)&gt;'],
    ['[x](javascript:alert(1))', '\\[x\\](javascript:alert(1))'],
    ['![x](https://evil.example/p.png)', '!\\[x\\](https\\://evil.example/p.png)'],
    ['**b** _i_ ~s~ `c` $m$', '\\*\\*b\\*\\* \\_i\\_ \\~s\\~ \\`c\\` \\$m\\$'],
    ['a | b', 'a \\| b'],
    ['&lt;', '&amp;lt;'],
    ['www.evil.example', 'www\\.evil.example'],
    ['cc @admin, see #12', 'cc @&#8288;admin, see #&#8288;12'],
    ['# heading', '\\# heading'],
    ['- item', '\\- item'],
    ['12. item', '12\\. item'],
    ['a\n\n# b\r\n', 'a‹LF›‹LF›# b‹CR›‹LF›'],
    ['back\\slash', 'back\\\\slash'],
    ['\u202eabc', '‹U+202E›abc'],
  ]
  for (const [text, escaped] of cases) expect(escapeMarkdown(text), text).toBe(escaped)
})

test('foreign text cannot break out of a heading, a list or a code span', () => {
  const hostile = '`` | x |\n\n# <b>@you</b> [a](https://evil.example) ```'
  const facts = { ...SAMPLE_FACTS, dispatcher: { ...SAMPLE_FACTS.dispatcher, name: hostile } }
  const one = sampleReport(facts)
  const written = renderMarkdown({
    ...one,
    results: one.results.map((result) => ({
      ...result,
      title: hostile,
      explanation: hostile,
      reproduce: hostile,
    })),
  })
  expect(written).not.toContain('\n# <b>')
  const outsideCode = written.replaceAll(/(`+)(?!`)[\s\S]*?(?<!`)\1(?!`)/g, '')
  expect(outsideCode).not.toMatch(/<b>|@you|\]\(https:/)
  // The fence is longer than any run of back-ticks within.
  expect(written).toContain('```` `` | x |‹LF›‹LF›# <b>@you</b> [a](https://evil.example) ``` ````')
})

test('is bounded, however much went wrong', () => {
  const [failed] = report.results.filter(({ verdict }) => verdict === 'failed')
  if (failed === undefined) throw new Error('the sample has a failure')
  const many = Array.from({ length: 5000 }, () => ({ ...failed, explanation: 'x'.repeat(5000) }))
  const written = renderMarkdown({ ...report, results: many })
  expect(written).toContain('… and 4950 more, in the report')
  expect(written.length).toBeLessThan(100_000)
})
