/** docker-compose.yml as it is, with the images of this machine: needs `npm run build`, as users do. */
import { execFile, execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from '@playwright/test'
import { packageRoot } from '../../package-root.ts'
import { imageRecipes } from '../containers/images.ts'

const run = promisify(execFile)

const docker = async (...line: readonly string[]): Promise<string> =>
  (await run('docker', [...line])).stdout.trim()

function answers(line: readonly string[]): 'yes' | 'no' {
  const [program = '', ...words] = line
  try {
    execFileSync(program, words, { stdio: 'ignore', timeout: 10_000 })
    return 'yes'
  } catch {
    return 'no'
  }
}

/** The plugin, or Compose 1.29 as Debian 12 has it; null = neither. */
function composeProgram(): readonly [string, ...string[]] | null {
  if (answers(['docker', 'compose', 'version']) === 'yes') return ['docker', 'compose']
  return answers(['docker-compose', 'version']) === 'yes' ? ['docker-compose'] : null
}

/** Ports that are free now. */
async function freePorts(count: number): Promise<readonly number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'))
  await Promise.all(servers.map((server) => once(server, 'listening')))
  const ports = servers.map((server) => (server.address() as AddressInfo).port)
  await Promise.all(servers.map((server) => once(server.close(), 'close')))
  return ports
}

/** The bases that the environment names, or else the stand-ins where they are. */
async function bases(): Promise<Readonly<Record<string, string>>> {
  const found: Record<string, string> = {}
  for (const { standIn } of imageRecipes({})) {
    const variable = `HOOKPROOF_BASE_${standIn.replace('hookproof-base-', '').toUpperCase()}`
    const image = process.env[variable] ?? (await docker('image', 'ls', '--quiet', standIn))
    if (image !== '') found[variable] = process.env[variable] ?? standIn
  }
  return found
}

interface Composition extends AsyncDisposable {
  readonly project: string
  readonly compose: (...line: readonly string[]) => Promise<string>
}

interface Plan {
  readonly program: readonly [string, ...string[]]
  readonly project: string
  readonly ports: readonly number[]
}

async function bringUp({ program, project, ports }: Plan): Promise<Composition> {
  const [endpoint, tokenServer, bound, alert] = ports
  const env = {
    ...process.env,
    ...(await bases()),
    HOOKPROOF_PORT_ENDPOINT: String(endpoint),
    HOOKPROOF_PORT_TOKEN_SERVER: String(tokenServer),
    HOOKPROOF_PORT_BOUND_ENDPOINT: String(bound),
    HOOKPROOF_PORT_ALERT_ENDPOINT: String(alert),
  }
  const [command, ...first] = program
  const compose = async (...line: readonly string[]): Promise<string> => {
    const words = [...first, '--project-name', project, ...line]
    const options = { cwd: packageRoot, env, maxBuffer: 16 * 1024 * 1024 }
    return (await run(command, words, options)).stdout
  }
  const down = async (): Promise<void> => {
    await compose('down', '--volumes', '--rmi', 'local', '--timeout', '10')
  }
  try {
    await compose('up', '--build', '--detach')
  } catch (error) {
    await down()
    throw error
  }
  return { project, compose, [Symbol.asyncDispose]: down }
}

const newProject = (): string => `hookproof-test-${randomBytes(4).toString('hex')}`

/** What there is of a project, by kind. */
async function leftOf(project: string): Promise<Readonly<Record<string, string>>> {
  const label = `label=com.docker.compose.project=${project}`
  return {
    containers: await docker('ps', '--all', '--quiet', '--filter', label),
    networks: await docker('network', 'ls', '--quiet', '--filter', label),
    volumes: await docker('volume', 'ls', '--quiet', '--filter', label),
    images: await docker('image', 'ls', '--quiet', `${project}*`),
  }
}

