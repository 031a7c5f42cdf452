/**
 * Entry of the backend's container (backend/Dockerfile). Everything comes from the environment:
 *
 * - `HOOKPROOF_CONTROL_SECRET`, at least 16 characters, required;
 * - `HOOKPROOF_TRAFFIC_SECRET`, what nginx and HAProxy send in `Hookproof-Secret`; unset = not asked for;
 * - `HOOKPROOF_TRAFFIC_PORT` (8080), `HOOKPROOF_CONTROL_PORT` (8081).
 *
 * `server.mjs health` asks a running one how it is, for HEALTHCHECK: an image need have no shell or curl.
 */
import { startBackend } from './backend.ts'

const { env } = process
const controlPort = portIn('HOOKPROOF_CONTROL_PORT', 8081)

if (process.argv[2] === 'health') await reportHealth()
else await serve()

async function serve(): Promise<void> {
  const controlSecret = env['HOOKPROOF_CONTROL_SECRET'] ?? ''
  if (controlSecret.length < 16) fail('HOOKPROOF_CONTROL_SECRET must have at least 16 characters')
  const backend = await startBackend({
    host: '0.0.0.0',
    trafficPort: portIn('HOOKPROOF_TRAFFIC_PORT', 8080),
    controlPort,
    controlSecret,
    trafficSecret: env['HOOKPROOF_TRAFFIC_SECRET'] ?? null,
  })
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

function portIn(name: string, usual: number): number {
  const value = env[name] ?? String(usual)
  const port = Number(value)
  if (!/^\d{1,5}$/.test(value) || port < 1 || port > 65535) fail(`${name} must be a port number`)
  return port
}

function fail(sentence: string): never {
  process.stderr.write(`hookproof backend: ${sentence}\n`)
  process.exit(2)
}
