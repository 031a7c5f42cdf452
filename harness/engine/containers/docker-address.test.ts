import { expect, test } from '@playwright/test'
import { createServer } from 'node:http'
import { once } from 'node:events'
import { findDocker, parseDockerHost, urlOf } from './docker-address.ts'

test('reads the kinds of DOCKER_HOST that lead to this machine', () => {
  expect(parseDockerHost('unix:///run/d.sock')).toEqual({ socketPath: '/run/d.sock' })
  expect(parseDockerHost('tcp://127.0.0.1:2375')).toEqual({ host: '127.0.0.1', port: 2375 })
  expect(parseDockerHost('tcp://[::1]:2375')).toEqual({ host: '::1', port: 2375 })
  expect(parseDockerHost('ssh://user@host')).toBeNull()
  for (const value of ['unix:///run/d.sock', 'tcp://127.0.0.1:2375']) {
    const address = parseDockerHost(value)
    expect(address && urlOf(address)).toBe(value)
  }
})

test('a host that nobody listens on is no engine, and the reason is told', async () => {
  const finding = await findDocker({ DOCKER_HOST: 'tcp://127.0.0.1:1' })
  expect(finding).toMatchObject({ found: 'none', because: expect.stringContaining('ECONNREFUSED') })
  expect(await findDocker({ DOCKER_HOST: 'ssh://elsewhere' })).toMatchObject({ found: 'none' })
})

test('an engine that does not answer is given up after two seconds', async () => {
  const server = createServer(() => undefined).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const began = performance.now()
  const finding = await findDocker({ DOCKER_HOST: `tcp://127.0.0.1:${port}` })
  expect(finding).toMatchObject({ found: 'none', because: expect.stringContaining('within 2 s') })
  expect(performance.now() - began).toBeLessThan(4000)
  server.closeAllConnections()
  server.close()
})

test('a server that answers something else is no engine', async () => {
  const server = createServer((_request, response) => {
    response.writeHead(404).end()
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const finding = await findDocker({ DOCKER_HOST: `tcp://127.0.0.1:${port}` })
  expect(finding).toMatchObject({ found: 'none', because: expect.stringContaining('404') })
  server.close()
})
