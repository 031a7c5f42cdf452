import { expect, test } from '@playwright/test'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { adapterSource, CONFIG, EVENT, isRunning, start, temporaryFolder } from './test-support.ts'

test('a sound adapter is driven through every command', async () => {
  using folder = temporaryFolder()
  await using adapter = await start(folder.path, adapterSource())
  expect(adapter.hello).toMatchObject({
    name: 'tiny',
    version: '1.2.3',
    limits: { maxParallel: 4 },
    payload: 'verbatim',
    vendor: null,
  })
  expect(Math.abs(adapter.hello.clockOffsetMs ?? 9999)).toBeLessThan(1_000)
  expect(await adapter.configure('t-1', CONFIG)).toMatchObject({ reply: { result: 'accepted' } })
  expect(await adapter.deliver('t-1', EVENT, 1_000)).toEqual({
    outcome: 'ok',
    reply: {
      disposition: 'failed',
      attempts: [{ stage: 'tcp', reason: 'net.refused', status: null, native: CONFIG.url }],
    },
    stderr: '',
    told: [],
  })
  expect(await adapter.reset()).toMatchObject({ reply: { dropped: ['connections'] } })
  expect(await adapter.inspect('t-1')).toMatchObject({ outcome: 'unsupported' })
  expect(await adapter.probe('no-such-command')).toMatchObject({ outcome: 'unsupported' })
})

test('an adapter that says that it failed is errored, and lives on', async () => {
  using folder = temporaryFolder()
  await using adapter = await start(folder.path, adapterSource(), { restarts: 0 })
  const outcome = await adapter.deliver('never configured', EVENT, 1_000)
  expect(outcome).toMatchObject({ outcome: 'fault', fault: 'errored' })
  expect(outcome).toHaveProperty('detail', expect.stringContaining('unknown target'))
  expect(await adapter.reset()).toMatchObject({ outcome: 'ok' })
})

test('a crash in the middle of a request is a fault; the adapter is restarted with its targets', async () => {
  using folder = temporaryFolder()
  const source = adapterSource({
    reset: "console.error('cannot go on'); process.exit(7)",
  })
  await using adapter = await start(folder.path, source)
  await adapter.configure('t-1', CONFIG)
  const crashed = await adapter.reset()
  expect(crashed).toMatchObject({ outcome: 'fault', fault: 'gone' })
  expect(crashed).toHaveProperty('detail', expect.stringMatching(/status 7.*cannot go on/))
  expect(crashed.stderr).toContain('cannot go on')
  // Only an adapter that was told about the target again can answer this.
  expect(await adapter.deliver('t-1', EVENT, 1_000)).toMatchObject({
    reply: { disposition: 'failed' },
  })
})

test('a forgotten target is not configured again', async () => {
  using folder = temporaryFolder()
  await using adapter = await start(folder.path, adapterSource({ reset: 'process.exit(1)' }))
  await adapter.configure('t-1', CONFIG)
  adapter.forget('t-1')
  await adapter.reset()
  expect(await adapter.deliver('t-1', EVENT, 1_000)).toMatchObject({ fault: 'errored' })
})

test('an adapter that breaks again and again is given up', async () => {
  using folder = temporaryFolder()
  const source = adapterSource({ reset: 'process.exit(1)' })
  await using adapter = await start(folder.path, source, { restarts: 2 })
  for (let crash = 0; crash < 3; crash++) {
    expect(await adapter.reset()).toHaveProperty('detail', expect.stringContaining('status 1'))
  }
  const began = performance.now()
  for (let call = 0; call < 3; call++) {
    const outcome = await adapter.deliver('t-1', EVENT, 1_000)
    expect(outcome).toMatchObject({ outcome: 'fault', fault: 'gone' })
    expect(outcome).toHaveProperty('detail', expect.stringContaining('given up'))
  }
  expect(performance.now() - began).toBeLessThan(200)
})

