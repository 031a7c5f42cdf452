#!/usr/bin/env node
import { exitStatusOf, renderError } from '../errors.ts'
import { suiteVersion } from '../run/facts.ts'
import { certify } from './certify.ts'
import { diff } from './diff.ts'
import { doctor } from './doctor.ts'
import { init } from './init.ts'
import { list } from './list.ts'
import { observe } from './observe.ts'
import { status } from './status.ts'
import { verify } from './verify.ts'

/** A command of the tool: its arguments in, its exit status out. */
type Command = (args: readonly string[]) => Promise<number>

const COMMANDS: Readonly<Record<string, Command>> = {
  certify,
  diff,
  doctor,
  init,
  list,
  observe,
  status,
  verify,
}

const HELP = `hookproof ${suiteVersion()}: conformance tests for webhooks over mutual TLS

  npx hookproof init                                        files to begin with, an adapter among them
  npx hookproof doctor --dispatcher 'node my-adapter.js'    is the adapter sound? no verdict
  npx hookproof certify --dispatcher 'node my-adapter.js'   the conformance run, with a report
  npx hookproof observe                                     without an adapter: you set it up, we watch
  npx hookproof list                                        every scenario, by topic
  npx hookproof verify conformance-report/report.json       is a report what its evidence says?
  npx hookproof status conformance-report/report.json       its verdict, as an exit status
  npx hookproof diff old/report.json new/report.json        which verdicts changed?

  Each command explains itself with --help. The dispatcher is a command line (run without a
  shell), a URL (http carrier) or a .yaml/.json description. Without one, the reference
  dispatcher that ships with hookproof is used.

  Exit status of certify: 0 conformant, 1 nonconformant, 2 bad usage, 3 inconclusive, 4 partial.
  That of observe is never 0: it is evidence, and certifies nothing.
`

async function main(args: readonly string[]): Promise<number> {
  const [name, ...rest] = args
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    process.stdout.write(HELP)
    return name === undefined ? 2 : 0
  }
  if (name === '--version') {
    process.stdout.write(`${suiteVersion()}\n`)
    return 0
  }
  const command = COMMANDS[name]
  if (command === undefined) {
    process.stderr.write(`ERR_USAGE: There is no command "${name}".\n\n${HELP}`)
    return 2
  }
  return command(rest)
}

// Whoever reads the output may stop early, as `| head` does.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit()
  throw error
})

try {
  process.exitCode = await main(process.argv.slice(2))
} catch (error) {
  process.stderr.write(`${renderError(error)}\n`)
  process.exitCode = exitStatusOf(error)
}
