import { diffReports, KINDS, type Change, type Ending, type Kind } from '../report/diff.ts'
import type { ReportDiff } from '../report/diff.ts'
import { readReport } from '../report/read.ts'
import { clip, visible } from '../report/text.ts'
import { parseCommand } from './arguments.ts'

const HELP = `npx hookproof diff [--json] old.json new.json

  Which scenarios ended otherwise than before, new failures first; scenarios that were added or
  removed; and what else differs that may explain it: versions, capabilities, engine, filter.
  Neither report is verified: that is what \`npx hookproof verify\` does.

  --json    the same for a program

  Exit status:
    0  every scenario ended as before
    1  regressions: something fails that did not, or passed and no longer does
    2  a report cannot be read
    4  something changed, and nothing of it is a regression
`

const HEADINGS: Readonly<Record<Kind, string>> = {
  failing: 'New failures',
  lost: 'Passed before, and gave no pass now',
  looser: 'Still passed, but cannot say why any more',
  moved: 'Changed, neither better nor worse',
  removed: 'No longer in the report',
  added: 'Added',
  stricter: 'Still passed, and can say why now',
  mended: 'Mended',
}

const WIDTH = 100

/** `hookproof diff`. */
export function diff(args: readonly string[]): Promise<number> {
  const { values, operands } = parseCommand('diff', args, {
    valued: [],
    flags: ['json'],
    operands: ['old.json', 'new.json'],
  })
  if (values['help'] !== undefined) {
    process.stdout.write(HELP)
    return Promise.resolve(0)
  }
  const [old = '', now = ''] = operands
  const found = diffReports(readReport(old), readReport(now))
  process.stdout.write(
    values['json'] === undefined ? asText(found) : `${JSON.stringify(found, null, 2)}\n`,
  )
  return Promise.resolve(statusOf(found.direction))
}

function statusOf(direction: ReportDiff['direction']): 0 | 1 | 4 {
  switch (direction) {
    case 'unchanged':
      return 0
    case 'worse':
      return 1
    case 'changed':
      return 4
  }
}

const shown = (text: string): string => clip(visible(text), WIDTH)

function ended(ending: Ending | null): string {
  if (ending === null) return 'not there'
  const { verdict, grade, reason } = ending
  const how = grade === 'loose' ? 'loosely' : reason
  return how === null ? verdict : `${verdict} (${how})`
}

function asLines({ scenario, title, old, new: now }: Change): readonly string[] {
  return [`  ${shown(scenario)}: ${ended(old)} → ${ended(now)}`, `      ${shown(title)}`]
}

function asText({ changes, circumstances }: ReportDiff): string {
  const about = circumstances.map(
    ({ what, old, new: now }) => `  ${what}: ${shown(old) || '–'} → ${shown(now) || '–'}`,
  )
  const groups = KINDS.flatMap((kind) => {
    const own = changes.filter((change) => change.kind === kind)
    if (own.length === 0) return []
    return ['', `${HEADINGS[kind]}: ${own.length}`, ...own.flatMap(asLines)]
  })
  const nothing = changes.length === 0 ? ['Every scenario ended as before.'] : []
  return [
    ...nothing,
    ...(about.length === 0 ? [] : ['The runs differ in', ...about]),
    ...groups,
    '',
  ].join('\n')
}
