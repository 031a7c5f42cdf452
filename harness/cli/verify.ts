import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { HarnessError } from '../errors.ts'
import type { Difference } from '../report/difference.ts'
import { unmetRules, type UnmetRule } from '../report/certification.ts'
import type { Report } from '../report/model.ts'
import { readStream } from '../report/read-stream.ts'
import { readReport } from '../report/read.ts'
import { clip, visible } from '../report/text.ts'
import { verifyReport, verifyStream, type Verification } from '../report/verify.ts'
import { RESULTS_FILE } from '../report/write.ts'
import { suiteVersion } from '../run/facts.ts'
import { settingsFrom } from '../run/settings.ts'
import { loadScenarios } from '../scenario/load.ts'
import { count } from '../verdict/words.ts'
import { parseCommand } from './arguments.ts'
import { certificationText, surroundings } from './verify-certification.ts'

const HELP = `npx hookproof verify [options] report.json

  Checks that a report is what its own evidence says: that it fits its schema; that its scenarios are
  those of this installation; that every planned scenario has one result; that each verdict, judged
  again from the recorded observations, is the same; that skips, counts, profiles and the verdict on
  the run follow; and that its seal is whole. Where a results.jsonl lies beside it, that it is whole
  and says the same. Every difference is named. Explanations are not compared: words may improve.

  A sound report need not be a conformant one, and soundness says nothing about who wrote it.

  --certification    also by the rules for publishing a report (reports/README.md), each unmet one named
  --scenarios A,B    folders of scenarios of your own that the run had beside the suite's
  --json             the differences for a program

  Exit status: 0 sound, 1 at least one difference or unmet rule, 2 the report cannot be read or breaks
  its schema.
`

/** Most differences that a terminal shows. */
const SHOWN = 40
const WIDTH = 160

/** `hookproof verify`. */
export function verify(args: readonly string[]): Promise<number> {
  const { values, operands } = parseCommand('verify', args, {
    valued: ['scenarios'],
    flags: ['json', 'certification'],
    operands: ['report.json'],
  })
  if (values['help'] !== undefined) {
    process.stdout.write(HELP)
    return Promise.resolve(0)
  }
  const [file = ''] = operands
  const report = readReport(file)
  const own = values['scenarios']?.split(',') ?? []
  const { scenarios } = settingsFrom({ scenarios: own }, {}, process.cwd())
  const checked = boundedDepth(() => verifyReport(report, loadScenarios(scenarios)))
  const found = { ...checked, differences: [...checked.differences, ...besides(report, file)] }
  const unmet =
    values['certification'] === undefined
      ? null
      : unmetRules({ report, differences: found.differences, ...surroundings(file) })
  process.stdout.write(
    values['json'] === undefined
      ? asText(report, file, found) + certificationText(report, unmet, file)
      : asJson(report, found, unmet),
  )
  return Promise.resolve(found.differences.length + (unmet?.length ?? 0) === 0 ? 0 : 1)
}

/** What the stream of results beside the report says; nothing where there is none. */
function besides(report: Report, file: string): readonly Difference[] {
  const path = join(dirname(file), RESULTS_FILE)
  if (!existsSync(path)) return []
  try {
    return boundedDepth(() => verifyStream(report, readStream(path)))
  } catch (error) {
    if (!(error instanceof HarnessError)) throw error
    return [
      {
        scenario: null,
        field: RESULTS_FILE,
        recorded: error.message,
        recomputed: 'a whole stream',
      },
    ]
  }
}

/** A report can be nested so deep that nothing can walk it; then it is unreadable, not our fault. */
function boundedDepth<T>(work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    throw new HarnessError('ERR_REPORT_INVALID', 'the report is nested too deep to be read', {
      hint: 'No run of hookproof writes such a report.',
      cause: error,
    })
  }
}

function asJson(
  report: Report,
  { differences, corpus }: Verification,
  unmet: readonly UnmetRule[] | null,
): string {
  const { verdict, run, suite } = report
  const sound = differences.length === 0 ? 'sound' : 'different'
  const about = { result: sound, verdict, run: run.id, suite: suite.version, corpus, differences }
  const certification =
    unmet === null ? {} : { certification: unmet.length === 0 ? 'met' : 'unmet', unmet }
  return `${JSON.stringify({ ...about, ...certification }, null, 2)}\n`
}

const shown = (text: string): string => clip(visible(text), WIDTH)

function asText(report: Report, file: string, { differences, corpus }: Verification): string {
  const { dispatcher, summary, suite } = report
  const judged = report.results.filter(({ observations }) => observations.length > 0).length
  const about = `${shown(`${dispatcher.name} ${dispatcher.version}`)}, ${report.verdict}, hookproof ${shown(suite.version)}`
  const another =
    corpus === 'the-same'
      ? []
      : [
          `These are not the scenarios of this installation (hookproof ${suiteVersion()}): what was asked of`,
          'the dispatcher cannot be checked. Install the version of the report to check it whole.',
        ]
  if (differences.length === 0) {
    return [
      `sound: ${shown(file)}`,
      `  ${about}`,
      `  ${count(judged, 'scenario')} of ${summary.planned} judged again from what was seen, with the same verdicts.`,
      '',
    ].join('\n')
  }
  const rest = differences.length - SHOWN
  return [
    `${count(differences.length, 'difference')}: ${shown(file)}`,
    `  ${about}`,
    ...another.map((line) => `  ${line}`),
    ...differences.slice(0, SHOWN).flatMap(asLines),
    ...(rest > 0 ? ['', `… and ${rest} more; --json has them all.`] : []),
    '',
  ].join('\n')
}

function asLines(difference: Difference): readonly string[] {
  const { scenario, field, recorded, recomputed } = difference
  return [
    '',
    shown(scenario === null ? field : `${scenario}  ${field}`),
    `  recorded    ${shown(recorded)}`,
    `  recomputed  ${shown(recomputed)}`,
  ]
}
