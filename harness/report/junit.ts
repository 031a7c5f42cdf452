import { knownFailures } from './known.ts'
import type { Counts, Report, ReportedResult } from './model.ts'
import { countsOf } from './standing.ts'
import { whySkipped } from './summary.ts'
import { visible, visibleLines } from './text.ts'

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
}

/**
 * Text for XML 1.0. `visible` and `visibleLines` have spelled out controls and lone surrogates, which
 * XML cannot say in any way; the noncharacters at the end of each plane are left to do, of which it
 * forbids two (XML 1.0, production 2).
 */
function escaped(shown: string): string {
  return shown
    .replace(/[\uFFFE\uFFFF]/g, (one) => `‹U+${one.charCodeAt(0).toString(16).toUpperCase()}›`)
    .replace(/[&<>"']/g, (one) => ENTITIES[one] ?? one)
}

const text = (value: string): string => escaped(visibleLines(value))

/** ` name="value"` for each. */
function attributes(values: Readonly<Record<string, string | number>>): string {
  return Object.entries(values)
    .map(([name, value]) => ` ${name}="${escaped(visible(`${value}`))}"`)
    .join('')
}

const seconds = (ms: number): string => (ms / 1000).toFixed(3)

/** The element that says how a scenario ended; a passed one has none. */
function outcome(result: ReportedResult): readonly string[] {
  const body = text(`${result.explanation}\nreproduce: ${result.reproduce}`)
  const message = result.explanation
  switch (result.verdict) {
    case 'passed':
      return []
    case 'failed':
      return [
        `<failure${attributes({ message, type: result.reason ?? 'unmet' })}>${body}</failure>`,
      ]
    case 'inconclusive':
      // Not a failure of what is tested: nothing can be said about it.
      return [`<error${attributes({ message, type: result.reason ?? 'harness' })}>${body}</error>`]
    case 'skipped':
      return [`<skipped${attributes({ message: whySkipped(result) })}/>`]
  }
}

function testcase(result: ReportedResult): string {
  const [file = '', key = ''] = result.scenario.split('/')
  const about = attributes({
    name: `${key || file}: ${result.title}`,
    classname: `hookproof.${file}`,
    time: seconds(result.durationMs),
  })
  const advisories = result.advisories.map((advisory) => `advisory: ${advisory.text}`)
  const loose = result.grade === 'loose' ? ['passed loosely: it could not say why'] : []
  const known =
    result.known === undefined ? [] : [`known to fail: ${result.known.reason} ${result.known.link}`]
  const aside = [...loose, ...advisories, ...known]
  const inside = [
    ...outcome(result),
    ...(aside.length === 0 ? [] : [`<system-out>${text(aside.join('\n'))}</system-out>`]),
  ]
  if (inside.length === 0) return `    <testcase${about}/>`
  return [`    <testcase${about}>`, ...inside.map((one) => `      ${one}`), '    </testcase>'].join(
    '\n',
  )
}

function properties(report: Report): readonly string[] {
  const { dispatcher, run, suite } = report
  const pairs = {
    'hookproof.verdict': report.verdict,
    'hookproof.suite.version': suite.version,
    'hookproof.suite.corpus': suite.corpus,
    'hookproof.run.id': run.id,
    'hookproof.run.filtered': run.filtered ? 'yes' : 'no',
    'hookproof.known-failures': `${knownFailures(report).length}`,
    'hookproof.engine': run.engine,
    'hookproof.dispatcher.name': dispatcher.name,
    'hookproof.dispatcher.version': dispatcher.version,
    'hookproof.dispatcher.carrier': dispatcher.carrier,
    'hookproof.dispatcher.capabilities': dispatcher.capabilities.join(' '),
  }
  const lines = Object.entries(pairs).map(
    ([name, value]) => `      <property${attributes({ name, value })}/>`,
  )
  return ['    <properties>', ...lines, '    </properties>']
}

const tallies = (counts: Counts) => ({
  tests: counts.planned,
  failures: counts.failed,
  errors: counts.inconclusive,
})

const timeOf = (results: readonly ReportedResult[]): string =>
  seconds(results.reduce((sum, one) => sum + one.durationMs, 0))

function testsuite(report: Report, topic: string, results: readonly ReportedResult[]): string {
  const counts = countsOf(results)
  const about = attributes({
    name: topic,
    ...tallies(counts),
    skipped: counts.skipped,
    time: timeOf(results),
    // Without the zone, as the schema that Ant began has it; it is UTC.
    timestamp: report.run.startedAt.replace(/(\.\d+)?Z$/, ''),
  })
  return [
    `  <testsuite${about}>`,
    ...properties(report),
    ...results.map(testcase),
    '  </testsuite>',
  ].join('\n')
}

/** The results by topic, in the order of the plan. */
function topicsOf(report: Report): ReadonlyMap<string, readonly ReportedResult[]> {
  const topics = new Map<string, ReportedResult[]>()
  for (const result of report.results) {
    topics.set(result.topic, [...(topics.get(result.topic) ?? []), result])
  }
  return topics
}

/**
 * The report as JUnit XML, as Jenkins and GitLab read it: a test suite a topic, a test case a scenario.
 * Failures are `<failure>`, known ones too; inconclusive scenarios `<error>`, skips `<skipped>`. Pure.
 */
export function renderJunit(report: Report): string {
  const suites = [...topicsOf(report)].map(([topic, results]) => testsuite(report, topic, results))
  const about = attributes({
    name: `hookproof ${report.suite.version}: ${report.dispatcher.name} ${report.dispatcher.version}`,
    ...tallies(report.summary),
    time: timeOf(report.results),
  })
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites${about}>\n${suites.join('\n')}\n</testsuites>\n`
}
