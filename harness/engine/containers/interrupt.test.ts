import { expect, test } from '@playwright/test'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { packageRoot } from '../../package-root.ts'
import { findDocker } from './docker-address.ts'
import { labelOf } from './label.ts'
import { startGate } from './gate-for-tests.ts'
import { docker, leftovers, useLocalBases } from './test-support.ts'

/** What this test's own runner put into the environment would make the run believe that it is a worker. */
const OURS = /^(TEST_|PLAYWRIGHT_|PW_|HOOKPROOF_(SETTINGS|RUN_FOLDER)$)/

function outsideEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !OURS.test(name)))
}

const finding = await findDocker()

test.describe('a run that is disturbed from outside', () => {
  test.skip(finding.found === 'none', 'no Docker engine answers')
  test.describe.configure({ mode: 'serial', timeout: 240_000 })
  test.beforeAll(useLocalBases)

  /** What is done to a run in its middle. */
  interface Running {
    readonly pid: number
    /** That of all that belongs to the run. */
    readonly label: string
  }

  /** Starts `hookproof certify`, does something to it in the middle of the run, and waits for the end. */
  async function disturbed(
    harm: (running: Running) => void,
    environment: Readonly<Record<string, string>> = {},
  ) {
    const folder = test.info().outputPath('run')
    const temp = join(folder, 'temp')
    mkdirSync(temp, { recursive: true })
    const cli = join(packageRoot, 'dist/harness/cli/main.js')
    const child = spawn(process.execPath, [cli, 'certify', '--engine', 'containers'], {
      cwd: folder,
      // A process group of its own, as a shell gives to each command.
      detached: true,
      env: { ...outsideEnvironment(), ...environment, TMPDIR: temp, FORCE_COLOR: '0' },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const pid = child.pid ?? 0
    let output = ''
    const seen = new Promise<void>((resolve) => {
      for (const stream of [child.stdout, child.stderr]) {
        stream.on('data', (chunk: Buffer) => {
          output += chunk.toString()
          if (/·{5}/.test(output)) resolve()
        })
      }
    })
    const exited = once(child, 'exit')
    await Promise.race([seen, exited])
    expect(output, 'the run has begun').toMatch(/·{5}/)
    const label = labelOf(runIn(temp))
    expect(leftovers(label)).toHaveLength(4)
    harm({ pid, label })
    const [status] = (await exited) as [number | null]
    return { status, label, folder, temp, output }
  }

  const signalled = (by: NodeJS.Signals, whom: 'process' | 'group') =>
    disturbed(({ pid }) => {
      process.kill(whom === 'group' ? -pid : pid, by)
    })

  const expectNothingLeft = async (label: string, temp: string) => {
    await expect.poll(() => leftovers(label), { timeout: 60_000 }).toEqual([])
    await expect
      .poll(() => readdirSync(temp).filter((name) => name.startsWith('hookproof')), {
        timeout: 10_000,
      })
      .toEqual([])
  }

  for (const [signal, whom] of [
    ['SIGINT', 'group'],
    ['SIGTERM', 'process'],
  ] as const) {
    test(`${signal} ends it with a report, status 3 and nothing left behind`, async () => {
      const { status, label, folder, temp } = await signalled(signal, whom)
      expect(status).toBe(3)
      await expectNothingLeft(label, temp)
      const report = JSON.parse(
        readFileSync(join(folder, 'conformance-report/report.json'), 'utf8'),
      ) as { verdict: string }
      expect(report.verdict).toBe('inconclusive')
    })
  }

  test('a container that is killed ends it with a report, status 3 and what the container said last', async () => {
    const { status, label, folder, temp } = await disturbed(({ label: ofRun }) => {
      const all = docker('ps', '--filter', `label=${ofRun}`, '--format', '{{.ID}} {{.Command}}')
      const [nginx] = all.split('\n').filter((line) => line.includes('nginx'))
      docker('kill', nginx?.split(' ')[0] ?? '')
    })
    expect(status).toBe(3)
    await expectNothingLeft(label, temp)
    const report = readFileSync(join(folder, 'conformance-report/report.json'), 'utf8')
    expect(JSON.parse(report)).toMatchObject({ verdict: 'inconclusive' })
    expect(report).toMatch(/container nginx \([0-9a-f]{12}\)[^"]*has exited[^"]*Its log ends: /)
  })

  test('an engine that stops answering ends it with a report, status 3 and a sentence', async () => {
    if (finding.found !== 'engine' || !('socketPath' in finding.address)) {
      test.skip(true, 'the engine is not at a socket')
      return
    }
    using gate = await startGate(finding.address.socketPath)
    const { status, label, folder, temp, output } = await disturbed(
      () => {
        gate.silence()
      },
      { DOCKER_HOST: `tcp://127.0.0.1:${gate.port}` },
    )
    expect(status).toBe(3)
    expect(output).toMatch(/The Docker engine did not do .*no answer within 10 s/)
    const report = readFileSync(join(folder, 'conformance-report/report.json'), 'utf8')
    expect(JSON.parse(report)).toMatchObject({ verdict: 'inconclusive' })
    expect(report).toMatch(/container \w+ \([0-9a-f]{12}\)[^"]*in a state that is not known/)
    // Nobody could remove anything until now.
    expect(leftovers(label).length).toBeGreaterThan(0)
    gate.open()
    await expectNothingLeft(label, temp)
  })

  test('SIGKILL, which nothing can catch, leaves nothing behind either', async () => {
    const { label, temp } = await signalled('SIGKILL', 'group')
    await expectNothingLeft(label, temp)
  })
})

/** The id of the run whose folder is there. */
function runIn(temp: string): string {
  const name = readdirSync(temp).find((one) => one.startsWith('hookproof-run-')) ?? ''
  const run = JSON.parse(readFileSync(join(temp, name, 'run.json'), 'utf8')) as { id: string }
  return run.id
}
