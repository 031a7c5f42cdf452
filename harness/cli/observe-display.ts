import type { WriteStream } from 'node:tty'
import type { Report } from '../report/model.ts'
import { exitStatusOfRun } from '../report/standing.ts'
import { renderTerminal } from '../report/terminal.ts'
import { clip, duration } from '../report/text.ts'
import type { HandOut } from '../run/observe/hand-out.ts'
import type { Row } from '../run/observe/observe.ts'

/** What tells the person, or a script, how an observed run is going. */
export interface Display {
  readonly listening: (handOut: HandOut) => void
  readonly progress: (rows: readonly Row[], elapsedMs: number) => void
  readonly report: (report: Report, reportAt: string) => void
}

/** Where a display goes. `columns` and `isTTY` are a terminal's. */
type Screen = Pick<WriteStream, 'write'> & {
  readonly isTTY?: boolean
  readonly columns?: number
}

/** The display for whoever reads it: one JSON object a line for a program. */
export function displayFor(reader: 'person' | 'program', screen: Screen): Display {
  switch (reader) {
    case 'person':
      return forPerson(screen)
    case 'program':
      return forProgram(screen)
  }
}

function forProgram(screen: Screen): Display {
  const tell = (event: Readonly<Record<string, unknown>>): void => {
    screen.write(`${JSON.stringify(event)}\n`)
  }
  let before = new Map<number, string>()
  return {
    listening: ({ instructions, folder }) => {
      tell({ event: 'listening', folder, ...instructions })
    },
    progress: (rows) => {
      const now = new Map(rows.map((row) => [row.number, JSON.stringify(row.progress)]))
      for (const { number, progress } of rows) {
        if (before.get(number) === now.get(number)) continue
        const { stage, connections, requests } = progress
        tell({ event: 'progress', number, stage, connections, requests })
      }
      before = now
    },
    report: (report, reportAt) => {
      const { verdict, summary } = report
      tell({ event: 'report', verdict, exitStatus: exitStatusOfRun(verdict), summary, reportAt })
    },
  }
}

const COLOURS = { passed: 32, failed: 31, skipped: 2, inconclusive: 2 } as const

/** Narrower than this a line says too little to be cut any shorter. */
const LEAST_WIDTH = 40

function forPerson(screen: Screen): Display {
  const live = screen.isTTY === true
  let drawn = 0
  let before = ''
  return {
    listening: ({ text, folder }) => {
      screen.write(`${text}\nEverything is in ${folder}, also as instructions.txt.\n`)
      screen.write('Ctrl-C ends the watch and writes the report.\n\n')
    },
    progress: (rows, elapsedMs) => {
      const width = Math.max(LEAST_WIDTH, (screen.columns ?? 100) - 1)
      const lines = rows.map((row) => lineOf(row, width, live ? 'ansi' : 'none'))
      if (live) {
        const done = rows.filter(({ progress }) => progress.stage !== 'waiting').length
        const clock = `  ${done} of ${rows.length} reached after ${duration(elapsedMs)}`
        // Up to where the last picture began, and over it: nothing flickers.
        screen.write(drawn === 0 ? '' : `\u001b[${drawn}A`)
        screen.write([...lines, clock].map((line) => `\u001b[2K${line}\n`).join(''))
        drawn = lines.length + 1
        return
      }
      const changed = lines.filter((line) => !before.includes(`${line}\n`))
      before = `${lines.join('\n')}\n`
      screen.write(changed.map((line) => `${line}\n`).join(''))
    },
    report: (report, reportAt) => {
      const colour = live ? 'ansi' : 'none'
      screen.write(`\n${renderTerminal(report, { colour, reportAt })}\n`)
    },
  }
}

function lineOf(
  { number, progress, results }: Row,
  width: number,
  colour: 'ansi' | 'none',
): string {
  const [first] = results
  const others = results.length > 1 ? ` (and ${results.length - 1} more)` : ''
  const failed = results.find(({ verdict }) => verdict === 'failed')
  const verdict = (failed ?? first)?.verdict ?? 'inconclusive'
  const state = { waiting: '○ waiting', connected: '◐ connected', requested: '● request' }[
    progress.stage
  ]
  const word =
    progress.stage === 'waiting' || progress.open > 0
      ? ''
      : verdict === 'failed'
        ? (failed?.reason ?? 'failed')
        : verdict === 'passed'
          ? 'as it should'
          : 'open'
  const head = `${`${number}`.padStart(5)}  ${state.padEnd(12)}  `
  const cell = word.padEnd(17)
  const painted =
    colour === 'ansi' && word !== '' ? `\u001b[${COLOURS[verdict]}m${cell}\u001b[0m` : cell
  return `${head}${painted}  ${clip(`${first?.title ?? ''}${others}`, width - head.length - cell.length - 2)}`
}
