import { expect, test as base } from '@playwright/test'
import { spawnSync } from 'node:child_process'
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { packageRoot } from '../package-root.ts'
import { readReport } from '../report/read.ts'
import { LANGUAGES, type Language } from './scaffold.ts'

/** The packed tarball, installed as a new user would. */
interface Installed {
  /** Paths in the tarball. */
  readonly files: readonly string[]
  /** A folder without anything but the installation. */
  readonly folder: string
}

interface Ended {
  readonly status: number | null
  readonly output: string
}

/** Variables of the run that this test is part of, which a vendor's shell does not have. */
const OURS = /^(TEST_|PLAYWRIGHT_|PW_|GITHUB_STEP_SUMMARY$|HOOKPROOF_|npm_|NODE_OPTIONS$|INIT_CWD$)/

function run(folder: string, command: string, args: readonly string[]): Ended {
  const inherited = Object.entries(process.env).filter(([name]) => !OURS.test(name))
  const env = {
    ...Object.fromEntries(inherited),
    // Without `npm test`'s own node_modules/.bin, where our Playwright is.
    PATH: (process.env['PATH'] ?? '')
      .split(delimiter)
      .filter((one) => !one.startsWith(packageRoot))
      .join(delimiter),
    HOOKPROOF_ENGINE: 'embedded',
    CI: '1',
  }
  const { status, stdout, stderr } = spawnSync(command, args, {
    cwd: folder,
    env,
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  })
  return { status, output: `${stdout}${stderr}` }
}

const npx = (folder: string, ...args: readonly string[]): Ended =>
  run(folder, 'npx', ['--no-install', ...args])

/** What npx would run, without the second that npx takes. */
const bin = (folder: string, name: string, ...args: readonly string[]): Ended =>
  run(folder, join(folder, 'node_modules/.bin', name), args)

const test = base.extend<{ project: string }, { installed: Installed }>({
  installed: [
    async ({}, use) => {
      const folder = mkdtempSync(join(tmpdir(), 'hookproof-journey-'))
      try {
        // The build is there: `npm test` begins with it.
        const pack = ['pack', '--ignore-scripts', '--json', '--pack-destination', folder]
        const packed = spawnSync('npm', pack, { cwd: packageRoot, encoding: 'utf8' })
        const [tarball] = tarballs(JSON.parse(packed.stdout))
        if (tarball === undefined) throw new Error(packed.stderr)
        const flags = ['--prefer-offline', '--no-audit', '--no-fund', '--ignore-scripts']
        const install = run(folder, 'npm', ['install', '-D', ...flags, `./${tarball.filename}`])
        if (install.status !== 0) throw new Error(install.output)
        await use({ files: tarball.files.map(({ path }) => path), folder })
      } finally {
        rmSync(folder, { recursive: true, force: true })
      }
    },
    { scope: 'worker', timeout: 180_000 },
  ],

  /** An empty folder that shares the installation. */
  project: async ({ installed }, use) => {
    const folder = mkdtempSync(join(tmpdir(), 'hookproof-project-'))
    symlinkSync(join(installed.folder, 'node_modules'), join(folder, 'node_modules'))
    await use(folder)
    rmSync(folder, { recursive: true, force: true })
  },
})

interface Tarball {
  readonly filename: string
  readonly files: readonly { readonly path: string }[]
}

/** npm prints a list up to version 11, and an object by package name from 12 on. */
function tarballs(printed: unknown): Tarball[] {
  return (Array.isArray(printed) ? printed : Object.values(printed as object)) as Tarball[]
}

// One after the other, in one worker: they share the installation.
test.describe.configure({ mode: 'default', timeout: 240_000 })

test('the tarball holds what is needed and nothing else', ({ installed }) => {
  const { files } = installed
  for (const needed of [
    'LICENSE',
    'README.md',
    'dist/backend/server.mjs',
    'dist/fixtures/dispatchers/reference/main.js',
    'dist/harness/cli/main.js',
    'dist/harness/run/needs-esm.cjs',
    'dist/harness/run/playwright.d.ts',
    'docs/adapter-protocol.md',
    'fixtures/payloads/payment-succeeded.json',
    'haproxy/Dockerfile',
    'harness/report/report.schema.json',
    'nginx/Dockerfile',
    'reports/README.md',
    'scenarios/server-validity.yaml',
    'templates/project/playwright.config.ts',
  ]) {
    expect(files).toContain(needed)
  }
  const needless =
    /\.test\.|-for-tests|test-support|\.map$|\.tsbuildinfo$|^dist\/bench|^harness.*\.ts$|^docs\/pictures|^scenarios\/drafts/
  expect(files.filter((file) => needless.test(file))).toEqual([])
})

