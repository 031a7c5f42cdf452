import { parseArgs, type ParseArgsConfig } from 'node:util'
import { HarnessError } from '../errors.ts'

/** The values of parsed options, by name; a flag that takes no value is the string `''`. */
export type Values = Readonly<Record<string, string | undefined>>

/**
 * Parses long options, each of which takes one value unless it is listed as a flag.
 *
 * @throws HarnessError `ERR_USAGE` for an unknown option, a missing value or a stray argument
 */
export function parseOptions(
  command: string,
  args: readonly string[],
  options: { readonly valued: readonly string[]; readonly flags: readonly string[] },
): Values {
  const config: NonNullable<ParseArgsConfig['options']> = {}
  for (const name of options.valued) config[name] = { type: 'string' }
  for (const name of [...options.flags, 'help']) config[name] = { type: 'boolean' }
  try {
    const { values } = parseArgs({ args: [...args], options: config, allowPositionals: false })
    return Object.fromEntries(
      Object.entries(values).map(([name, value]) => [name, value === true ? '' : String(value)]),
    )
  } catch (error) {
    const sentence = error instanceof Error ? error.message : String(error)
    throw new HarnessError('ERR_USAGE', sentence, {
      hint: `Run \`npx hookproof ${command} --help\`.`,
      cause: error,
    })
  }
}
