import { expect, test } from '@playwright/test'
import { renderHtml } from './html.ts'
import { renderJunit } from './junit.ts'
import { gateOf, knownSentence, newFailures } from './known.ts'
import { renderMarkdown } from './markdown.ts'
import type { Report, ReportedResult } from './model.ts'
import { sampleReport } from './sample-for-tests.ts'
import { sealOf } from './seal.ts'
import { renderTerminal } from './terminal.ts'
import { parseReport } from './validate.ts'
import { verifyReport } from './verify.ts'

const KNOWN = { reason: 'We do so until 5.0.', link: 'https://example.org/issues/12' }

/** The sample, in which the first `amount` failures are known. */
function withKnown(amount: number, known = KNOWN, report = sampleReport()): Report {
  let left = amount
  const results = report.results.map((result): ReportedResult => {
    if (result.verdict !== 'failed' || left === 0) return result
    left--
    return { ...result, known }
  })
  const changed = { ...report, results }
  return { ...changed, seal: sealOf(changed) }
}

const withoutInconclusive = (report: Report): Report => ({
  ...report,
  summary: { ...report.summary, inconclusive: 0 },
})

test('one sentence says how many are known, and nothing where none is', () => {
  expect(knownSentence(sampleReport())).toBeNull()
  expect(knownSentence(withKnown(1))).toBe(
    '1 known failure, listed with a reason and a link; 4 are new.',
  )
  expect(knownSentence(withKnown(4))).toMatch(/^4 known failures, .*; 1 is new\.$/)
  expect(knownSentence(withKnown(5))).toMatch(/; none is new\.$/)
})

test('the gate opens only where every failure is known and nothing is inconclusive', () => {
  expect(gateOf(withoutInconclusive(withKnown(5)))).toBe('open')
  expect(gateOf(withoutInconclusive(withKnown(4)))).toBe('shut')
  expect(gateOf(withKnown(5))).toBe('shut')
  const verdicts = ['conformant', 'partial', 'inconclusive'] as const
  expect(verdicts.map((verdict) => gateOf({ ...sampleReport(), verdict }))).toEqual([
    'open',
    'open',
    'shut',
  ])
})

test('known failures change no count and no verdict, and fit the schema', () => {
  const [plain, known] = [sampleReport(), withKnown(5)]
  expect(known.verdict).toBe('nonconformant')
  expect(known.summary).toEqual(plain.summary)
  expect(parseReport(JSON.parse(JSON.stringify(known)))).toEqual(known)
  expect(() => parseReport(withKnown(1, { ...KNOWN, link: 'javascript:alert(1)' }))).toThrow(
    /known\/link/,
  )
  expect(() => parseReport(withKnown(1, { ...KNOWN, reason: '' }))).toThrow(/known\/reason/)
})

test('verify finds a scenario that is known to fail and does not', () => {
  const report = sampleReport()
  const found = (one: Report) =>
    verifyReport(one, { digest: 'another', scenarios: [] }).differences.filter(({ field }) =>
      field.startsWith('known'),
    )
  expect(found(withKnown(5))).toEqual([])
  const results = report.results.map((result) =>
    result.verdict === 'inconclusive' ? { ...result, known: KNOWN } : result,
  )
  expect(found({ ...report, results })).toHaveLength(report.summary.inconclusive)
})

test('every form of the report tells known from new', () => {
  const report = withKnown(2)
  const sentence = '2 known failures, listed with a reason and a link; 3 are new.'
  const forms = {
    terminal: renderTerminal(report, { colour: 'none', reportAt: null }),
    markdown: renderMarkdown(report),
    html: renderHtml(report),
  }
  for (const [form, text] of Object.entries(forms)) {
    expect(text, form).toContain(sentence)
    expect(text, form).toContain('We do so until 5.0.')
  }
  expect(forms.html).toContain('<a href="https://example.org/issues/12" rel="noopener noreferrer">')
  const junit = renderJunit(report)
  expect(junit.match(/<failure /g)).toHaveLength(5)
  expect(junit.match(/known to fail: We do so until 5\.0\. https:\/\/example\.org/g)).toHaveLength(
    2,
  )
  expect(junit).toContain('name="hookproof.known-failures" value="2"')
})

test('the terminal ends with an entry for each new failure, ready to paste', () => {
  const report = withKnown(2)
  const text = renderTerminal(report, { colour: 'none', reportAt: null })
  const [, paste = ''] = text.split('For known-failing.yaml')
  const ids = [...paste.matchAll(/^- scenario: (.*)\n {2}reason: #.*\n {2}link: #/gm)]
  expect(ids.map(([, id]) => id)).toEqual(newFailures(report).map(({ scenario }) => scenario))
  expect(renderTerminal(withKnown(5), { colour: 'none', reportAt: null })).not.toContain(
    'For known-failing.yaml',
  )
})

test('a reason and a link are foreign text to every form', () => {
  const hostile = { reason: '<img src=x> \u001b[2J', link: '"><img src=y>' }
  const report = withKnown(1, hostile)
  expect(renderHtml(report)).not.toMatch(/<img|href="&quot;/)
  expect(renderTerminal(report, { colour: 'none', reportAt: null })).not.toContain('\u001b')
  expect(renderMarkdown(report)).not.toContain('<img')
  expect(renderJunit(report)).not.toContain('<img')
})
