import { readFileSync } from 'node:fs'
import { HarnessError } from '../errors.ts'
import type { ReportedResult } from './model.ts'
import { countsOf } from './standing.ts'
import type { StreamFooter, StreamHeader, StreamLine } from './stream.ts'
import { parseStreamLine } from './validate.ts'

/** A whole `results.jsonl`, read back. */
export interface ResultsRead {
  readonly header: StreamHeader
  /** In the order in which the scenarios ended. */
  readonly results: readonly ReportedResult[]
  readonly footer: StreamFooter
}

function wrong(name: string, says: string, cause?: unknown): HarnessError {
  return new HarnessError('ERR_REPORT_INVALID', `${name} ${says}`, {
    hint: 'The stream is written by a run from its header to its footer; run again for a whole one.',
    cause,
  })
}

function linesOf(text: string, name: string): readonly StreamLine[] {
  const lines = text.split('\n')
  // Every line is written with its line feed; what follows the last one was cut off.
  const rest = lines.pop() ?? ''
  if (lines.length === 0 && rest === '') throw wrong(name, 'is empty: not even the header is there')
  if (rest !== '') throw wrong(name, `is cut off within line ${lines.length + 1}`)
  return lines.map((line, index) => {
    const where = `line ${index + 1} of ${name}`
    let value: unknown
    try {
      value = JSON.parse(line)
    } catch (error) {
      throw wrong(where, 'is not JSON', error)
    }
    return parseStreamLine(value, where)
  })
}

function resultsOf(
  lines: readonly StreamLine[],
  header: StreamHeader,
  name: string,
): readonly ReportedResult[] {
  const selected = new Set(
    header.plan.filter((one) => one.selection === 'selected').map((one) => one.scenario),
  )
  const seen = new Set<string>()
  return lines.map((line, index) => {
    const where = `line ${index + 2} of ${name}`
    if (line.type !== 'result') throw wrong(where, `is a second ${line.type}`)
    const { scenario } = line.result
    if (!selected.has(scenario)) throw wrong(where, `has a result for ${scenario}, not planned`)
    if (seen.has(scenario)) throw wrong(where, `has a second result for ${scenario}`)
    seen.add(scenario)
    return line.result
  })
}

function checkFooter(
  footer: StreamFooter,
  header: StreamHeader,
  results: readonly ReportedResult[],
  name: string,
): void {
  if (footer.results !== results.length) {
    throw wrong(name, `has ${results.length} results, and its footer counts ${footer.results}`)
  }
  const { passed, failed, skipped, inconclusive } = countsOf(results)
  const planned = header.plan.filter((one) => one.selection === 'selected').length
  const counts = {
    planned,
    passed,
    failed,
    skipped,
    // What was planned and has no result is inconclusive.
    inconclusive: inconclusive + planned - results.length,
  }
  for (const word of ['planned', 'passed', 'failed', 'skipped', 'inconclusive'] as const) {
    if (footer.summary[word] === counts[word]) continue
    const told = `its footer says ${footer.summary[word]} ${word}`
    throw wrong(name, `has ${counts[word]} ${word}, and ${told}`)
  }
}

/**
 * Reads the text of a `results.jsonl`.
 *
 * @param name how an error calls it
 * @throws HarnessError `ERR_REPORT_INVALID` for an empty stream, a line that is cut off or none, a
 *   missing header or footer, a scenario twice or not planned, and counts that do not add up
 */
export function parseStream(text: string, name: string): ResultsRead {
  const lines = linesOf(text, name)
  const [header, ...rest] = lines
  if (header?.type !== 'header') throw wrong(name, 'does not begin with a header')
  const footer = rest.at(-1)
  if (footer?.type !== 'footer') {
    throw wrong(name, 'has no footer: the run that wrote it did not come to its end')
  }
  const results = resultsOf(rest.slice(0, -1), header, name)
  checkFooter(footer, header, results, name)
  return { header, results, footer }
}

/**
 * Reads a `results.jsonl`, see {@link parseStream}.
 *
 * @throws HarnessError `ERR_REPORT_INVALID`, also when the file cannot be read
 */
export function readStream(file: string): ResultsRead {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    throw wrong(
      file,
      `cannot be read: ${error instanceof Error ? error.message : String(error)}`,
      error,
    )
  }
  return parseStream(text, file)
}