/** Runs the commands of one heading of `curl.txt` as a person would. */
async function tryOut(folder: string, heading: RegExp): Promise<string> {
  const parts = readFileSync(join(folder, 'curl.txt'), 'utf8').split('\n\n')
  const part = parts.find((one) => heading.test(one.split('\n')[0] ?? ''))
  expect(part, `a part of curl.txt that is headed ${heading.source}`).toBeDefined()
  return await run('sh', ['-c', part ?? ''], { cwd: folder, timeout: 20_000 }).then(
    ({ stdout }) => stdout,
    // curl fails where the endpoint sends an alert.
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  )
}

test('docker compose up gives a person the endpoint, and down leaves nothing', async () => {
  test.skip(answers(['docker', 'version']) === 'no', 'no Docker engine answers')
  const program = composeProgram()
  test.skip(program === null, 'neither docker compose nor docker-compose answers')
  test.skip(answers(['curl', '--version']) === 'no', 'there is no curl')
  if (program === null) return
  test.setTimeout(300_000)
  expect(existsSync(join(packageRoot, 'dist/backend/server.mjs')), 'npm run build').toBe(true)

  const seen = { project: '' }
  {
    const project = newProject()
    await using composition = await bringUp({ program, project, ports: await freePorts(4) })
    const { compose } = composition
    seen.project = project
    expect(Object.values(await leftOf(project)).filter((ids) => ids === '')).toEqual([])

    const folder = test.info().outputPath('yours')
    const server = (await compose('ps', '-q', 'server')).trim()
    await docker('cp', `${server}:/run/hookproof/yours/.`, folder)
    expect(statSync(join(folder, 'dispatcher.key')).mode & 0o777).toBe(0o600)

    // Published ports answer a moment before nginx does.
    await expect
      .poll(() => tryOut(folder, /^# With the dispatcher's certificate/), { timeout: 20_000 })
      .toMatch(/^HTTP\/1\.1 204 /)
    const refused = await tryOut(folder, /^# Without one/)
    expect(refused).toMatch(/^HTTP\/1\.1 400 /)
    expect(refused).toContain('No required SSL certificate was sent')
    await expect
      .poll(() => tryOut(folder, /^# The same where HAProxy/), { timeout: 20_000 })
      .toMatch(/alert certificate required/)
    expect(await tryOut(folder, /^# A token/)).toMatch(/^HTTP\/1\.1 204 /)
    const challenged = await tryOut(folder, /^# The certificate without the token/)
    expect(challenged).toMatch(/^HTTP\/1\.1 401 /)
    expect(challenged).toMatch(/^www-authenticate: Bearer/im)

    await expect
      .poll(() => compose('logs', 'nginx'), { timeout: 20_000 })
      .toMatch(/"slot":"20001".*"verify":"SUCCESS".*"status":204/)
    expect(await compose('logs', 'nginx')).toMatch(/"slot":"20001".*"verify":"NONE".*"status":400/)
    const ids = (await compose('ps', '-q')).trim().split(/\s+/)
    expect(ids).toHaveLength(3)
    await expect
      .poll(() => docker('inspect', '--format', '{{.State.Health.Status}}', ...ids), {
        timeout: 30_000,
      })
      .toBe('healthy\nhealthy\nhealthy')
  }
  const nothing = { containers: '', networks: '', volumes: '', images: '' }
  expect(await leftOf(seen.project)).toEqual(nothing)
})

test('a port that is taken is named, and nothing is left of what was begun', async () => {
  test.skip(answers(['docker', 'version']) === 'no', 'no Docker engine answers')
  const program = composeProgram()
  test.skip(program === null, 'neither docker compose nor docker-compose answers')
  if (program === null) return
  test.setTimeout(300_000)
  const taken = createServer().listen(0, '127.0.0.1')
  await once(taken, 'listening')
  try {
    const project = newProject()
    const { port } = taken.address() as AddressInfo
    const up = bringUp({ program, project, ports: [port, ...(await freePorts(3))] })
    await expect(up).rejects.toThrow(new RegExp(`${port}.*(in use|allocated)`, 's'))
    const nothing = { containers: '', networks: '', volumes: '', images: '' }
    expect(await leftOf(project)).toEqual(nothing)
  } finally {
    taken.close()
  }
})
