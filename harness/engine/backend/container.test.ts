import { execFile, execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from '@playwright/test'
import { material } from '../../endpoint/test-support.ts'
import { packageRoot } from '../../package-root.ts'
import { connectBackend, type BackendClient } from './client.ts'
import { realm, seen, send, site, word } from './test-support.ts'

const run = promisify(execFile)

/** Docker's answer, trimmed. */
async function docker(...line: readonly string[]): Promise<string> {
  const { stdout } = await run('docker', [...line], { maxBuffer: 4 * 1024 * 1024 })
  return stdout.trim()
}

function engineAnswers(): 'yes' | 'no' {
  try {
    execFileSync('docker', ['version'], { stdio: 'ignore', timeout: 5000 })
    return 'yes'
  } catch {
    return 'no'
  }
}

/** The stand-in base where there is one; else the Dockerfile's own. */
async function baseArguments(): Promise<readonly string[]> {
  const standIn = 'hookproof-base-node'
  const found = await docker('image', 'ls', '--quiet', standIn)
  return found === '' ? [] : ['--build-arg', `BASE=${standIn}`]
}

interface StartedContainer extends AsyncDisposable {
  readonly id: string
  readonly trafficPort: number
  readonly client: BackendClient
}

async function startContainer(image: string): Promise<StartedContainer> {
  const secret = randomBytes(16).toString('hex')
  const options = ['--detach', '--rm', '--read-only', '--cap-drop=ALL', '--network=bridge']
  const ports = ['--publish=127.0.0.1::8080', '--publish=127.0.0.1::8081']
  const id = await docker(
    'run',
    ...options,
    ...ports,
    `--env=HOOKPROOF_CONTROL_SECRET=${secret}`,
    image,
  )
  const remove = () => docker('rm', '--force', id).catch(() => undefined)
  try {
    const portOf = async (inside: number) =>
      Number((await docker('port', id, `${inside}/tcp`)).split(':').at(-1))
    const [trafficPort, controlPort] = [await portOf(8080), await portOf(8081)]
    await expect.poll(() => docker('logs', id), { timeout: 20_000 }).toContain('"state":"ready"')
    const client = await connectBackend({ url: `http://127.0.0.1:${controlPort}`, secret })
    return {
      id,
      trafficPort,
      client,
      async [Symbol.asyncDispose]() {
        await client[Symbol.asyncDispose]()
        await remove()
      },
    }
  } catch (error) {
    await remove()
    throw error
  }
}

test('the image builds, runs as nobody in particular on a read-only root, and answers', async () => {
  test.skip(engineAnswers() === 'no', 'no Docker engine answers')
  test.setTimeout(120_000)
  const context = test.info().outputPath('backend')
  await run(process.execPath, [join(packageRoot, 'scripts/bundle-backend.js'), context])
  const image = `hookproof-backend-test:${randomBytes(6).toString('hex')}`
  await docker('build', '--quiet', ...(await baseArguments()), '--tag', image, context)
  try {
    await using container = await startContainer(image)
    await drive(container)
    const state = await docker('inspect', '--format', '{{.Config.User}}', container.id)
    expect(state).toBe('1000:1000')
    // The health check of the image, as Docker runs it.
    await docker('exec', container.id, 'node', '/opt/hookproof/server.mjs', 'health')
    const began = performance.now()
    await docker('stop', '--time', '10', container.id)
    expect(performance.now() - began).toBeLessThan(8000)
  } finally {
    await docker('rmi', '--force', image)
  }
})

async function drive({ client, trafficPort }: StartedContainer): Promise<void> {
  expect(client.versions['node']).toMatch(/^\d+\.\d+\.\d+$/)
  const { pem, sha256 } = (await material()).get('dispatcher')
  await using tokens = await client.startRealm(realm(sha256))
  await using hooks = await client.startSite(site({ realm: tokens }))
  const answer = await send(trafficPort, `${tokens.prefix}/token`, {
    headers: { ...word(20002, 4, pem), 'Content-Type': 'application/x-www-form-urlencoded' },
    body: 'grant_type=client_credentials&client_id=hooks',
  })
  expect(answer).toMatchObject({ status: 200 })
  const { access_token: token } = JSON.parse('body' in answer ? answer.body : '{}') as {
    access_token: string
  }
  const began = Date.now()
  const headers = { ...word(20001, 5, pem), authorization: `Bearer ${token}` }
  expect(await send(trafficPort, hooks.path, { headers })).toMatchObject({ status: 204 })
  const recorded = await hooks.records()
  expect(seen(recorded, 'request')).toMatchObject([{ connection: 5, bearer: 'valid-bound' }])
  expect(seen(await tokens.records(), 'token-request')).toMatchObject([
    { connection: 4, clientCertificate: { sha256 } },
  ])
  // The container's clock is the machine's.
  expect(Math.abs((recorded.records[0]?.atMs ?? 0) - began)).toBeLessThan(2000)

  const times: number[] = []
  for (let n = 0; n < 100; n++) {
    const asked = performance.now()
    await hooks.records()
    times.push(performance.now() - asked)
  }
  times.sort((one, other) => one - other)
  test.info().annotations.push({ type: 'median round trip, ms', description: String(times[50]) })
  expect(times[50]).toBeLessThan(25)
}
