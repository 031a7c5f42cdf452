import { gateOf } from '../report/known.ts'
import { readReport } from '../report/read.ts'
import { exitStatusOfRun } from '../report/standing.ts'
import { parseCommand } from './arguments.ts'

const HELP = `npx hookproof status [--gate] report.json

  Prints the verdict of a report and ends with the exit status that its run has with \`hookproof certify\`:
  for reports that Playwright itself made, as \`npx playwright merge-reports\` does, whose own exit
  status does not tell them apart. Whether the report is sound is what \`hookproof verify\` checks.

  --gate    as a gate against regressions: 0 as well where every failure is a known one

  Exit status: 0 conformant, 1 nonconformant, 2 the report cannot be read, 3 inconclusive, 4 partial.
`

/** `hookproof status`. */
export function status(args: readonly string[]): Promise<number> {
  const { values, operands } = parseCommand('status', args, {
    valued: [],
    flags: ['gate'],
    operands: ['report.json'],
  })
  if (values['help'] !== undefined) {
    process.stdout.write(HELP)
    return Promise.resolve(0)
  }
  const report = readReport(operands[0] ?? '')
  process.stdout.write(`${report.verdict}\n`)
  const known = report.verdict === 'nonconformant' && gateOf(report) === 'open'
  const passes = values['gate'] !== undefined && known
  return Promise.resolve(passes ? 0 : exitStatusOfRun(report.verdict))
}
