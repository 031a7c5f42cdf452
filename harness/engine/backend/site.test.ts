import { createHmac } from 'node:crypto'
import { expect, test } from '@playwright/test'
import { material } from '../../endpoint/test-support.ts'
import { originSetup, seen, send, site, startTestBackend, status, word } from './test-support.ts'

test('a site answers in sequence and records what the dispatcher sent', async () => {
  await using up = await startTestBackend()
  const { trafficPort } = up.backend
  const { pem, sha256 } = (await material()).get('dispatcher')
  await using hooks = await up.client.startSite(
    site({ setup: originSetup({ answers: [status(503), status(204)] }) }),
  )
  expect(hooks.path).toMatch(/^\/hooks\/[0-9a-f]{16}$/)
  const began = Date.now()
  const answers = [1, 2, 3].map(() => ({
    headers: { ...word(20001, 45, pem), 'X-Own': 'yes', Connection: 'close', Te: 'trailers' },
  }))
  const statuses: unknown[] = []
  for (const sending of answers) statuses.push(await send(trafficPort, hooks.path, sending))
  expect(statuses).toMatchObject([{ status: 503 }, { status: 204 }, { status: 204 }])

  const first = await hooks.records()
  expect(first.lost).toBe(0)
  expect(seen(first, 'request')).toMatchObject([
    { answered: 503, connection: 45 },
    { answered: 204, connection: 45 },
    { answered: 204, connection: 45 },
  ])
  const [request] = seen(first, 'request')
  expect(request).toMatchObject({
    listener: 'endpoint',
    method: 'POST',
    path: hooks.path,
    bodyBytes: 29,
    eventId: 'evt_0123456789abcdef',
    bearer: 'none',
    signature: 'none',
    by: 'origin',
  })
  const names = Object.keys(request?.headers ?? {})
  expect(names).toContain('x-own')
  expect(names.filter((name) => /^(hookproof-|connection$|te$)/.test(name))).toEqual([])
  expect(JSON.stringify(first)).not.toContain(sha256)
  for (const { atMs } of first.records) {
    expect(atMs).toBeGreaterThanOrEqual(began)
    expect(atMs).toBeLessThanOrEqual(Date.now())
  }
  expect((await hooks.records()).records).toEqual([])
  await send(trafficPort, hooks.path, { headers: word(20001, 46) })
  expect(seen(await hooks.records(), 'request')).toMatchObject([{ connection: 46 }])
})

test('a site wants the certificate that the terminator saw, in nginx and HAProxy spelling', async () => {
  await using up = await startTestBackend()
  const { trafficPort } = up.backend
  const { pem, der } = (await material()).get('dispatcher')
  await using hooks = await up.client.startSite(
    site({ setup: originSetup({ policy: { identity: 'mutual-tls', bearer: 'none' } }) }),
  )
  const haproxy = { ...word(20001, 1), 'Hookproof-Client-Cert': der.toString('base64') }
  const own = { ...word(20001, 1), 'Client-Cert': `:${der.toString('base64')}:` }
  const unreadable = { ...word(20001, 9), 'Hookproof-Client-Cert': 'MIIB' }
  const results = [word(20001, 1, pem), haproxy, word(20001, 1), own, unreadable].map(
    async (headers) => send(trafficPort, hooks.path, { headers }),
  )
  expect(await Promise.all(results)).toMatchObject(
    [204, 204, 403, 403, 403].map((code) => ({ status: code })),
  )
  expect(seen(await hooks.records(), 'harness-fault')).toEqual([
    {
      kind: 'harness-fault',
      detail: 'slot 20001 passed on a client certificate that cannot be read (connection 9)',
    },
  ])
})

