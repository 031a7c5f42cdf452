import { once } from 'node:events'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import type { StartedAdapter } from './adapter.ts'
import type { DoctorOptions } from './doctor.ts'
import { broken, sound, wentWrong } from './finding.ts'
import type { Finding } from './finding.ts'
import type { TargetConfig } from './messages.ts'

/** Time that a delivery to a port where nobody answers may take, in milliseconds. */
export const DEADLINE_MS = 5_000

/** Most deliveries that are sent at once. */
const MOST_AT_ONCE = 8

/** A port that hangs up on everybody, and counts them. */
interface StartedHangUp extends AsyncDisposable {
  readonly port: number
  connections(): number
}

/** Configures a target twice: a delivery must go where the second configuration says. */
export async function checkReplace(
  adapter: StartedAdapter,
  options: DoctorOptions,
): Promise<Finding> {
  const target = 'doctor-replace'
  const hint =
    'A second configure for the same target replaces the first from its reply on. Loopback addresses must be allowed for the run.'
  await using former = await startHangUp()
  await using latter = await startHangUp()
  for (const { port } of [former, latter]) {
    const configured = await adapter.configure(target, atPort(options.sampleConfig, port))
    if (configured.outcome !== 'ok') return wentWrong('replace', 'configure', configured, hint)
  }
  const outcome = await adapter.deliver(target, options.sampleEvent, DEADLINE_MS)
  adapter.forget(target)
  if (outcome.outcome !== 'ok') return wentWrong('replace', 'deliver', outcome, hint)
  if (former.connections() > 0) {
    return broken('replace', 'A delivery went where the configuration before the last said.', hint)
  }
  if (outcome.reply.disposition === 'delivered') {
    return broken('replace', 'It says delivered, though the other side hung up at once.', hint)
  }
  if (latter.connections() === 0) {
    const { disposition, attempts } = outcome.reply
    const reason = attempts.at(-1)?.reason ?? 'no reason'
    return broken('replace', `It never connected and says ${disposition}, ${reason}.`, hint)
  }
  return sound('replace', 'A second configure for a target replaces the first.')
}

/** Delivers to a port where nobody listens. */
export async function checkClosedPort(
  adapter: StartedAdapter,
  options: DoctorOptions,
): Promise<Finding> {
  const target = 'doctor-closed-port'
  const hint =
    'Nobody listens there: answer {"disposition":"failed","attempts":[{"stage":"tcp","reason":"net.refused"}]}, within deadline_ms.'
  const config = atPort(options.sampleConfig, await closedPort())
  const configured = await adapter.configure(target, config)
  if (configured.outcome !== 'ok') return wentWrong('closed-port', 'configure', configured, hint)
  const began = performance.now()
  const outcome = await adapter.deliver(target, options.sampleEvent, DEADLINE_MS)
  const tookMs = Math.round(performance.now() - began)
  adapter.forget(target)
  if (outcome.outcome !== 'ok') return wentWrong('closed-port', 'deliver', outcome, hint)
  if (outcome.reply.disposition !== 'failed') {
    const said = outcome.reply.disposition
    return broken('closed-port', `A delivery to a closed port is ${said}, not failed.`, hint)
  }
  return tookMs > DEADLINE_MS
    ? broken('closed-port', `Its answer took ${tookMs} ms of ${DEADLINE_MS} allowed.`, hint)
    : sound('closed-port', 'A delivery to a closed port is answered with failed.')
}

/** Hands over a certificate that cannot be used. */
export async function checkBrokenConfiguration(
  adapter: StartedAdapter,
  options: DoctorOptions,
): Promise<Finding> {
  const target = 'doctor-broken'
  const hint =
    'Answer configure with ok:false and a reason client-certificate.*, or deliver with refused; never end because of it.'
  await using listener = await startHangUp()
  const configured = await adapter.configure(target, atPort(options.brokenConfig, listener.port))
  if (configured.outcome !== 'ok') {
    return wentWrong('broken-configuration', 'configure', configured, hint)
  }
  if (configured.reply.result !== 'accepted') {
    return sound(
      'broken-configuration',
      'It refuses a certificate that it cannot use at configure.',
    )
  }
  const outcome = await adapter.deliver(target, options.sampleEvent, DEADLINE_MS)
  adapter.forget(target)
  if (outcome.outcome !== 'ok') return wentWrong('broken-configuration', 'deliver', outcome, hint)
  const { disposition } = outcome.reply
  return disposition === 'delivered'
    ? broken('broken-configuration', 'It says delivered with a certificate it cannot use.', hint)
    : sound('broken-configuration', `A certificate that it cannot use ends as ${disposition}.`)
}

/** Sends as many deliveries at once as the adapter says it can take. */
export async function checkParallel(
  adapter: StartedAdapter,
  options: DoctorOptions,
): Promise<Finding> {
  const target = 'doctor-parallel'
  const hint = 'Answer each with its own id, in any order; or lower limits.max_parallel.'
  const config = atPort(options.sampleConfig, await closedPort())
  const configured = await adapter.configure(target, config)
  if (configured.outcome !== 'ok') return wentWrong('parallel', 'configure', configured, hint)
  const count = Math.min(adapter.hello.limits.maxParallel, MOST_AT_ONCE)
  const outcomes = await Promise.all(
    Array.from({ length: count }, (_, index) => {
      const event = { ...options.sampleEvent, id: `${options.sampleEvent.id}-${index + 1}` }
      return adapter.deliver(target, event, DEADLINE_MS)
    }),
  )
  adapter.forget(target)
  for (const outcome of outcomes) {
    if (outcome.outcome !== 'ok') return wentWrong('parallel', 'One of them', outcome, hint)
  }
  return sound('parallel', `It answers ${count} of ${count} requests that are in flight at once.`)
}

/** The same configuration for a port of loopback. */
export function atPort(config: TargetConfig, port: number): TargetConfig {
  const url = new URL(config.url)
  // An address rather than a name: the listener has only this one.
  url.hostname = '127.0.0.1'
  url.port = String(port)
  return { ...config, url: url.href }
}

/** Starts one. */
export async function startHangUp(): Promise<StartedHangUp> {
  let connections = 0
  const server = createServer((socket) => {
    connections++
    socket.on('error', () => {
      // The other side may be faster.
    })
    socket.destroy()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    connections: () => connections,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve()
        })
      }),
  }
}

/** A port that was free a moment ago. */
async function closedPort(): Promise<number> {
  await using listener = await startHangUp()
  return listener.port
}