test('there is one Playwright, the one that the vendor sees', ({ installed }) => {
  const { output } = run(installed.folder, 'npm', ['ls', '--parseable', 'playwright-core'])
  expect(output.match(/node_modules.playwright-core$/gm)).toHaveLength(1)
  expect(existsSync(join(installed.folder, 'node_modules/.bin/playwright'))).toBe(true)
})

test('install, init, doctor, playwright test, verify: all but what needs containers', ({
  installed,
}) => {
  const { folder } = installed
  const init = npx(folder, 'hookproof', 'init')
  expect(init.status, init.output).toBe(0)
  const manifest: unknown = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  expect(manifest).toMatchObject({ type: 'module', devDependencies: { hookproof: /./ } })
  expect(readFileSync(join(folder, '.gitignore'), 'utf8')).toBe(
    'node_modules/\ntest-results/\nconformance-report/\n',
  )
  const spec = readFileSync(join(folder, 'conformance.spec.ts'), 'utf8')
  expect(spec.trim().split('\n')).toHaveLength(2)

  const doctor = npx(folder, 'hookproof', 'doctor')
  expect(doctor.status, doctor.output).toBe(0)
  expect(doctor.output).toContain('example-dispatcher 0.1.0 introduces itself')

  const tests = npx(folder, 'playwright', 'test')
  expect(tests.status, tests.output).toBe(0)
  const path = join(folder, 'conformance-report/report.json')
  const report = readReport(path)
  expect(report).toMatchObject({ verdict: 'partial', dispatcher: { carrier: 'stdio' } })
  expect(report.profiles.find(({ id }) => id === 'core')).toMatchObject({
    failed: 0,
    inconclusive: 0,
  })
  const needsContainers = report.results.filter(
    ({ profile, explanation }) => profile === 'core' && explanation.includes('containers engine'),
  )
  expect(needsContainers.length).toBeGreaterThan(0)
  const page = readFileSync(join(folder, 'conformance-report/index.html'), 'utf8')
  expect(page).toContain('example-dispatcher')

  const before = readFileSync(path, 'utf8')
  expect(npx(folder, 'playwright', 'test', '--list').status).toBe(0)
  expect(readFileSync(path, 'utf8'), '--list leaves the last report alone').toBe(before)

  const verify = npx(folder, 'hookproof', 'verify', 'conformance-report/report.json')
  expect(verify.status, verify.output).toBe(0)
})

const TOOLS: Readonly<Record<Language, readonly string[]>> = {
  js: ['node'],
  python: ['python3'],
  go: ['go'],
  shell: ['bash', 'curl', 'jq'],
}

const missing = (language: Language): readonly string[] =>
  TOOLS[language].filter((tool) => spawnSync('sh', ['-c', `command -v ${tool}`]).status !== 0)

for (const language of ['python', 'go', 'shell'] as const) {
  test(`an adapter in ${language} is sound and fails nothing`, ({ project }) => {
    const absent = missing(language)
    test.skip(absent.length > 0, `${absent.join(', ')} not installed`)
    const init = bin(project, 'hookproof', 'init', '--language', language)
    expect(init.status, init.output).toBe(0)
    const { build } = LANGUAGES[language]
    if (build !== null) {
      const built = run(project, 'sh', ['-c', build])
      expect(built.status, built.output).toBe(0)
    }
    const doctor = bin(project, 'hookproof', 'doctor')
    expect(doctor.status, doctor.output).toBe(0)
    const grep = '@server-validity|@client-certificate-unusable'
    const certify = bin(project, 'hookproof', 'certify', '--grep', grep)
    expect(certify.status, certify.output).toBe(4)
    const { summary } = readReport(join(project, 'conformance-report/report.json'))
    expect(summary.failed + summary.inconclusive, certify.output).toBe(0)
    expect(summary.passed).toBeGreaterThan(10)
  })
}