test('a hang ends at the deadline, and the process with it', async () => {
  using folder = temporaryFolder()
  const pidFile = join(folder.path, 'pid')
  const source = adapterSource(
    { deliver: '' },
    `process.on('SIGTERM', () => {}); require('node:fs').writeFileSync(${JSON.stringify(pidFile)}, String(process.pid))`,
  )
  await using adapter = await start(folder.path, source)
  await adapter.configure('t-1', CONFIG)
  const pid = Number(readFileSync(pidFile, 'utf8'))
  const outcome = await adapter.deliver('t-1', EVENT, 100)
  expect(outcome).toMatchObject({ outcome: 'fault', fault: 'timeout' })
  expect(outcome).toHaveProperty('detail', expect.stringContaining('150 ms'))
  // The next request waits for the old process to be gone, though it ignores SIGTERM.
  expect(await adapter.reset()).toMatchObject({ outcome: 'ok' })
  expect(isRunning(pid)).toBe('gone')
})

test('a process that the adapter started does not outlive it', async () => {
  using folder = temporaryFolder()
  const pidFile = join(folder.path, 'pid')
  const source = adapterSource(
    {},
    `const child = require('node:child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'inherit' })
     require('node:fs').writeFileSync(${JSON.stringify(pidFile)}, String(child.pid))`,
  )
  {
    await using adapter = await start(folder.path, source)
    expect(isRunning(Number(readFileSync(pidFile, 'utf8')))).toBe('running')
    expect(adapter.carrier).toBe('stdio')
  }
  await expect.poll(() => isRunning(Number(readFileSync(pidFile, 'utf8')))).toBe('gone')
})

test('bye lets the adapter end by itself', async () => {
  using folder = temporaryFolder()
  const file = join(folder.path, 'said-bye')
  const source = adapterSource({
    bye: `require('node:fs').writeFileSync(${JSON.stringify(file)}, process.env.FROM_TEST); reply(request, { ok: true })`,
  })
  const adapter = await start(folder.path, source)
  await adapter[Symbol.asyncDispose]()
  expect(readFileSync(file, 'utf8')).toBe('yes')
  expect(await adapter.reset()).toMatchObject({ outcome: 'fault', fault: 'gone' })
})

test('replies out of order reach their own requests, at most max_parallel in flight', async () => {
  using folder = temporaryFolder()
  const source = adapterSource(
    {
      deliver: `
        held.push(request); most = Math.max(most, held.length)
        // Long enough for a request too many to arrive.
        if (held.length === 1) setTimeout(() => {
          for (const one of held.splice(0).reverse())
            reply(one, { disposition: 'failed', attempts: [{ stage: 'tcp', native: one.event.id }] })
        }, 100)`,
      reset: 'return { dropped: [], }',
      inspect: "return { warnings: ['most-' + most] }",
    },
    'const held = []; let most = 0',
  )
  await using adapter = await start(folder.path, source, { restarts: 0 })
  const ids = Array.from({ length: 8 }, (_, index) => `evt_${index}`)
  const outcomes = await Promise.all(
    ids.map((id) => adapter.deliver('t-1', { ...EVENT, id }, 1_000)),
  )
  const natives = outcomes.map((one) =>
    one.outcome === 'ok' ? one.reply.attempts[0]?.native : one,
  )
  expect(natives).toEqual(ids)
  expect(await adapter.inspect('t-1')).toMatchObject({ reply: { warnings: ['most-4'] } })
})

test('free text on standard error is kept, bounded, and never interpreted', async () => {
  using folder = temporaryFolder()
  const source = adapterSource({
    deliver: `
      process.stderr.write('x'.repeat(3 * 1024 * 1024) + '\\n{"id":' + request.id + ',"errored":"no"}\\nlast words\\n', () =>
        setTimeout(() => reply(request, { disposition: 'failed', attempts: [] }), 50))`,
  })
  await using adapter = await start(folder.path, source, { restarts: 0 })
  const outcome = await adapter.deliver('t-1', EVENT, 2_000)
  expect(outcome).toMatchObject({ outcome: 'ok', reply: { disposition: 'failed' } })
  expect(outcome.stderr).toMatch(/last words\n$/)
  expect(outcome.stderr.length).toBeLessThanOrEqual(8 * 1024)
})
