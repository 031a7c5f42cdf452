/**
 * Entry of the backend's container (backend/Dockerfile). Everything comes from the environment:
 *
 * - `HOOKPROOF_CONTROL_SECRET`, at least 16 characters, required;
 * - `HOOKPROOF_TRAFFIC_SECRET`, what nginx and HAProxy send in `Hookproof-Secret`; unset = not asked for;
 * - `HOOKPROOF_TRAFFIC_PORT` (8080), `HOOKPROOF_CONTROL_PORT` (8081), `HOOKPROOF_BYTES_PORT` (8082).
 *
 * `server.mjs health` asks a running one how it is, for HEALTHCHECK: an image need have no shell or curl.
 *
 * `server.mjs stand-alone` is for docker-compose.yml, where no engine drives it: it mints the standard
 * situation's certificates and starts its site and realm itself. In place of the control secret it wants
 *
 * - `HOOKPROOF_HOST`, the name under which nginx and HAProxy reach it;
 * - `HOOKPROOF_TRAFFIC_SECRET`, as above, here required;
 * - `HOOKPROOF_PORT_ENDPOINT`, `…_TOKEN_SERVER`, `…_BOUND_ENDPOINT`, `…_ALERT_ENDPOINT`: the published ports.
 */
import { renderError } from '../../errors.ts'
import { startBackend, type StartedBackend } from './backend.ts'

const { env } = process
const controlPort = portIn('HOOKPROOF_CONTROL_PORT', 8081)

const ways: Readonly<Record<string, () => Promise<void>>> = {
  serve,
  'stand-alone': standAlone,
  health: reportHealth,
}
const way = ways[process.argv[2] ?? 'serve']
if (way === undefined) fail(`unknown command; there are ${Object.keys(ways).join(', ')}`)
await way()

async function serve(): Promise<void> {
  const controlSecret = env['HOOKPROOF_CONTROL_SECRET'] ?? ''
  if (controlSecret.length < 16) fail('HOOKPROOF_CONTROL_SECRET must have at least 16 characters')
  const backend = await startBackend({
    host: '0.0.0.0',
    trafficPort: portIn('HOOKPROOF_TRAFFIC_PORT', 8080),
    controlPort,
    bytesPort: portIn('HOOKPROOF_BYTES_PORT', 8082),
    controlSecret,
    trafficSecret: env['HOOKPROOF_TRAFFIC_SECRET'] ?? null,
  })
  announce(backend)
}

async function standAlone(): Promise<void> {
  // Loaded here, because it holds the whole PKI and the engine starts one of these with every run.
  const { PROXY_FOLDER } = await import('../stand-alone/proxy-files.ts')
  const { startStandAlone } = await import('../stand-alone/start.ts')
  const backend = await startStandAlone({
    folder: PROXY_FOLDER,
    host: required('HOOKPROOF_HOST'),
    trafficPort: portIn('HOOKPROOF_TRAFFIC_PORT', 8080),
    controlPort,
    trafficSecret: required('HOOKPROOF_TRAFFIC_SECRET'),
    ports: {
      endpoint: portIn('HOOKPROOF_PORT_ENDPOINT'),
      'token-server': portIn('HOOKPROOF_PORT_TOKEN_SERVER'),
      'bound-endpoint': portIn('HOOKPROOF_PORT_BOUND_ENDPOINT'),
      'alert-endpoint': portIn('HOOKPROOF_PORT_ALERT_ENDPOINT'),
    },
  }).catch((error: unknown) => fail(renderError(error)))
  announce(backend)
}

/** Says that it is ready, and stops it when the container is to stop. */
function announce(backend: StartedBackend): void {
  const { trafficPort } = backend
  process.stdout.write(
    `${JSON.stringify({ log: 'backend', state: 'ready', trafficPort, controlPort })}\n`,
  )
  const stop = (): void => {
    void backend[Symbol.asyncDispose]().then(() => process.exit(0))
  }
  process.once('SIGTERM', stop)
  process.once('SIGINT', stop)
}

async function reportHealth(): Promise<void> {
  try {
    const { status } = await fetch(`http://127.0.0.1:${controlPort}/health`)
    process.exitCode = status === 204 ? 0 : 1
  } catch {
    process.exitCode = 1
  }
}

function required(name: string): string {
  return env[name] || fail(`${name} must be set`)
}

function portIn(name: string, usual?: number): number {
  const value = env[name] ?? String(usual)
  const port = Number(value)
  if (!/^\d{1,5}$/.test(value) || port < 1 || port > 65535) fail(`${name} must be a port number`)
  return port
}

function fail(sentence: string): never {
  process.stderr.write(`hookproof backend: ${sentence}\n`)
  process.exit(2)
}
