import { count } from '../verdict/words.ts'
import { knownSentence } from './known.ts'
import type { Report, ReportedResult } from './model.ts'
import {
  adapterWords,
  advisoriesOf,
  loosePasses,
  resultsWith,
  skippedGroups,
  verdictSentence,
} from './summary.ts'
import { clip, duration, visible } from './text.ts'

/** Most entries of one list: a job page is no report, and GitHub takes 1 MiB a step. */
const SHOWN = 50
/** Longest text of one entry, in characters. */
const LENGTH = 500

const SIGN: Readonly<Record<Report['verdict'], string>> = {
  conformant: '✅',
  nonconformant: '❌',
  partial: '🟡',
  inconclusive: '❔',
}

/** What begins a heading, a list, a quotation or a rule where a line begins. */
const LINE_START = /^(?:[-+#=]|\d+(?=[.)]))/

/** Marks that mean something within a line, the colon of a URL and the dot of `www.` among them. */
const MARKS = /[\\`*_[\]|~$<>&@]|:(?=\/\/)|(?<=\bwww)\.|#(?=\d)/gi

/**
 * Text that Markdown shows as it is, on one line. Marks are escaped (CommonMark 2.4); URLs do not become
 * links; `<`, `>` and `&` become entities, for readers that pass HTML on; and a word joiner after `@` and
 * `#` keeps GitHub and GitLab from calling whoever has that name, or linking an issue.
 */
export function escapeMarkdown(text: string): string {
  return visible(text)
    .trim()
    .replace(MARKS, (mark) => {
      switch (mark) {
        case '<':
          return '&lt;'
        case '>':
          return '&gt;'
        case '&':
          return '&amp;'
        case '@':
        case '#':
          return `${mark}&#8288;`
        default:
          return `\\${mark}`
      }
    })
    .replace(LINE_START, (mark) => (/\d/.test(mark) ? `${mark}\\` : `\\${mark}`))
}

const shown = (text: string): string => escapeMarkdown(clip(visible(text), LENGTH))

/** A code span: only a back-tick ends one, and a longer fence keeps those in. */
function code(text: string): string {
  const clean = visible(text)
  const longest = Math.max(0, ...[...clean.matchAll(/`+/g)].map(([ticks]) => ticks.length))
  const fence = '`'.repeat(longest + 1)
  const room = clean.startsWith('`') || clean.endsWith('`') ? ' ' : ''
  return `${fence}${room}${clean}${room}${fence}`
}

/** A code span in a table, where a bar would end the cell even within one. */
const codeCell = (text: string): string => code(text).replaceAll('|', '\\|')

function profileTable(report: Report): readonly string[] {
  return [
    '| Profile | Result | Passed | Failed | Skipped | Inconclusive |',
    '|:--|:--|--:|--:|--:|--:|',
    ...report.profiles.map(
      (one) =>
        `| ${codeCell(one.id)} | ${SIGN[one.result]} ${one.result} | ${one.passed} | ${one.failed} | ${one.skipped} | ${one.inconclusive} |`,
    ),
  ]
}

function listed<T>(items: readonly T[], line: (item: T) => string): readonly string[] {
  const rest = items.length - SHOWN
  return [
    ...items.slice(0, SHOWN).map(line),
    ...(rest > 0 ? [`- … and ${rest} more, in the report`] : []),
  ]
}

function section(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ['', `### ${title}`, '', ...lines]
}

function problem(result: ReportedResult): string {
  return [
    `- **${shown(result.title)}** (${shown(result.reason ?? result.verdict)})`,
    `  ${shown(result.explanation)}`,
    ...(result.known === undefined
      ? []
      : [`  Known to fail: ${shown(result.known.reason)} ${shown(result.known.link)}`]),
    `  ${code(result.reproduce)}`,
  ].join('  \n')
}

/** The report as Markdown, for the summary page of a CI job. Bounded. Pure. */
export function renderMarkdown(report: Report): string {
  const { dispatcher, run, suite, summary } = report
  const took = Date.parse(run.finishedAt) - Date.parse(run.startedAt)
  const loose = loosePasses(report)
  const advisories = advisoriesOf(report)
  const failed = resultsWith(report, 'failed')
  const open = resultsWith(report, 'inconclusive')
  const known = knownSentence(report)
  const lines = [
    `## ${SIGN[report.verdict]} ${shown(`${dispatcher.name} ${dispatcher.version}`)}: ${report.verdict}`,
    '',
    shown(verdictSentence(report)),
    ...(known === null ? [] : [known]),
    ...(run.interrupted ? ['The run was interrupted.'] : []),
    ...(loose > 0 ? [`${loose} passed loosely: right, but without a reason.`] : []),
    '',
    ...profileTable(report),
    ...section(`Failed: ${failed.length}`, listed(failed, problem)),
    ...section(`Inconclusive: ${open.length}`, listed(open, problem)),
    ...section(
      `Advisories: ${advisories.length}`,
      listed(advisories, ({ result, text }) => `- ${code(result.scenario)}: ${shown(text)}`),
    ),
    ...section(
      `Skipped: ${summary.skipped}`,
      listed(
        skippedGroups(report),
        (group) => `- ${count(group.results.length, 'scenario')}: ${shown(group.why)}`,
      ),
    ),
    '',
    `hookproof ${shown(suite.version)} · ${run.engine} engine · ${adapterWords(dispatcher.carrier)} · ${count(summary.planned, 'scenario')} in ${duration(took)}`,
  ]
  return `${lines.join('\n')}\n`
}
