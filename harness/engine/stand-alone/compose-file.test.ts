import { readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { expect, test } from '@playwright/test'
import { parse } from 'yaml'
import { packageRoot } from '../../package-root.ts'
import { imageRecipes } from '../containers/images.ts'
import { PROXY_FOLDER } from './proxy-files.ts'
import { PLACE_NAMES, PLACES, standAloneSituation, type Place } from './situation.ts'

/** What the tests look at; what is missing fails them. */
interface Service {
  readonly build: { readonly context: string; readonly args: readonly string[] }
  readonly user: string
  readonly read_only: boolean
  readonly cap_drop: readonly string[]
  readonly security_opt: readonly string[]
  readonly command?: readonly string[]
  readonly environment?: Readonly<Record<string, string>>
  readonly ports?: readonly string[]
  readonly volumes: readonly { readonly type: string; readonly target: string }[]
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>
  readonly healthcheck: { readonly test?: readonly string[] }
}

const text = readFileSync(join(packageRoot, 'docker-compose.yml'), 'utf8')
const { services } = parse(text, { merge: true }) as {
  readonly services: Readonly<Record<'server' | 'nginx' | 'haproxy', Service>>
}
const all = Object.entries(services)

const dockerfileOf = (folder: string): string =>
  readFileSync(join(packageRoot, folder, 'Dockerfile'), 'utf8')
const SOURCES = { server: 'backend', nginx: 'nginx', haproxy: 'haproxy' } as const

/** `HOOKPROOF_PORT_TOKEN_SERVER` */
const variableOf = (place: Place): string =>
  `HOOKPROOF_PORT_${place.toUpperCase().replaceAll('-', '_')}`

test('builds every image of the containers engine, from the same context and base', () => {
  const contexts = all.map(([, { build }]) => build.context)
  const recipes = imageRecipes({}).map(({ context }) => relative(packageRoot, context))
  expect(contexts.toSorted()).toEqual(recipes.toSorted())
  for (const [name, { build }] of all) {
    const [variable = '', ...others] = build.args
    expect(others).toEqual([])
    // The variable that sets this base for the engine, and the Dockerfile's own argument.
    const based = imageRecipes({ [variable]: 'another' }).filter(({ base }) => base === 'another')
    expect(based.map(({ context }) => relative(packageRoot, context))).toEqual([build.context])
    const dockerfile = dockerfileOf(SOURCES[name as keyof typeof SOURCES])
    expect(dockerfile).toContain(`ARG ${variable}\nFROM \${${variable}:-\${BASE}}\n`)
  }
})

test('publishes the slot of every place on loopback, and tells the server on which port', () => {
  const environment = services.server.environment ?? {}
  for (const place of PLACE_NAMES) {
    const { slot, terminator } = PLACES[place]
    const published = environment[variableOf(place)] ?? ''
    expect(published).toMatch(new RegExp(`^\\$\\{${variableOf(place)}:-\\d+\\}$`))
    expect(services[terminator].ports).toContain(`127.0.0.1:${published}:${slot}`)
  }
  expect(all.flatMap(([, { ports = [] }]) => ports)).toHaveLength(PLACE_NAMES.length)
})

test('runs everything as the user of nginx, read-only, without capabilities or folders of the host', () => {
  const user = /^USER (\S+)$/m.exec(dockerfileOf('nginx'))?.[1]
  for (const [, service] of all) {
    expect(service.user).toBe(user)
    expect(service.read_only).toBe(true)
    expect(service.cap_drop).toEqual(['ALL'])
    expect(service.security_opt).toEqual(['no-new-privileges:true'])
    expect(service.volumes).toMatchObject([{ type: 'volume', target: PROXY_FOLDER }])
  }
})

test('checks health with the files that the images start with', () => {
  const entrypointOf = (name: 'nginx' | 'haproxy'): readonly string[] =>
    JSON.parse(/^ENTRYPOINT (.+)$/m.exec(dockerfileOf(name))?.[1] ?? '[]') as string[]
  for (const name of ['nginx', 'haproxy'] as const) {
    const { healthcheck, depends_on: waitsFor } = services[name]
    const files = (words: readonly string[]) => words.filter((word) => word.startsWith('/'))
    expect(files(healthcheck.test ?? [])).toEqual(files(entrypointOf(name)))
    expect(files(entrypointOf(name)).length).toBeGreaterThan(0)
    expect(waitsFor).toEqual({ server: { condition: 'service_healthy' } })
  }
  // The image's own.
  expect(services.server.healthcheck.test).toBeUndefined()
})

test('holds no setting that the harness holds', () => {
  const known = new Set([
    ...PLACE_NAMES.map(variableOf),
    'HOOKPROOF_HOST',
    'HOOKPROOF_TRAFFIC_SECRET',
  ])
  for (const [, { environment = {}, command = [] }] of all) {
    expect(Object.keys(environment).filter((name) => !known.has(name))).toEqual([])
    expect(command.filter((word) => !/server\.mjs$|^stand-alone$/.test(word))).toEqual([])
  }
  expect(services.server.environment?.['HOOKPROOF_HOST']).toBe('server')
  const { tokenServer, certificates } = standAloneSituation()
  const held = [
    tokenServer.clientId,
    tokenServer.scope,
    tokenServer.authMethod,
    ...Object.values(certificates).flatMap(({ subject }) => subject.map(([, value]) => value)),
    ...all.map(([name]) => {
      const source = dockerfileOf(SOURCES[name as keyof typeof SOURCES])
      return /^ARG BASE=(\S+)$/m.exec(source)?.[1] ?? 'no BASE'
    }),
  ].filter((word) => !['Hookproof', 'localhost'].includes(word))
  expect(held.length).toBeGreaterThan(8)
  expect(held.filter((word) => text.includes(word))).toEqual([])
})
