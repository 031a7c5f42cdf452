import { expect, test } from '@playwright/test'
import { existsSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { packageRoot } from '../package-root.ts'
import { readReport } from '../report/read.ts'
import { readStream } from '../report/read-stream.ts'
import { hookproof } from './run-for-tests.ts'

const leftovers = (folder: string): string[] =>
  readdirSync(folder).filter((name) => name.startsWith('hookproof-run-'))

// Each starts the tool, which starts Playwright, which starts workers: slow on a busy machine.
test.describe.configure({ timeout: 120_000 })

test.describe('bad input is one sentence, one hint, and exit status 2', () => {
  for (const [what, args, sentence] of [
    ['an unknown engine', ['certify', '--engine', 'podman'], 'There is no engine "podman".'],
    ['an unknown profile', ['certify', '--profile', 'gold'], 'There is no profile "gold".'],
    ['a filter that matches nothing', ['certify', '--grep', 'no-such'], 'matches no-such'],
    ['a broken pattern', ['certify', '--grep', '('], 'is not a regular expression'],
    [
      'a dispatcher that does not exist',
      ['certify', '--dispatcher', './no-such-adapter'],
      'names the program "./no-such-adapter"',
    ],
    ['an unknown option', ['certify', '--fast'], "Unknown option '--fast'"],
    ['an unknown command', ['certifi'], 'There is no command "certifi".'],
  ] as const) {
    test(what, async () => {
      const { status, output } = await hookproof(args)
      expect(status).toBe(2)
      expect(output).toContain(sentence)
      expect(output).not.toContain('    at ')
    })
  }

  test('a report folder that cannot be written', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'hookproof-e2e-'))
    writeFileSync(join(folder, 'taken'), 'a file, not a folder')
    const { status, output } = await hookproof([
      'certify',
      '--report',
      join(folder, 'taken/report'),
    ])
    expect(status).toBe(2)
    expect(output).toContain('ERR_REPORT_UNWRITABLE')
  })

  test('an unknown key in hookproof.config.js, found by Playwright', async () => {
    const files = {
      'hookproof.config.js': 'export default { dispatchr: "x" }',
      'package.json': '{"type":"module"}',
    }
    const { status, output } = await hookproof(['certify'], { files })
    expect(status).toBe(2)
    expect(output).toContain('unknown key "dispatchr"')
  })
})

test('a selection makes the run partial, and leaves a report', async () => {
  const { status, output, folder } = await hookproof(['certify', '--grep', 'server-validity/'])
  expect(status, output).toBe(4)
  const report = readReport(join(folder, 'conformance-report/report.json'))
  expect(report).toMatchObject({ verdict: 'partial', run: { filtered: true, engine: 'embedded' } })
  expect(report.summary.passed).toBe(report.summary.planned)
  expect(existsSync(join(folder, 'conformance-report/index.html'))).toBe(true)
  expect(leftovers(folder)).toEqual([])
})

test('hookproof.config.ts names the dispatcher', async () => {
  const miniature = join(packageRoot, 'dist/fixtures/dispatchers/miniatures/main.js')
  const files = {
    'hookproof.config.ts': `export default { dispatcher: ${JSON.stringify(`node '${miniature}' accepts-expired-certificate`)} }`,
    'package.json': '{"type":"module"}',
  }
  const { status, output, folder } = await hookproof(['certify', '--grep', 'server-validity/'], {
    files,
  })
  expect(status, output).toBe(1)
  const report = readReport(join(folder, 'conformance-report/report.json'))
  const expired = report.results.find(({ scenario }) => scenario.endsWith('/end-entity-expired'))
  expect(expired).toMatchObject({ verdict: 'failed', reason: 'leak' })
  expect(expired?.reproduce).toContain('--grep')
})