test('behind a load balancer that forwards, its own fields are told from the dispatcher’s', async () => {
  await using up = await startTestBackend()
  const { trafficPort } = up.backend
  const { der } = (await material()).get('dispatcher')
  await using hooks = await up.client.startSite(
    site({
      setup: originSetup({ policy: { identity: 'mutual-tls', bearer: 'none' } }),
      slots: [{ slot: 20001, loadBalancer: 'forwards-client-cert' }],
    }),
  )
  const added = { 'Client-Cert': `:${der.toString('base64')}:`, 'X-Forwarded-For': '192.0.2.1' }
  const names = ['host,x-own', 'host,x-own,Client-Cert,client-cert-chain']
  for (const list of names) {
    const headers = { ...word(20001, 1), ...added, 'X-Own': '1', 'Hookproof-Sent-Headers': list }
    expect(await send(trafficPort, hooks.path, { headers })).toMatchObject({ status: 204 })
  }
  const without = await send(trafficPort, hooks.path, {
    headers: { ...word(20001, 1), 'Hookproof-Sent-Headers': 'host' },
  })
  expect(without).toMatchObject({ status: 403 })
  const [clean, claimed] = seen(await hooks.records(), 'request')
  expect(Object.keys(clean?.headers ?? {}).sort()).toEqual(['host', 'x-own'])
  expect(claimed?.headers).toMatchObject({
    'client-cert': ['[replaced by the load balancer]'],
    'client-cert-chain': ['[replaced by the load balancer]'],
  })
  await send(trafficPort, hooks.path, { headers: { ...word(20001, 7), ...added } })
  expect(seen(await hooks.records(), 'harness-fault')).toHaveLength(1)
})

test('what a dispatcher claims is recorded and not believed where nothing is added', async () => {
  await using up = await startTestBackend()
  const { der } = (await material()).get('dispatcher')
  await using hooks = await up.client.startSite(
    site({
      setup: originSetup({ policy: { identity: 'mutual-tls', bearer: 'none' } }),
      slots: [{ slot: 20001, loadBalancer: 'strips' }],
    }),
  )
  const headers = {
    ...word(20001, 1),
    'Client-Cert': `:${der.toString('base64')}:`,
    'Hookproof-Sent-Headers': 'host',
  }
  const answer = await send(up.backend.trafficPort, hooks.path, { headers })
  expect(answer).toMatchObject({ status: 403 })
  const [request] = seen(await hooks.records(), 'request')
  expect(Object.keys(request?.headers ?? {})).toContain('client-cert')
})

test('a site redirects, says garbage, closes, stalls', async () => {
  await using up = await startTestBackend()
  const { trafficPort } = up.backend
  await using hooks = await up.client.startSite(
    site({
      base: null,
      setup: originSetup({
        answers: [
          { kind: 'redirect', status: 307, location: 'same' },
          { kind: 'redirect', status: 308, location: 'elsewhere' },
          { kind: 'garbage' },
          { kind: 'close' },
          { kind: 'stall' },
        ],
      }),
    }),
  )
  await hooks.update({ base: 'https://localhost:1', elsewhere: 'https://localhost:2/hooks/x' })
  const headers = word(20001, 1)
  expect(await send(trafficPort, hooks.path, { headers })).toMatchObject({
    status: 307,
    headers: { location: `https://localhost:1${hooks.path}/moved` },
  })
  expect(await send(trafficPort, hooks.path, { headers })).toMatchObject({
    status: 308,
    headers: { location: 'https://localhost:2/hooks/x' },
  })
  const broken = [await send(trafficPort, hooks.path, { headers })]
  broken.push(await send(trafficPort, hooks.path, { headers }))
  expect(broken).toEqual([{ error: 'HPE_INVALID_CONSTANT' }, { error: 'ECONNRESET' }])
  const gaveUp = new AbortController()
  const stalled = send(trafficPort, hooks.path, { headers, signal: gaveUp.signal })
  await expect.poll(async () => (await hooks.records()).records.length).toBeGreaterThan(0)
  gaveUp.abort()
  expect(await stalled).toHaveProperty('error')
})

