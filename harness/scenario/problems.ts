import { HarnessError } from '../errors.ts'

/** Where something stands in a document: keys and indices from its top. */
export type DocumentPath = readonly (string | number)[]

/** One thing that is wrong with a topic file, in words, and where. */
export interface Problem {
  readonly path: DocumentPath
  /** Says what is there and what is allowed; follows the path in a message. */
  readonly says: string
}

/** A problem with its place in the file. */
export interface LocatedProblem extends Problem {
  readonly file: string
  /** Line, counted from 1. */
  readonly line: number
}

/** `scenarios.expired.expect.reason[0]`, as it is written in messages. */
export function renderPath(path: DocumentPath): string {
  return path
    .map((part, index) =>
      typeof part === 'number' ? `[${part}]` : index === 0 ? part : `.${part}`,
    )
    .join('')
}

function render(problem: LocatedProblem): string {
  const where = renderPath(problem.path)
  return `${problem.file}:${problem.line}: ${where === '' ? '' : `${where}: `}${problem.says}`
}

/**
 * The sentence for a set of problems: every one of them, in the order of files and lines.
 *
 * @param what what more than one problem is called: `problems in scenario files`
 */
export function renderProblems(problems: readonly LocatedProblem[], what: string): string {
  const sorted = problems.toSorted((a, b) => a.file.localeCompare(b.file) || a.line - b.line)
  const lines = [...new Set(sorted.map(render))]
  return lines.length === 1 ? String(lines[0]) : `${lines.length} ${what}\n  ${lines.join('\n  ')}`
}

/** The error for a set of problems of scenario files. */
export function scenarioInvalid(problems: readonly LocatedProblem[]): HarnessError {
  return new HarnessError(
    'ERR_SCENARIO_INVALID',
    renderProblems(problems, 'problems in scenario files'),
    { hint: 'scenarios/README.md and harness/scenario/scenario.schema.json describe every key.' },
  )
}

/** Number of single-character edits between two words, a swap of neighbours counting as one. */
function distance(a: string, b: string): number {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, j) => j)]
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const above = rows[i - 1]?.[j] ?? 0
      const diagonal = rows[i - 1]?.[j - 1] ?? 0
      let best = Math.min(
        above + 1,
        (row[j - 1] ?? 0) + 1,
        diagonal + (a[i - 1] === b[j - 1] ? 0 : 1),
      )
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        best = Math.min(best, (rows[i - 2]?.[j - 2] ?? 0) + 1)
      }
      row.push(best)
    }
    rows.push(row)
  }
  return rows[a.length]?.[b.length] ?? 0
}

/** ` (did you mean "expired"?)` when one of the words is near enough to a misspelt one, else nothing. */
export function suggestion(misspelt: string, words: readonly string[]): string {
  const limit = Math.max(1, Math.floor(misspelt.length / 3))
  // Distance over long strangers is quadratic work for nothing.
  const near = words
    .filter((word) => Math.abs(word.length - misspelt.length) <= limit && misspelt.length < 80)
    .map((word) => ({ word, edits: distance(misspelt, word) }))
    .filter(({ edits }) => edits <= limit)
    .toSorted((a, b) => a.edits - b.edits)[0]
  return near === undefined ? '' : ` (did you mean "${near.word}"?)`
}

/** Takes note of a problem; reading goes on, so that all of a file's problems are told at once. */
export type Report = (path: DocumentPath, says: string) => void
