import type { RunVerdict } from '../verdict/types.ts'
import { entryToPaste } from '../scenario/known-failing.ts'
import { knownFailures, knownSentence, newFailures } from './known.ts'
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

/** How to show a summary. */
export interface TerminalOptions {
  readonly colour: 'ansi' | 'none'
  /** Where the report was written, as the reader should open it; null = it was not. */
  readonly reportAt: string | null
}

/** Most entries of one list: it is a screen, not the report. */
const SHOWN = 8
const WIDTH = 100

type Style = 'bold' | 'dim' | 'good' | 'bad' | 'open'
type Paint = (style: Style, text: string) => string

const CODES: Readonly<Record<Style, string>> = {
  bold: '1',
  dim: '2',
  good: '32',
  bad: '31',
  open: '35',
}

const VERDICT_STYLE: Readonly<Record<RunVerdict, Style>> = {
  conformant: 'good',
  nonconformant: 'bad',
  partial: 'open',
  inconclusive: 'open',
}

const SIGN: Readonly<Record<RunVerdict, string>> = {
  conformant: '✓',
  nonconformant: '✗',
  partial: '◐',
  inconclusive: '?',
}

function painter(colour: TerminalOptions['colour']): Paint {
  return (style, text) => (colour === 'none' ? text : `\u001b[${CODES[style]}m${text}\u001b[0m`)
}

function profileTable(report: Report, paint: Paint): readonly string[] {
  const columns = ['passed', 'failed', 'skipped', 'inconclusive'] as const
  const width = Math.max(7, ...report.profiles.map((profile) => profile.id.length))
  const head = `  ${'profile'.padEnd(width)}  ${columns.map((name) => name.padStart(name.length + 1)).join(' ')}`
  const lines = report.profiles.map((profile) => {
    const cells = columns.map((name) => {
      const cell = `${profile[name] === 0 ? '·' : profile[name]}`.padStart(name.length + 1)
      return name === 'failed' && profile.failed > 0 ? paint('bad', cell) : cell
    })
    const result = paint(VERDICT_STYLE[profile.result], `${SIGN[profile.result]} ${profile.result}`)
    return `  ${profile.id.padEnd(width)}  ${cells.join(' ')}   ${result}`
  })
  return [paint('dim', head), ...lines]
}

function listed(
  heading: string,
  results: readonly ReportedResult[],
  lines: (result: ReportedResult) => readonly string[],
): readonly string[] {
  if (results.length === 0) return []
  const shown = results.slice(0, SHOWN).flatMap(lines)
  const rest = results.length - SHOWN
  return ['', heading, ...shown, ...(rest > 0 ? [`  … and ${rest} more, in the report`] : [])]
}

function problem(result: ReportedResult, paint: Paint): readonly string[] {
  const why = clip(visible(result.explanation), WIDTH - 4)
  return [
    `  ${paint('bold', result.scenario)}  ${result.reason ?? ''}`,
    `    ${why}`,
    paint('dim', `    ${visible(result.reproduce)}`),
  ]
}

function knownProblem(result: ReportedResult, paint: Paint): readonly string[] {
  const { reason = '', link = '' } = result.known ?? {}
  return [
    `  ${paint('bold', result.scenario)}  ${result.reason ?? ''}`,
    `    ${clip(visible(reason), WIDTH - 4)}`,
    paint('dim', `    ${visible(link)}`),
  ]
}

/** What to add to the list of known failures, for who means to live with a new failure. */
function toPaste(failures: readonly ReportedResult[], paint: Paint): readonly string[] {
  const lines = listed(
    paint('dim', 'Known, and to stay for now? For known-failing.yaml (see docs/known-failing.md):'),
    failures,
    ({ scenario }) => entryToPaste(visible(scenario)),
  )
  // Each failed test of Playwright says its own entry.
  return failures.length > SHOWN
    ? [...lines.slice(0, -1), `# … and ${failures.length - SHOWN} more, each with its failure`]
    : lines
}

/** A run in about one screen, for a terminal. Ends with a line feed. Foreign text cannot steer the terminal. */
export function renderTerminal(report: Report, options: TerminalOptions): string {
  const paint = painter(options.colour)
  const { dispatcher, run, suite, summary } = report
  const took = Date.parse(run.finishedAt) - Date.parse(run.startedAt)
  const advisories = advisoriesOf(report)
  const loose = loosePasses(report)
  const skipped = skippedGroups(report)
  const cut = run.interrupted ? ', interrupted' : ''
  const known = knownSentence(report)
  const asides = [
    ...(loose > 0 ? [`${loose} passed loosely (the dispatcher could not say why)`] : []),
    ...(advisories.length > 0
      ? [advisories.length === 1 ? '1 advisory' : `${advisories.length} advisories`]
      : []),
  ]
  const lines = [
    `${paint(VERDICT_STYLE[report.verdict], paint('bold', `${SIGN[report.verdict]} ${report.verdict}`))}  ${paint('bold', clip(visible(`${dispatcher.name} ${dispatcher.version}`), 60))}`,
    `  ${verdictSentence(report)}`,
    ...(known === null ? [] : [`  ${known}`]),
    paint(
      'dim',
      `  hookproof ${suite.version} · ${run.engine} engine · ${adapterWords(dispatcher.carrier)} · ${summary.planned} scenarios in ${duration(took)}${cut}`,
    ),
    '',
    ...profileTable(report, paint),
    ...listed(paint('bad', 'Failed'), newFailures(report), (one) => problem(one, paint)),
    ...listed(paint('bad', 'Failed, as is known'), knownFailures(report), (one) =>
      knownProblem(one, paint),
    ),
    ...listed(paint('open', 'Inconclusive'), resultsWith(report, 'inconclusive'), (one) =>
      problem(one, paint).slice(0, 2),
    ),
    ...(skipped.length === 0 ? [] : ['', `Skipped ${summary.skipped}`]),
    ...skipped.map((group) => `  ${`${group.results.length}`.padStart(3)}  ${group.why}`),
    ...(asides.length === 0 ? [] : ['', `Also: ${asides.join('; ')}.`]),
    ...toPaste(newFailures(report), paint),
    ...(options.reportAt === null ? [] : ['', `Report: ${visible(options.reportAt)}`]),
  ]
  return `${lines.join('\n')}\n`
}
