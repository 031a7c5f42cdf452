import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { StartedAdapter } from './adapter.ts'
import type { Deadlines } from './deadlines.ts'
import type { StdioDescription } from './description.ts'
import type { TargetConfig, WebhookEvent } from './messages.ts'
import { memoryRestartBudget } from './restart-budget.ts'
import { startAdapter } from './start.ts'

/** A folder for one test; disposing of it removes it. */
export function temporaryFolder(): Disposable & { readonly path: string } {
  const path = mkdtempSync(join(tmpdir(), 'hookproof-test-'))
  return {
    path,
    [Symbol.dispose]: () => {
      rmSync(path, { recursive: true, force: true })
    },
  }
}

/**
 * A small honest adapter, into which a test puts one fault: `on[cmd]` is code of a function of the
 * request that may call `reply` itself and return nothing.
 */
export function adapterSource(faults: Readonly<Record<string, string>> = {}, prelude = ''): string {
  return `
const targets = new Map()
let busy = 0
const write = (text) => process.stdout.write(text)
const reply = (request, fields) => write(JSON.stringify({ id: request.id, ...fields }) + '\\n')
${prelude}
const honest = {
  hello: () => ({
    protocol: 1,
    dispatcher: { name: 'tiny', version: '1.2.3' },
    capabilities: ['client-certificate.pem', 'trust.private-ca', 'reset'],
    limits: { max_parallel: 4 },
    now: new Date().toISOString(),
  }),
  configure: (request) => (targets.set(request.target, request.config), { ok: true }),
  deliver: (request) =>
    targets.has(request.target)
      ? { disposition: 'failed', attempts: [{ stage: 'tcp', reason: 'net.refused', native: targets.get(request.target).url }] }
      : { errored: 'unknown target' },
  reset: () => ({ dropped: ['connections'] }),
  bye: () => (setImmediate(() => process.exit(0)), { ok: true }),
}
const faulty = {${Object.entries(faults)
    .map(([cmd, code]) => `${JSON.stringify(cmd)}: (request) => { ${code} }`)
    .join(',')}}
require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => {
  const request = JSON.parse(line)
  const answer = faulty[request.cmd] ?? honest[request.cmd] ?? (() => ({ unsupported: true }))
  const fields = answer(request)
  if (fields !== undefined) reply(request, fields)
})
`
}

/** Writes a program of ours and describes it as a stdio dispatcher. */
export function stdioDispatcher(folder: string, source: string): StdioDescription {
  const file = join(folder, 'adapter.cjs')
  writeFileSync(file, source)
  return { carrier: 'stdio', command: [process.execPath, file], env: {}, folder: null }
}

/** A configuration with every secret that tests look for. */
export const CONFIG: TargetConfig = {
  url: 'https://localhost:4433/hooks/1',
  trust_anchors_pem: '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n',
  client_certificate: {
    format: 'pem',
    chain_pem: '-----BEGIN CERTIFICATE-----\nMIIC\n-----END CERTIFICATE-----\n',
    key_pem:
      '-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7\n-----END PRIVATE KEY-----\n',
  },
}

/** An event with a body of a few bytes. */
export const EVENT: WebhookEvent = {
  id: 'evt_1',
  type: 'payment.succeeded',
  content_type: 'application/json',
  body_b64: Buffer.from('{"id":"evt_1"}').toString('base64'),
}

/** Whether a process still runs; one that has ended but that nobody has waited for does not. */
export function isRunning(pid: number): 'running' | 'gone' {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')')).startsWith(') Z') ? 'gone' : 'running'
  } catch {
    return 'gone'
  }
}

/** Starts an adapter of {@link adapterSource} with short deadlines. */
export function start(
  folder: string,
  source: string,
  options: { readonly restarts?: number; readonly deadlines?: Partial<Deadlines> } = {},
): Promise<StartedAdapter> {
  return startAdapter(stdioDispatcher(folder, source), {
    env: { FROM_TEST: 'yes' },
    restarts: memoryRestartBudget(options.restarts ?? 3),
    deadlines: { hello: 2_000, deliverGrace: 50, ...options.deadlines },
    cwd: folder,
  })
}
