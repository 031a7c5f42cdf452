import { expect, test } from '@playwright/test'
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { currentRun } from '../../run/run-folder.ts'
import { startSessionForTools, type ToolSession } from '../../run/tool-session.ts'
import type { Scenario } from '../../scenario/types.ts'
import { findDocker } from './docker-address.ts'
import { factsOf, type ContainersFacts } from './facts.ts'
import { startGate, type Gate } from './gate-for-tests.ts'
import { docker, leftovers, useLocalBases } from './test-support.ts'

const finding = await findDocker()

test.describe('when the containers fail', () => {
  test.skip(finding.found === 'none', 'no Docker engine answers')
  // Each breaks what the others would use to look for leftovers.
  test.describe.configure({ mode: 'serial', timeout: 120_000 })
  test.beforeAll(useLocalBases)
  test.afterEach(() => {
    expect(leftovers()).toEqual([])
  })
  // testcontainers goes on using the first way to the engine that it has found.
  const gates: Gate[] = []
  test.afterAll(() => {
    for (const gate of gates) gate[Symbol.dispose]()
  })

  /** The first scenario without a control of its own that a terminator can serve in the usual way. */
  function scenarioOf({ corpus }: ToolSession, isIt: (one: Scenario) => boolean): Scenario {
    const found = corpus.scenarios.find(isIt)
    if (found === undefined) throw new Error('no such scenario')
    return found
  }
  const isUsual = (one: Scenario) =>
    one.control === null &&
    one.endpoint.loadBalancer === 'none' &&
    one.endpoint.rejectStyle !== 'alert' &&
    one.tokenServer === null
  const throughHaproxy = (one: Scenario) =>
    one.control === null && one.endpoint.loadBalancer === 'forwards-client-cert'

  /** Breaks something after one good scenario, and gives what is said about the next two. */
  async function breaking(
    isIt: (one: Scenario) => boolean,
    harm: (facts: ContainersFacts) => Promise<void> | void,
  ): Promise<{ readonly details: readonly string[]; readonly folder: string }> {
    const details: string[] = []
    await using tools = await startSessionForTools({ engine: 'containers' })
    const { folder } = currentRun()
    const scenario = scenarioOf(tools, isIt)
    // A control is remembered, so that it is run again only under another id.
    const again = (id: string): Scenario => ({ ...scenario, id })
    expect(await tools.session.certify(again('before'))).toMatchObject({ verdict: 'passed' })
    await harm(factsOf(folder))
    for (const id of ['first', 'second']) {
      const began = performance.now()
      const result = await tools.session.certify(again(id))
      expect(result).toMatchObject({ verdict: 'inconclusive', reason: 'harness' })
      expect(performance.now() - began).toBeLessThan(id === 'first' ? 30_000 : 2000)
      details.push(result.explanation)
    }
    return { details, folder }
  }

  test('nginx is paused', async () => {
    const { details, folder } = await breaking(isUsual, ({ nginx }) => {
      docker('pause', nginx.container)
    })
    for (const detail of details) expect(detail).toMatch(/container nginx \([0-9a-f]{12}\).*paused/)
    expect(existsSync(folder)).toBe(false)
  })

  test('nginx is killed, and its last words are told', async () => {
    const { details } = await breaking(isUsual, ({ nginx }) => {
      docker('kill', nginx.container)
    })
    expect(details[0]).toMatch(/container nginx .*has exited with status 137.*Its log ends: \S/)
  })

  test('HAProxy is removed', async () => {
    const { details } = await breaking(throughHaproxy, ({ haproxy }) => {
      docker('rm', '--force', haproxy.container)
    })
    expect(details[0]).toMatch(/container haproxy .*is gone/)
  })

  test('the backend is paused', async () => {
    const { details } = await breaking(isUsual, ({ backend }) => {
      docker('pause', backend.container)
    })
    expect(details[0]).toMatch(/container backend .*is paused/)
  })

  test('the backend is killed', async () => {
    const { details } = await breaking(isUsual, ({ backend }) => {
      docker('kill', backend.container)
    })
    expect(details[0]).toMatch(/container backend .*has exited/)
  })

  test('the Docker engine stops answering', async () => {
    if (finding.found !== 'engine' || !('socketPath' in finding.address)) {
      test.skip(true, 'the engine is not at a socket')
      return
    }
    const gate = await startGate(finding.address.socketPath)
    gates.push(gate)
    const before = process.env['DOCKER_HOST']
    process.env['DOCKER_HOST'] = `tcp://127.0.0.1:${gate.port}`
    try {
      const details: string[] = []
      {
        await using tools = await startSessionForTools({ engine: 'containers' })
        const scenario = scenarioOf(tools, isUsual)
        expect(await tools.session.certify(scenario)).toMatchObject({ verdict: 'passed' })
        gate.shut()
        const result = await tools.session.certify({ ...scenario, id: 'shut' })
        expect(result).toMatchObject({ verdict: 'inconclusive', reason: 'harness' })
        details.push(result.explanation)
        gate.open()
      }
      expect(details[0]).toMatch(/its log .*in a state that is not known.*Docker engine did not do/)
    } finally {
      if (before === undefined) Reflect.deleteProperty(process.env, 'DOCKER_HOST')
      else process.env['DOCKER_HOST'] = before
    }
  })

  test('a base image is missing', async () => {
    const before = process.env['HOOKPROOF_BASE_NGINX']
    process.env['HOOKPROOF_BASE_NGINX'] = 'localhost:1/no-such-base:1'
    try {
      await expect(startSessionForTools({ engine: 'containers' })).rejects.toMatchObject({
        code: 'ERR_ENGINE_UNAVAILABLE',
        message: expect.stringMatching(
          /container nginx could not be built from localhost:1\/no-such/,
        ),
        hint: expect.stringMatching(/HOOKPROOF_BASE_NGINX|registry/),
      })
    } finally {
      if (before === undefined) Reflect.deleteProperty(process.env, 'HOOKPROOF_BASE_NGINX')
      else process.env['HOOKPROOF_BASE_NGINX'] = before
    }
  })

  test('a configuration that nginx refuses spoils its own scenario only', async () => {
    await using tools = await startSessionForTools({ engine: 'containers' })
    const scenario = scenarioOf(tools, isUsual)
    const endpoint = { ...scenario.endpoint, ciphers: 'NO-SUCH-CIPHER' }
    const spoilt = await tools.session.certify({ ...scenario, id: 'spoilt', endpoint })
    expect(spoilt).toMatchObject({ verdict: 'inconclusive', reason: 'harness' })
    expect(spoilt.explanation).toContain('NO-SUCH-CIPHER')
    expect(await tools.session.certify(scenario)).toMatchObject({ verdict: 'passed' })
  })

  test('what holds secrets is private, and gone after the run', async () => {
    let folder: string
    {
      await using tools = await startSessionForTools({ engine: 'containers' })
      ;({ folder } = currentRun())
      const { nginx, haproxy, backend } = factsOf(folder)
      const facts = join(folder, 'containers/facts.json')
      expect(readFileSync(facts, 'utf8')).toContain(nginx.filesSecret)
      await tools.session.certify(scenarioOf(tools, throughHaproxy))
      // The engine's own archive of what was written tells owner and mode.
      for (const [container, owner] of [
        [nginx.container, '101/101'],
        [haproxy.container, '99/99'],
      ] as const) {
        const files = listed(container).filter((line) => /\.key$/.test(line))
        expect(files.length).toBeGreaterThan(0)
        for (const line of files) expect(line).toMatch(new RegExp(`^-rw------- ${owner} `))
      }
      // By copy: nothing of the host is mounted, whatever the engine's defaults are.
      for (const { container } of [nginx, haproxy, backend]) {
        const host = docker('inspect', '--format', '{{json .HostConfig.Binds}}', container)
        expect(['null', '[]']).toContain(host)
        expect(docker('inspect', '--format', '{{json .Mounts}}', container)).not.toContain('"bind"')
      }
      for (const { port } of [nginx, haproxy]) {
        const published = docker('ps', '--format', '{{.Ports}}').split('\n')
        expect(published.some((line) => line.startsWith(`127.0.0.1:${port}->`))).toBe(true)
        expect(published.some((line) => line.includes('0.0.0.0:'))).toBe(false)
      }
    }
    expect(existsSync(folder)).toBe(false)
  })
})

/** Files of a container's /run/hookproof, as `tar --list --verbose` shows them. */
function listed(container: string): readonly string[] {
  const archive = execFileSync('docker', ['cp', `${container}:/run/hookproof`, '-'], {
    maxBuffer: 64 * 1024 * 1024,
  })
  const list = spawnSync('tar', ['--list', '--verbose', '--numeric-owner'], { input: archive })
  return list.stdout.toString().trim().split('\n')
}
