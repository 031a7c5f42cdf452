import { parseArgs, type ParseArgsConfig } from 'node:util'
import { HarnessError } from '../errors.ts'

/** The values of parsed options, by name; a flag that takes no value is the string `''`. */
export type Values = Readonly<Record<string, string | undefined>>

/** What a command understands. */
export interface Options {
  /** Long options that take one value. */
  readonly valued: readonly string[]
  /** Long options that take none. */
  readonly flags: readonly string[]
  /** What stands without a name, in order, as `--help` calls it; each must be there. Default: none. */
  readonly operands?: readonly string[]
}

/**
 * Parses long options, each of which takes one value unless it is listed as a flag.
 *
 * @throws HarnessError `ERR_USAGE` for an unknown option, a missing value or a stray argument
 */
export function parseOptions(command: string, args: readonly string[], options: Options): Values {
  return parseCommand(command, args, options).values
}

/**
 * Like {@link parseOptions}, with operands. With `--help` they may be missing.
 *
 * @throws HarnessError `ERR_USAGE` also for an operand that is missing or one too many
 */
export function parseCommand(
  command: string,
  args: readonly string[],
  options: Options,
): { readonly values: Values; readonly operands: readonly string[] } {
  const config: NonNullable<ParseArgsConfig['options']> = {}
  for (const name of options.valued) config[name] = { type: 'string' }
  for (const name of [...options.flags, 'help']) config[name] = { type: 'boolean' }
  const wanted = options.operands ?? []
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: config,
      allowPositionals: wanted.length > 0,
    })
    if (values['help'] === undefined) checkOperands(positionals, wanted)
    const named = Object.entries(values).map(([name, value]) => [
      name,
      value === true ? '' : String(value),
    ])
    return { values: Object.fromEntries(named) as Values, operands: positionals }
  } catch (error) {
    const sentence = error instanceof Error ? error.message : String(error)
    throw new HarnessError('ERR_USAGE', sentence, {
      hint: `Run \`npx hookproof ${command} --help\`.`,
      cause: error,
    })
  }
}

function checkOperands(given: readonly string[], wanted: readonly string[]): void {
  const missing = wanted[given.length]
  if (missing !== undefined) throw new Error(`The argument ${missing} is missing.`)
  const stray = given[wanted.length]
  if (stray !== undefined) throw new Error(`"${stray}" is one argument too many.`)
}
