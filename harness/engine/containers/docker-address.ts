import { existsSync } from 'node:fs'
import { request } from 'node:http'
import { homedir } from 'node:os'
import { join } from 'node:path'

/** Where a Docker engine answers. Only one on this machine will do: its published ports are on loopback. */
export type DockerAddress =
  { readonly socketPath: string } | { readonly host: string; readonly port: number }

type Environment = Readonly<Record<string, string | undefined>>

/** What came of looking for an engine. */
export type DockerFinding =
  | { readonly found: 'engine'; readonly address: DockerAddress }
  | { readonly found: 'none'; readonly because: string }

/** The answer must come within this time. */
const PING_MS = 2000

/** As `DOCKER_HOST` spells it. */
export function urlOf(address: DockerAddress): string {
  return 'socketPath' in address
    ? `unix://${address.socketPath}`
    : `tcp://${address.host}:${address.port}`
}

/** Reads `DOCKER_HOST`. Null = a kind of address that is not known here, `ssh:` for example. */
export function parseDockerHost(value: string): DockerAddress | null {
  if (value.startsWith('unix://')) return { socketPath: value.slice('unix://'.length) }
  if (value.startsWith('npipe://')) return { socketPath: value.slice('npipe://'.length) }
  const [, host, port] = /^(?:tcp|http):\/\/([^/:]+|\[[^\]]+\]):(\d+)\/?$/.exec(value) ?? []
  return host === undefined ? null : { host: host.replace(/^\[|\]$/g, ''), port: Number(port) }
}

function socketsOf(env: Environment): readonly string[] {
  const home = homedir()
  const runtime = env['XDG_RUNTIME_DIR']
  return [
    '/var/run/docker.sock',
    ...(runtime === undefined ? [] : [join(runtime, 'docker.sock')]),
    join(home, '.docker/run/docker.sock'),
    join(home, '.docker/desktop/docker.sock'),
    join(home, '.colima/default/docker.sock'),
    join(home, '.rd/docker.sock'),
  ]
}

/**
 * Looks for a Docker engine: where `DOCKER_HOST` says, else at the usual sockets. Takes at most two
 * seconds and never rejects.
 */
export async function findDocker(env: Environment = process.env): Promise<DockerFinding> {
  const given = env['DOCKER_HOST']
  if (given !== undefined && given !== '') {
    const address = parseDockerHost(given)
    if (address === null) {
      return { found: 'none', because: `DOCKER_HOST=${given} is no address of a local engine` }
    }
    return await ping(address)
  }
  const sockets = socketsOf(env).filter((path) => existsSync(path))
  const [first = null, ...others] = await Promise.all(
    sockets.map((socketPath) => ping({ socketPath })),
  )
  if (first === null) return { found: 'none', because: 'there is no Docker socket' }
  return [first, ...others].find(({ found }) => found === 'engine') ?? first
}

function ping(address: DockerAddress): Promise<DockerFinding> {
  return new Promise((resolve) => {
    const fail = (because: string) => {
      resolve({ found: 'none', because: `${urlOf(address)}: ${because}` })
    }
    const asked = request({ ...address, path: '/_ping', timeout: PING_MS }, (answer) => {
      answer.resume()
      if (answer.statusCode === 200) resolve({ found: 'engine', address })
      else fail(`answered ${answer.statusCode ?? 0} to a ping`)
    })
    const timer = setTimeout(() => {
      fail(`no answer within ${PING_MS / 1000} s`)
      asked.destroy()
    }, PING_MS)
    asked.on('error', (error) => {
      fail(error.message)
    })
    asked.on('close', () => {
      clearTimeout(timer)
    })
    asked.end()
  })
}