test('an adapter that dies is inconclusive, keeps what was done and ends the run with 3', async () => {
  const adapter = `
    import { createInterface } from 'node:readline'
    for await (const line of createInterface({ input: process.stdin })) {
      const { id, cmd } = JSON.parse(line)
      if (cmd === 'hello') console.log(JSON.stringify({ id, protocol: 1, dispatcher: { name: 'mortal', version: '1' }, capabilities: ['client-certificate.pem', 'trust.private-ca'] }))
      else if (cmd === 'bye') { console.log(JSON.stringify({ id, ok: true })); process.exit() }
      else { console.error('out of memory'); process.exit(9) }
    }`
  const { status, output, folder } = await hookproof(
    ['certify', '--dispatcher', 'node mortal.mjs', '--grep', 'server-validity/'],
    { files: { 'mortal.mjs': adapter } },
  )
  expect(status, output).toBe(3)
  const report = readReport(join(folder, 'conformance-report/report.json'))
  expect(report.verdict).toBe('inconclusive')
  expect(report.summary.inconclusive).toBe(report.summary.planned)
})

test('an interrupted run still writes its report', async () => {
  let interrupted: 'no' | 'yes' = 'no'
  const { status, output, folder } = await hookproof(['certify', '--workers', '1'], {
    during: (seen, interrupt) => {
      if (interrupted === 'yes' || !seen.includes('·····')) return
      interrupted = 'yes'
      interrupt()
    },
  })
  expect(status, output).toBe(3)
  const report = readReport(join(folder, 'conformance-report/report.json'))
  expect(report.run.interrupted).toBe(true)
  expect(report.summary.passed).toBeGreaterThan(0)
  expect(report.summary.inconclusive).toBeGreaterThan(0)
  expect(report.summary.planned).toBe(report.results.length)
  const stream = readStream(join(folder, 'conformance-report/results.jsonl'))
  expect(stream.results.length).toBeGreaterThan(0)
  expect(stream.results.length).toBeLessThan(report.summary.planned)
  expect(stream.footer.verdict).toBe('inconclusive')
  expect(leftovers(folder)).toEqual([])
})

test('doctor finds the reference sound, and a broken adapter broken', async () => {
  const sound = await hookproof(['doctor'])
  expect(sound.status, sound.output).toBe(0)
  const broken = await hookproof([
    'doctor',
    '--dispatcher',
    'node -e "setTimeout(()=>{},9e3);console.log(1)"',
  ])
  expect(broken.status, broken.output).toBe(3)
  expect(broken.output).toContain('BROKEN')
})

test('list shows every scenario, also for programs', async () => {
  const { status, output } = await hookproof(['list', '--json'])
  expect(status).toBe(0)
  const rows = JSON.parse(output) as { id: string; level: string }[]
  expect(rows.length).toBeGreaterThan(45)
  expect(rows.every(({ level }) => level === 'MUST' || level === 'SHOULD')).toBe(true)
})

test('list selects by pattern and by profile, and shows what a scenario needs', async () => {
  const ids = async (...args: readonly string[]) => {
    const { status, output } = await hookproof(['list', '--json', ...args])
    expect(status).toBe(0)
    return (JSON.parse(output) as { id: string; profile: string }[]).map(({ id }) => id)
  }
  const pinned = await ids('--profile', 'pinning')
  expect(pinned).toContain('pins/mismatch')
  expect(pinned).not.toContain('server-validity/end-entity-expired')
  expect(await ids('--grep', 'END-ENTITY-EXPIRED:')).toEqual(['server-validity/end-entity-expired'])
  expect(await ids('--grep', '@pins( |$)', '--profile', 'core')).toEqual([])
  const { output } = await hookproof(['list', '--grep', 'pins/mismatch'])
  expect(output).toMatch(
    /pins\/mismatch +MUST +pinning +Refuses .* {2}\[.*pin\.spki\]\n\n1 scenario\n/,
  )
  const refused = await hookproof(['list', '--profile', 'gold'])
  expect([refused.status, refused.output]).toEqual([
    2,
    expect.stringContaining('There is no profile "gold".'),
  ])
})
