import { randomBytes } from 'node:crypto'
import { HarnessError } from '../../errors.ts'
import { connectBackend } from '../backend/client.ts'
import { Docker } from './docker.ts'
import { findDocker, urlOf } from './docker-address.ts'
import { leaveFacts, type ContainersFacts } from './facts.ts'
import { ensureImage, imageRecipes, type ImageRecipe } from './images.ts'
import { labelOf, OWNER_LABEL, RUN_LABEL } from './label.ts'
import { readNginxLine } from '../../observation/readers/nginx.ts'
import { LogFeed } from './log-feed.ts'
import { FILES_SLOT } from './published-port.ts'
import { startReaper } from './start-reaper.ts'
import { privateFile, tarOf } from './tar.ts'
import { startContainer, type Started } from './testcontainer.ts'
import { haproxyVersions, nginxVersions } from './versions.ts'

/** The containers of a run. Disposing of them removes them, with their network and every key in them. */
export type StartedContainers = AsyncDisposable

/** The user that nginx runs as. */
const NGINX_USER = 101

const TRAFFIC_PORT = 8080
const CONTROL_PORT = 8081
const BYTES_PORT = 8082
const PUBLISHED_PORT = 8443

/** Nginx wants 48 or 80 bytes; 80 are for AES-256. */
const TICKET_KEY_LENGTH = 80

/**
 * Starts nginx, HAProxy and the backend for a run, in a network of their own, and leaves in the run's
 * folder what workers need to use them. All ports are published on 127.0.0.1.
 *
 * @throws HarnessError `ERR_ENGINE_UNAVAILABLE` without a Docker engine or an image,
 *   `ERR_ENGINE_FAULT` when a container does not come up
 */
export async function startContainers(run: {
  readonly id: string
  readonly folder: string
}): Promise<StartedContainers> {
  const finding = await findDocker()
  if (finding.found === 'none') {
    throw new HarnessError(
      'ERR_ENGINE_UNAVAILABLE',
      `The containers engine needs a Docker engine, and none answers: ${finding.because}.`,
      { hint: 'Start Docker, or use HOOKPROOF_ENGINE=embedded, which needs Node alone.' },
    )
  }
  const docker = new Docker(finding.address)
  prepareTestcontainers(urlOf(finding.address))
  const reaper = startReaper(finding.address, run)
  const stop = async (): Promise<void> => {
    try {
      await docker.removeLabelled(labelOf(run.id))
    } finally {
      // Should that have failed, it goes on trying.
      reaper[Symbol.dispose]()
    }
  }
  try {
    leaveFacts(run.folder, await startAll(docker, run.id))
  } catch (error) {
    await stop().catch(() => undefined)
    throw error
  }
  return { [Symbol.asyncDispose]: stop }
}

/** testcontainers is configured by its environment only. Our own reaper takes the place of its. */
function prepareTestcontainers(dockerHost: string): void {
  process.env['DOCKER_HOST'] = dockerHost
  process.env['TESTCONTAINERS_RYUK_DISABLED'] = 'true'
  process.env['TESTCONTAINERS_HOST_OVERRIDE'] = '127.0.0.1'
}