test("scenarios, tags and tests of the vendor's own run together with ours", ({ project }) => {
  bin(project, 'hookproof', 'init')
  cpSync(join(packageRoot, 'fixtures/vendor'), project, { recursive: true })
  const config = join(project, 'playwright.config.ts')
  const scaffolded = readFileSync(config, 'utf8')
  writeFileSync(config, scaffolded.replace("// scenarios: ['./my", "scenarios: ['./my"))

  const list = bin(project, 'hookproof', 'list')
  expect(list.output).toMatch(/^ {2}acme\/answered-451 +SHOULD /m)
  expect(list.output).toMatch(/^ {2}server-validity\/end-entity-expired +MUST /m)

  const tests = bin(
    project,
    'playwright',
    'test',
    '--grep',
    '@acme|of our own|server-validity/control',
  )
  expect(tests.status, tests.output).toBe(0)
  const { results } = readReport(join(project, 'conformance-report/report.json'))
  const passed = results.filter(({ verdict }) => verdict === 'passed').map((one) => one.scenario)
  expect(passed).toContain('acme/answered-451')
  expect(passed).toContain('server-validity/control')

  const listed = bin(project, 'playwright', 'test', '--list', '--grep', '@SHOULD')
  expect(listed.output).toContain('acme/answered-451: ')
  expect(listed.output).not.toContain('acme/control: ')

  // The types that the vendor sees: Playwright's own, which need Node's, and ours. No library is skipped.
  copyFileSync(join(packageRoot, 'fixtures/vendor/tsconfig.json'), join(project, 'tsconfig.json'))
  const types = ['--typeRoots', join(packageRoot, 'node_modules/@types')]
  const tsc = run(project, join(packageRoot, 'node_modules/.bin/tsc'), ['-p', '.', ...types])
  expect(tsc.output).toBe('')
})

test('init keeps what is there, and writes over it with --force', ({ project }) => {
  writeFileSync(join(project, 'adapter.mjs'), '// mine\n')
  const kept = bin(project, 'hookproof', 'init')
  expect(kept.output).toContain('kept      adapter.mjs')
  expect(kept.output).toContain('written   playwright.config.ts')
  expect(readFileSync(join(project, 'adapter.mjs'), 'utf8')).toBe('// mine\n')
  const forced = bin(project, 'hookproof', 'init', '--force')
  expect(forced.output).toContain('replaced  adapter.mjs')
  expect(readFileSync(join(project, 'adapter.mjs'), 'utf8')).toContain('A hookproof adapter')
  const unknown = bin(project, 'hookproof', 'init', '--language', 'cobol')
  expect(unknown.status).toBe(2)
  expect(unknown.output).toContain('There is no adapter in "cobol".')
})

test('a package of CommonJS modules stays one, and gets files that work in it', ({ project }) => {
  const manifest = '{ "type": "commonjs" }\n'
  writeFileSync(join(project, 'package.json'), manifest)
  const init = bin(project, 'hookproof', 'init')
  expect(init.output).toContain('written   playwright.config.mts')
  expect(readFileSync(join(project, 'package.json'), 'utf8')).toBe(manifest)
  const doctor = bin(project, 'hookproof', 'doctor')
  expect(doctor.status, doctor.output).toBe(0)

  copyFileSync(join(project, 'playwright.config.mts'), join(project, 'playwright.config.ts'))
  const tests = bin(project, 'playwright', 'test', '--list')
  expect(tests.status).toBe(1)
  expect(tests.output).toContain('Name it playwright.config.mts')
})

test('sources of a package that says nothing of its modules keep their meaning', ({ project }) => {
  writeFileSync(join(project, 'package.json'), '{}\n')
  writeFileSync(join(project, 'server.js'), "require('node:http')\n")
  bin(project, 'hookproof', 'init')
  expect(readFileSync(join(project, 'package.json'), 'utf8')).toBe('{}\n')
  expect(readdirSync(project)).toContain('playwright.config.mts')
})

test("a configuration that is none of hookproof's is said to be that", ({ project }) => {
  writeFileSync(join(project, 'playwright.config.mjs'), 'export default {}\n')
  const { status, output } = bin(project, 'hookproof', 'certify')
  expect(status).toBe(2)
  expect(output).toContain('playwright.config.mjs does not get as far as calling hookproof(…)')
})