test('a body past 16 MiB is refused and not read', async () => {
  await using up = await startTestBackend()
  const { trafficPort } = up.backend
  await using hooks = await up.client.startSite(site())
  const whole = Buffer.alloc(16 * 1024 * 1024, 0x20)
  const headers = word(20001, 1)
  expect(await send(trafficPort, hooks.path, { headers, body: whole })).toMatchObject({
    status: 204,
  })
  const body = Buffer.concat([whole, Buffer.from(' ')])
  expect(await send(trafficPort, hooks.path, { headers, body })).toMatchObject({ status: 413 })
  expect(seen(await hooks.records(), 'request')).toMatchObject([
    { bodyBytes: 16 * 1024 * 1024, answered: 204 },
    { answered: 413 },
  ])
})

test('a site finds signatures valid, invalid and missing', async () => {
  await using up = await startTestBackend()
  const { trafficPort } = up.backend
  const secret = Buffer.from('signing secret')
  await using hooks = await up.client.startSite(
    site({ event: { secrets: [{ name: 'first', scheme: 'hmac-sha256', secret }] } }),
  )
  const body = 'exactly these bytes'
  const right = `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`
  for (const value of [right, right.replace(/.$/, 'x'), null]) {
    const headers = { ...word(20001, 1), ...(value && { 'X-Signature': value }) }
    await send(trafficPort, hooks.path, { headers, body })
  }
  const findings = seen(await hooks.records(), 'request').map(({ signature }) => signature)
  expect(findings).toEqual(['valid', 'invalid', 'none'])
})

test('an update changes policy, keeps the same answers going and claims more slots', async () => {
  await using up = await startTestBackend()
  const { trafficPort } = up.backend
  const answers = [status(500), status(204)]
  await using hooks = await up.client.startSite(site({ setup: originSetup({ answers }) }))
  const ask = (slot: number) => send(trafficPort, hooks.path, { headers: word(slot, 1) })
  expect(await ask(20001)).toMatchObject({ status: 500 })
  expect(await ask(20003)).toMatchObject({ status: 404 })
  await hooks.update({
    setup: originSetup({ answers }),
    slots: [{ slot: 20003, loadBalancer: 'none' }],
  })
  expect(await ask(20003)).toMatchObject({ status: 204 })
  expect(await ask(20001)).toMatchObject({ status: 204 })
  await hooks.update({
    setup: originSetup({ answers, policy: { identity: 'mutual-tls', bearer: 'none' } }),
  })
  expect(await ask(20001)).toMatchObject({ status: 403 })
  expect(seen(await up.client.strays(), 'harness-fault')).toHaveLength(1)
})

test('another path on the slot is answered 404 and recorded', async () => {
  await using up = await startTestBackend()
  await using hooks = await up.client.startSite(site())
  for (const path of ['/', '/hooks/0000', '//', '*']) {
    const headers = word(20001, 3)
    const answer = await send(up.backend.trafficPort, path, { headers, method: 'PUT' })
    expect(answer, path).toMatchObject({ status: 404 })
  }
  expect(seen(await hooks.records(), 'request')).toHaveLength(4)
})

test('a deleted site frees its slots and cuts off what is under way', async () => {
  await using up = await startTestBackend()
  const { trafficPort } = up.backend
  const hooks = await up.client.startSite(
    site({ setup: originSetup({ answers: [{ kind: 'stall' }] }) }),
  )
  const stalled = send(trafficPort, hooks.path, { headers: word(20001, 1) })
  await expect.poll(async () => (await hooks.records()).records.length).toBe(1)
  await expect(up.client.startSite(site())).rejects.toThrow(/409: slot 20001 belongs to another/)
  await hooks[Symbol.asyncDispose]()
  await hooks[Symbol.asyncDispose]()
  expect(await stalled).toEqual({ error: 'ECONNRESET' })
  await expect(hooks.records()).rejects.toThrow(/404: there is no site or realm/)
  await using next = await up.client.startSite(site())
  expect(await send(trafficPort, next.path, { headers: word(20001, 1) })).toMatchObject({
    status: 204,
  })
})