async function startAll(docker: Docker, runId: string): Promise<ContainersFacts> {
  const labels = { [RUN_LABEL]: runId, [OWNER_LABEL]: String(process.pid) }
  const network = `hookproof-${runId}`
  const recipes = imageRecipes(process.env)
  const networkUp = docker.createNetwork(network, labels)
  const start = async (
    name: ImageRecipe['name'],
    how: Omit<
      Parameters<typeof startContainer>[0],
      'docker' | 'name' | 'image' | 'network' | 'labels'
    >,
  ): Promise<Started> => {
    const recipe = recipes.find((one) => one.name === name)
    if (recipe === undefined) throw new Error(`no recipe for ${name}`)
    const [image] = await Promise.all([ensureImage(docker, recipe), networkUp])
    return await startContainer({ ...how, docker, name, image, network, labels })
  }
  const trafficSecret = secret()
  const filesSecret = secret()
  const controlSecret = secret()

  const [nginx, haproxy, backend] = await allOrFirstError([
    start('nginx', {
      ports: [PUBLISHED_PORT],
      environment: {},
      ready: /start worker process \d+/,
      archive: tarOf([
        privateFile('slots/files.conf', filesSlot(filesSecret), NGINX_USER),
        privateFile('ticket.key', randomBytes(TICKET_KEY_LENGTH), NGINX_USER),
      ]),
      rootFileSystem: 'writable',
    }),
    start('haproxy', {
      ports: [PUBLISHED_PORT],
      environment: { HOOKPROOF_TRAFFIC_SECRET: trafficSecret },
      ready: /Loading success/,
      archive: null,
      rootFileSystem: 'writable',
    }),
    start('backend', {
      ports: [CONTROL_PORT],
      environment: {
        HOOKPROOF_CONTROL_SECRET: controlSecret,
        HOOKPROOF_TRAFFIC_SECRET: trafficSecret,
      },
      ready: /"state":"ready"/,
      archive: null,
      rootFileSystem: 'read-only',
    }),
  ])
  const control = {
    url: `http://127.0.0.1:${backend.portOf(CONTROL_PORT)}`,
    secret: controlSecret,
  }
  const [nginxSays, haproxySays, , backendVersions] = await allOrFirstError([
    nginx.run(['nginx', '-V']),
    haproxy.run(['haproxy', '-vv']),
    pointNginxAt(docker, nginx, `${backend.address}:${TRAFFIC_PORT}`, trafficSecret),
    versionsOf(control),
  ])
  return {
    docker: docker.address,
    nginx: {
      container: nginx.container,
      port: nginx.portOf(PUBLISHED_PORT),
      address: nginx.address,
      filesSecret,
    },
    haproxy: {
      container: haproxy.container,
      port: haproxy.portOf(PUBLISHED_PORT),
      address: haproxy.address,
    },
    backend: {
      container: backend.container,
      traffic: { address: backend.address, port: TRAFFIC_PORT },
      bytes: { address: backend.address, port: BYTES_PORT },
      control,
    },
    versions: {
      ...nginxVersions(nginxSays),
      ...haproxyVersions(haproxySays),
      'backend-node': backendVersions['node'] ?? 'unknown',
    },
  }
}

async function versionsOf(
  control: ContainersFacts['backend']['control'],
): Promise<Readonly<Record<string, string>>> {
  await using client = await connectBackend(control)
  return client.versions
}

/** Waits for all, also when one fails: nothing may come up after the others were removed. */
async function allOrFirstError<const T extends readonly Promise<unknown>[]>(
  promises: T,
): Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }> {
  await Promise.allSettled(promises)
  return await Promise.all(promises)
}

/** The origin's address is known only when it runs, and nginx starts at the same time. */
async function pointNginxAt(
  docker: Docker,
  nginx: Started,
  origin: string,
  trafficSecret: string,
): Promise<void> {
  const text = [
    `upstream origin { server ${origin}; }`,
    `map "" $hookproof_secret { default "${trafficSecret}"; }\n`,
  ].join('\n')
  using feed = await LogFeed.start(docker, nginx.container, readNginxLine, () => undefined)
  const archive = tarOf([privateFile('origin.conf', text, NGINX_USER)])
  await docker.unpackInto(nginx.container, '/run/hookproof', archive)
  const ready = feed.wait(
    (part) => part.part === 'ready' || (part.part === 'fault' && part.about === 'configuration'),
    5000,
  )
  await docker.signal(nginx.container, 'SIGHUP')
  const part = await ready.line
  if (part !== 'late' && part.part === 'ready') return
  throw new HarnessError(
    'ERR_ENGINE_FAULT',
    part === 'late' ? 'nginx did not reload within 5 s.' : part.part === 'fault' ? part.detail : '',
    { hint: 'Run again; report this when it happens again.' },
  )
}

/** Where nginx takes in files of slots (RFC 4918 9.7), from whoever knows the secret. */
function filesSlot(bearer: string): string {
  return [
    'server {',
    `  listen 127.0.0.1:${FILES_SLOT};`,
    '  access_log off;',
    `  if ($http_authorization != "Bearer ${bearer}") { return 403; }`,
    '  location /slots/ {',
    '    root /run/hookproof;',
    '    dav_methods PUT;',
    '    dav_access user:rw;',
    '    create_full_put_path on;',
    '  }',
    '}\n',
  ].join('\n')
}

const secret = (): string => randomBytes(24).toString('hex')
