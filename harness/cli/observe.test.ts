/** The real tool, and curl in the part of a hosted product that a person sets up. Needs `npm run build`. */
import { execFile } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@playwright/test'
import { readReport } from '../report/read.ts'
import type { Instructions } from '../run/observe/instructions.ts'
import { hookproof, type Ended } from './run-for-tests.ts'

test.describe.configure({ timeout: 120_000 })

type Setup = Instructions['setups'][number]

/** Sends an event to one URL, as it was set up. */
type Product = (url: string, setup: Setup, folder: string) => Promise<void>

const curl =
  (...more: readonly string[]): Product =>
  (url, { files }, folder) => {
    const file = (part: keyof typeof files): string => join(folder, files[part] ?? 'missing')
    const credentials = ['--cert', file('certificate-chain'), '--key', file('private-key')]
    const args = [...credentials, '--cacert', file('trust-anchors'), '--json', '{"id":"evt_1"}']
    return new Promise((resolve) => {
      // Some of the URLs have to be refused: how it ends is for the endpoint to say.
      execFile('curl', ['--silent', '--max-time', '10', ...args, ...more, url], () => {
        resolve()
      })
    })
  }

interface Observed extends Ended {
  readonly report: ReturnType<typeof readReport>
  readonly handOut: string
}

/** Follows what the tool prints: sends to every URL as soon as it listens. */
async function observed(
  args: readonly string[],
  product: Product,
  whileListening: (folder: string) => void = () => undefined,
): Promise<Observed> {
  const folders: string[] = []
  const sent: Promise<void>[] = []
  const ended = await hookproof(['observe', '--json', '--quiet', '300ms', ...args], {
    during(output) {
      const line = /^\{"event":"listening".*$/m.exec(output)?.[0]
      if (folders.length > 0 || line === undefined || !output.includes(`${line}\n`)) return
      const { folder, setups } = JSON.parse(line) as Instructions & { readonly folder: string }
      folders.push(folder)
      whileListening(folder)
      for (const setup of setups) {
        for (const { url } of setup.endpoints) sent.push(product(url, setup, folder))
      }
    },
  })
  await Promise.all(sent)
  const [handOut] = folders
  if (handOut === undefined) throw new Error(`it never listened:\n${ended.output}`)
  return {
    ...ended,
    handOut,
    report: readReport(join(ended.folder, 'observation-report/report.json')),
  }
}

test('an honest product: partial at best, loosely, and the report is sound', async () => {
  const modes: number[] = []
  const { status, output, report, folder, handOut } = await observed(
    ['--product', 'Acme Hooks', '--product-version', '2026-11'],
    curl(),
    (given) => {
      for (const name of readdirSync(given, { recursive: true, encoding: 'utf8' })) {
        modes.push(statSync(join(given, name)).mode & 0o777)
      }
    },
  )
  expect(status, output).toBe(4)
  expect(report).toMatchObject({
    verdict: 'partial',
    dispatcher: { name: 'Acme Hooks', version: '2026-11', carrier: 'observe' },
    run: { engine: 'embedded', filtered: true, interrupted: false },
  })
  expect(report.summary.passed).toBe(report.summary.planned)
  expect(report.summary.passed).toBeGreaterThan(10)
  for (const { grade, advisories } of report.results) {
    expect(grade).toBe('loose')
    expect(advisories.map(({ code }) => code)).toContain('account-unheard')
  }
  expect(modes.length).toBeGreaterThan(8)
  expect(new Set(modes)).toEqual(new Set([0o600, 0o700]))
  expect(existsSync(handOut)).toBe(false)
  const page = readFileSync(join(folder, 'observation-report/index.html'), 'utf8')
  expect(page).toContain('Evidence only')
  expect(page + JSON.stringify(report)).not.toMatch(/PRIVATE KEY|correct horse/)
  const path = join(folder, 'observation-report/report.json')
  expect(await hookproof(['verify', path])).toMatchObject({ status: 0 })
})

test('a product that takes an expired certificate leaks, and that is nonconformant', async () => {
  const only = ['--grep', 'server-validity/end-entity-expired:']
  const honest = await observed(only, curl())
  expect(honest.report.summary).toMatchObject({ planned: 2, passed: 2 })
  const { status, output, report } = await observed(only, curl('--insecure'))
  expect(status, output).toBe(1)
  expect(report.verdict).toBe('nonconformant')
  expect(report.results).toMatchObject([
    { control: null, verdict: 'passed' },
    { control: 'passed', verdict: 'failed', reason: 'leak' },
  ])
  expect(report.results[1]?.reproduce).toBe(
    "npx hookproof observe --grep 'server-validity/end-entity-expired:'",
  )
})

test('a product that never sends: nothing is said about it', async () => {
  const { status, report } = await observed(['--timeout', '1s'], () => Promise.resolve())
  expect(status).toBe(3)
  expect(report).toMatchObject({ verdict: 'inconclusive', summary: { passed: 0, failed: 0 } })
  expect(new Set(report.results.map(({ reason }) => reason))).toEqual(
    new Set(['no-attempt', 'control']),
  )
})

test('a product that was set up without its certificate: first mend the set-up', async () => {
  const bare: Product = (url, setup, folder) => {
    const { 'trust-anchors': anchors = '' } = setup.files
    return new Promise((resolve) => {
      const args = ['--silent', '--max-time', '10', '--cacert', join(folder, anchors)]
      execFile('curl', [...args, '--json', '{}', url], () => {
        resolve()
      })
    })
  }
  const { status, report } = await observed(['--grep', 'server-validity/end-entity-exp'], bare)
  expect(status).toBe(3)
  expect(report.results[0]).toMatchObject({ verdict: 'inconclusive', reason: 'unheard' })
})

test('under a public host every name moves along, on ports in a row', async () => {
  const host = 'hooks.example.test'
  const ports: number[] = []
  const through: Product = (url, setup, folder) => {
    const { port, hostname } = new URL(url)
    expect(hostname).toBe(host)
    ports.push(Number(port))
    return curl('--resolve', `${host}:${port}:127.0.0.1`)(url, setup, folder)
  }
  const args = ['--host', host, '--from', '127.0.0.1,10.0.0.0/8', '--grep', 'server-(id|path)']
  const { status, output, report } = await observed(args, through)
  expect(status, output).toBe(4)
  expect(report.summary.passed).toBe(report.summary.planned)
  expect(report.summary.planned).toBeGreaterThan(8)
  const refused = report.results.filter(({ control }) => control !== null)
  expect(refused[0]?.stimulus).toMatchObject({ host })
})

test('strangers are turned away and leave no trace', async () => {
  const args = ['--from', '192.0.2.0/24', '--timeout', '2s', '--grep', 'server-validity/control']
  const { status, report } = await observed(args, curl())
  expect(status).toBe(3)
  expect(report.results[0]).toMatchObject({ reason: 'no-attempt' })
})

test('an interrupt ends the watch, and the report has what was seen until then', async () => {
  let interrupted = false
  const ended = await hookproof(['observe', '--json'], {
    during(output, interrupt) {
      if (interrupted || !output.includes('"event":"listening"')) return
      interrupted = true
      interrupt()
    },
  })
  expect(ended.status, ended.output).toBe(3)
  const report = readReport(join(ended.folder, 'observation-report/report.json'))
  expect(report.run.interrupted).toBe(true)
  expect(existsSync(join(ended.folder, 'hookproof-observe'))).toBe(false)
})

for (const [what, args, sentence] of [
  ['an address that everyone reaches', ['--listen', '0.0.0.0'], 'would pass for the dispatcher'],
  ['a host that is a URL', ['--host', 'https://a.example/'], 'is not a host name'],
  ['an address that is none', ['--from', '10.0.0.0/40'], 'neither an address nor a network'],
  ['a time without a unit', ['--timeout', '10'], '--timeout 10 is not a time'],
  ['a capability that no hand gives', ['--capability', 'retry'], 'is nothing to give by hand'],
  ['what cannot be observed', ['--grep', 'rotation/'], 'can be observed'],
] as const) {
  test(`says in a sentence what is wrong with ${what}`, async () => {
    const { status, output } = await hookproof(['observe', ...args])
    expect(status).toBe(2)
    expect(output).toContain(sentence)
  })
}

test('a folder with files of somebody else is left alone', async () => {
  const { status, output, folder } = await hookproof(['observe', '--folder', '.'], {
    files: { 'mine.txt': 'mine' },
  })
  expect(status).toBe(2)
  expect(output).toContain('holds files that are not of an observed run')
  expect(readFileSync(join(folder, 'mine.txt'), 'utf8')).toBe('mine')
})

test('lists what can be observed, and why the rest cannot', async () => {
  const { status, output } = await hookproof(['observe', '--list'])
  expect(status).toBe(0)
  expect(output).toMatch(/^Observed, \d+\n {2}\S+\/control/)
  expect(output).toContain('Not, since it needs --capability client-certificate.pkcs12, ')
})
