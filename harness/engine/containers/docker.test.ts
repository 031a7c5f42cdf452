import { expect, test } from '@playwright/test'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { Docker } from './docker.ts'

interface FakeEngine extends AsyncDisposable {
  readonly docker: Docker
  readonly removals: readonly string[]
}

/** A Docker engine with one container and one network. Says of each removal with which status it ends. */
async function startFake(statusOf: (path: string, times: number) => number): Promise<FakeEngine> {
  const there = new Set(['/containers/c1', '/networks/n1'])
  const removals: string[] = []
  const server = createServer(({ method, url = '' }, response) => {
    const [path = ''] = url.split('?', 1)
    if (method === 'GET') {
      const kind = path.startsWith('/containers') ? '/containers/' : '/networks/'
      const found = [...there].filter((one) => one.startsWith(kind))
      response.end(JSON.stringify(found.map((one) => ({ Id: one.slice(kind.length) }))))
      return
    }
    removals.push(path)
    const status = statusOf(path, removals.filter((one) => one === path).length)
    if (status === 204 || status === 404) there.delete(path)
    response.writeHead(status).end(status === 403 ? '{"message":"has active endpoints"}' : '')
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return {
    docker: new Docker({ host: '127.0.0.1', port }),
    removals,
    async [Symbol.asyncDispose]() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}

test('what is gone by itself is removed', async () => {
  await using fake = await startFake(() => 404)
  await fake.docker.removeLabelled('a=b')
  expect(fake.removals).toEqual(['/containers/c1', '/networks/n1'])
})

test('a network that is in use is removed when it is not any more', async () => {
  await using fake = await startFake((path, times) =>
    path === '/networks/n1' && times < 3 ? 403 : 204,
  )
  await fake.docker.removeLabelled('a=b')
  expect(fake.removals.filter((path) => path === '/networks/n1')).toHaveLength(3)
})

test('a container that somebody else is removing is waited for', async () => {
  await using fake = await startFake((path, times) =>
    path === '/containers/c1' && times < 2 ? 409 : 204,
  )
  await fake.docker.removeLabelled('a=b')
  expect(fake.removals.filter((path) => path === '/containers/c1')).toHaveLength(2)
})

test('a network that stays in use is an error, and says why', async () => {
  await using fake = await startFake((path) => (path === '/networks/n1' ? 403 : 204))
  await expect(fake.docker.removeLabelled('a=b')).rejects.toMatchObject({
    code: 'ERR_ENGINE_FAULT',
    message: expect.stringMatching(/removal of all with a=b: status 403, .*has active endpoints/),
  })
})
