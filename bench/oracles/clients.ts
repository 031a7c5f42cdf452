import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { HarnessError } from '../../harness/errors.ts'
import { packageRoot } from '../../harness/package-root.ts'

/** A client that comes with an operating system or a language, ready to be driven. */
export interface StockClient {
  /** One word, the head of its column. */
  readonly name: string
  /** What it says of itself: versions of client and TLS library. */
  readonly about: string
  /** Path of its description, for the `exec` carrier. */
  readonly description: string
}

interface Recipe {
  readonly name: string
  /** Debian's package. */
  readonly install: string
  /** Compiles it into `folder`; most need nothing. */
  readonly prepare?: (folder: string) => readonly string[]
  /** The command without options. */
  readonly command: (folder: string) => readonly string[]
  readonly about?: readonly string[]
  /** The options of its own command line; default those that our clients take. */
  readonly options?: readonly (string | readonly string[])[]
}

const clients = join(packageRoot, 'bench/oracles/clients')

const OPTIONS = [
  ...['--url', '{url}', '--content-type', '{content_type}', '--body', '{body}'],
  ['--ca', '{ca}'],
  ['--cert', '{cert}'],
  ['--key', '{key}'],
]

/** Each as it comes: what is given is what must be given, and no default is made stricter. */
const RECIPES: readonly Recipe[] = [
  {
    name: 'curl',
    install: 'curl',
    command: () => ['curl', '--disable', '--silent', '--show-error', '--fail', '--noproxy', '*'],
    about: ['curl', '--version'],
    options: [
      ...['--max-time', '5', '--output', '/dev/null', '--data-binary', '@{body}'],
      ...['--header', 'Content-Type: {content_type}'],
      ['--cacert', '{ca}'],
      ['--cert', '{cert}'],
      ['--key', '{key}'],
      '{url}',
    ],
  },
  {
    name: 'openssl',
    install: 'openssl',
    command: () => [join(clients, 'openssl.sh')],
    about: ['openssl', 'version'],
  },
  {
    name: 'python',
    install: 'python3',
    command: () => ['python3', join(clients, 'client.py')],
  },
  {
    name: 'java',
    install: 'default-jdk-headless',
    prepare: (folder) => ['javac', '-d', folder, join(clients, 'Client.java')],
    // Both spare time at the start of a process that lives for one request.
    command: (folder) => [
      'java',
      '-XX:TieredStopAtLevel=1',
      '-XX:+UseSerialGC',
      '-cp',
      folder,
      'Client',
    ],
  },
  {
    name: 'go',
    install: 'golang-go',
    prepare: (folder) => ['go', 'build', '-o', join(folder, 'client'), join(clients, 'client.go')],
    command: (folder) => [join(folder, 'client')],
  },
  {
    name: 'node',
    install: 'nodejs',
    command: () => [process.execPath, join(packageRoot, 'dist/bench/oracles/clients/client.js')],
  },
]

/**
 * Compiles what needs it and writes a description of each client, all into `folder`.
 *
 * @throws HarnessError `ERR_DISPATCHER_NOT_STARTED` for a client that is not installed
 */
export function prepareClients(folder: string): Promise<readonly StockClient[]> {
  return Promise.all(RECIPES.map((recipe) => prepareClient(recipe, folder)))
}

async function prepareClient(recipe: Recipe, folder: string): Promise<StockClient> {
  const command = recipe.command(folder)
  if (recipe.prepare !== undefined) await run(recipe, recipe.prepare(folder))
  const about = await run(recipe, recipe.about ?? [...command, '--about'])
  const description = join(folder, `${recipe.name}.json`)
  writeFileSync(
    description,
    JSON.stringify({
      carrier: 'exec',
      exec: {
        name: recipe.name,
        version: about,
        capabilities: ['client-certificate.pem', 'trust.private-ca'],
        command: [...command, ...(recipe.options ?? OPTIONS)],
      },
    }),
  )
  return { name: recipe.name, about, description }
}

/** The first words of what a command prints: versions come first, and curl goes on for lines. */
async function run({ name, install }: Recipe, command: readonly string[]): Promise<string> {
  const [program = '', ...words] = command
  try {
    const { stdout } = await promisify(execFile)(program, words, { timeout: 120_000 })
    return stdout.trim().split(/\s+/).slice(0, 5).join(' ')
  } catch (cause) {
    throw new HarnessError(
      'ERR_DISPATCHER_NOT_STARTED',
      `The stock client ${name} cannot be made ready: "${command.join(' ')}" failed`,
      { hint: `On Debian: apt-get install ${install}`, cause },
    )
  }
}
