import { expect, test } from '@playwright/test'
import { SAMPLE_FACTS, sampleReport } from './sample-for-tests.ts'
import { renderTerminal } from './terminal.ts'

const plain = { colour: 'none', reportAt: 'conformance-report/index.html' } as const

test('says the verdict, the dispatcher, the profiles, what failed and where the report is', () => {
  const text = renderTerminal(sampleReport(), plain)
  expect(text).toMatch(/^✗ nonconformant {2}Acme Hooks <script>alert\(1\)<\/script> 4\.2\.1\n/)
  expect(text).toContain('5 of 19 scenarios failed. Another 3 gave no verdict.')
  expect(text).toMatch(/core +4 +4 +· +· +✗ nonconformant/)
  expect(text).toMatch(/keystores +· +· +3 +· +◐ partial/)
  expect(text).toContain(
    '  sample-client-certificate/rejected-with-400  contradiction\n    Expected:',
  )
  expect(text).toContain("npx playwright test --grep 'sample-client-certificate/rejected-with-400'")
  expect(text).toContain('sample-rotation/endpoint-renewed  adapter')
  expect(text).toContain('  2  not declared: client-certificate.pkcs12')
  expect(text).toContain('1 passed loosely')
  expect(text).toContain('2 advisories')
  expect(text).toMatch(/Report: conformance-report\/index\.html\n$/)
})

test('without colour there is no escape sequence, whatever a dispatcher sent', () => {
  const report = sampleReport({
    ...SAMPLE_FACTS,
    dispatcher: { ...SAMPLE_FACTS.dispatcher, name: '\u001b]0;owned\u0007\u202eAcme\r\n' },
  })
  const text = renderTerminal(report, plain)
  expect(text).toContain('‹ESC›]0;owned‹U+0007›‹U+202E›Acme‹CR›‹LF›')
  expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u)
})

test('with colour it says the same, and only our own sequences are in it', () => {
  const report = sampleReport()
  const coloured = renderTerminal(report, { ...plain, colour: 'ansi' })
  expect(coloured).toContain('\u001b[31m')
  // eslint-disable-next-line no-control-regex -- control characters are what it looks for
  expect(coloured.replace(/\u001b\[\d+m/g, '')).toBe(renderTerminal(report, plain))
})

test('stays about one screen when everything fails', () => {
  const report = sampleReport()
  const failed = report.results.find((result) => result.verdict === 'failed')
  if (failed === undefined) throw new Error('the sample has a failure')
  const results = Array.from({ length: 200 }, (_, index) => ({ ...failed, scenario: `a/${index}` }))
  const text = renderTerminal({ ...report, results }, plain)
  // Eight failures, and eight entries to paste.
  expect(text.split('\n').length).toBeLessThan(70)
  expect(text).toContain('… and 192 more, in the report')
})

test('a run in which all is well is short', () => {
  const report = sampleReport()
  const results = report.results.filter(({ grade }) => grade === 'strict').slice(0, 2)
  const summary = { planned: 2, passed: 2, failed: 0, skipped: 0, inconclusive: 0 }
  const profiles = [{ id: 'core', ...summary, result: 'conformant' }] as const
  const text = renderTerminal(
    { ...report, results, summary, profiles, verdict: 'conformant' },
    { ...plain, reportAt: null },
  )
  expect(text).toContain('2 of 2 scenarios passed. Nothing failed and nothing is open.')
  expect(text).not.toContain('Failed')
  expect(text).not.toContain('Report:')
})
