import { expect, test } from '@playwright/test'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { StartedAdapter } from './adapter.ts'
import type { Deadlines } from './deadlines.ts'
import { memoryRestartBudget } from './restart-budget.ts'
import { startAdapter } from './start.ts'
import { CONFIG, EVENT } from './test-support.ts'

type Message = Readonly<Record<string, unknown>> & { readonly id: number; readonly cmd: string }
type Answer = (message: Message, response: ServerResponse) => object | undefined

interface StartedService extends AsyncDisposable {
  readonly url: string
  readonly paths: readonly string[]
}

const HELLO = {
  protocol: 1,
  dispatcher: { name: 'hosted', version: '9' },
  capabilities: ['client-certificate.pem', 'trust.private-ca'],
}

/** A hosted dispatcher whose answers a test may change; it remembers its targets. */
async function startService(
  changed: Readonly<Record<string, Answer>> = {},
): Promise<StartedService> {
  const paths: string[] = []
  const targets = new Set<unknown>()
  const honest: Readonly<Record<string, Answer>> = {
    hello: () => HELLO,
    configure: ({ target }) => (targets.add(target), { ok: true }),
    deliver: ({ target }) =>
      targets.has(target)
        ? { disposition: 'failed', attempts: [{ stage: 'tcp', reason: 'net.refused' }] }
        : { errored: 'unknown target' },
    reset: () => ({ dropped: ['tokens'] }),
    bye: () => ({ ok: true }),
  }
  const server = createServer((request, response) => {
    paths.push(`${request.method ?? ''} ${request.url ?? ''}`)
    void bodyOf(request).then((text) => {
      const message = JSON.parse(text) as Message
      const answer = changed[message.cmd] ?? honest[message.cmd]
      const fields = answer === undefined ? { unsupported: true } : answer(message, response)
      if (fields !== undefined) response.end(JSON.stringify({ id: message.id, ...fields }))
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/base/`,
    paths,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of request as AsyncIterable<Buffer>) text += chunk.toString('utf8')
  return text
}

function start(url: string, deadlines: Partial<Deadlines> = {}): Promise<StartedAdapter> {
  const options = { env: {}, restarts: memoryRestartBudget(3), cwd: '/' }
  return startAdapter({ carrier: 'http', url }, { ...options, deadlines })
}

test('the same messages travel as POST {base}/v1/{cmd}', async () => {
  await using service = await startService()
  {
    await using adapter = await start(service.url)
    expect(adapter.carrier).toBe('http')
    expect(adapter.hello).toMatchObject({ name: 'hosted', version: '9', clockOffsetMs: null })
    expect(await adapter.configure('t-1', CONFIG)).toMatchObject({ reply: { result: 'accepted' } })
    expect(await adapter.deliver('t-1', EVENT, 1_000)).toMatchObject({
      reply: { disposition: 'failed' },
    })
    expect(await adapter.reset()).toMatchObject({ reply: { dropped: ['tokens'] } })
    expect(await adapter.inspect('t-1')).toMatchObject({ outcome: 'unsupported' })
  }
  expect(service.paths).toEqual(
    ['hello', 'configure', 'deliver', 'reset', 'inspect', 'bye'].map(
      (cmd) => `POST /base/v1/${cmd}`,
    ),
  )
})

test('a service that is not there has not started', async () => {
  const { url } = await startService().then(async (service) => {
    await service[Symbol.asyncDispose]()
    return service
  })
  await expect(start(url)).rejects.toMatchObject({
    code: 'ERR_DISPATCHER_NOT_STARTED',
    message: expect.stringContaining('ECONNREFUSED'),
  })
})

test('a service that answers with a page is no adapter', async () => {
  await using service = await startService({
    hello: (_message, response) => void response.writeHead(404).end('<h1>Not found</h1>'),
  })
  await expect(start(service.url)).rejects.toMatchObject({
    code: 'ERR_ADAPTER_PROTOCOL',
    message: expect.stringContaining('(HTTP 404): <h1>Not found</h1>'),
  })
})

const FAULTS: readonly (readonly [title: string, answer: Answer, fault: string, says: RegExp])[] = [
  ['no answer', () => undefined, 'timeout', /no answer within 150 ms/],
  ['another id', () => ({ id: 77, dropped: [] }), 'protocol', /id 77, not \d/],
  ['an unknown field', () => ({ dropped: [], more: 1 }), 'protocol', /more is not known; allowed/],
  [
    'a body that never ends',
    (_message, response) => {
      const flood = (): void => {
        while (!response.destroyed && response.write('a'.repeat(65_536)));
      }
      response.on('drain', flood)
      flood()
      return undefined
    },
    'protocol',
    /longer than 1 MiB/,
  ],
  [
    'a connection that breaks',
    (_message, response) => void response.socket?.destroy(),
    'gone',
    /socket hang up|ECONNRESET/,
  ],
]

for (const [title, answer, fault, says] of FAULTS) {
  test(`${title} is a fault; the next request begins again with hello and the targets`, async () => {
    let calls = 0
    await using service = await startService({
      reset: (message, response) => (calls++ === 0 ? answer(message, response) : { dropped: [] }),
    })
    await using adapter = await start(service.url, { reset: 150 })
    await adapter.configure('t-1', CONFIG)
    const outcome = await adapter.reset()
    expect(outcome).toMatchObject({ outcome: 'fault', fault })
    expect(outcome).toHaveProperty('detail', expect.stringMatching(says))
    expect(await adapter.reset()).toMatchObject({ outcome: 'ok' })
    expect(service.paths.slice(-4)).toEqual([
      'POST /base/v1/reset',
      'POST /base/v1/hello',
      'POST /base/v1/configure',
      'POST /base/v1/reset',
    ])
  })
}

test('a target that a restarted service no longer accepts is a fault, once', async () => {
  let configured = 0
  await using service = await startService({
    configure: () =>
      configured++ === 0 ? { ok: true } : { ok: false, reason: 'client-certificate.unreadable' },
    reset: (_message, response) => void response.socket?.destroy(),
  })
  await using adapter = await start(service.url)
  await adapter.configure('t-1', CONFIG)
  await adapter.reset()
  const outcome = await adapter.deliver('t-1', EVENT, 1_000)
  expect(outcome).toHaveProperty('detail', expect.stringContaining('was accepted is refused'))
  // It costs a second restart, and then the adapter goes on without the target.
  expect(await adapter.inspect('t-1')).toMatchObject({ outcome: 'unsupported' })
})
