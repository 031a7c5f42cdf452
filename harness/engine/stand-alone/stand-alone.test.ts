import { existsSync, readFileSync, statSync } from 'node:fs'
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { X509Certificate } from 'node:crypto'
import { expect, test } from '@playwright/test'
import { packageRoot } from '../../package-root.ts'
import { send, word } from '../backend/test-support.ts'
import { curlText } from './hand-out.ts'
import { PROXY_FOLDER } from './proxy-files.ts'
import { PLACE_NAMES, PLACES, standAloneSituation } from './situation.ts'
import { HAND_OUT_FOLDER, startStandAlone, type StandAloneOptions } from './start.ts'

const PORTS = {
  endpoint: 8443,
  'token-server': 8444,
  'bound-endpoint': 8445,
  'alert-endpoint': 8446,
}
const SECRET = 'between the containers'

const optionsIn = (folder: string): StandAloneOptions => ({
  folder,
  host: 'server',
  trafficPort: 0,
  controlPort: 0,
  trafficSecret: SECRET,
  ports: PORTS,
})

/** Path of the URL on this line of `curl.txt`. */
function pathsIn(text: string, port: number): readonly string[] {
  return [...text.matchAll(new RegExp(`https://localhost:${port}(/\\S+)`, 'g'))].map(
    ([, path]) => path ?? '',
  )
}

test('fills the folder for nginx, HAProxy and the person, with private files', async () => {
  const folder = test.info().outputPath('minted')
  await using backend = await startStandAlone(optionsIn(folder))
  expect(backend.trafficPort).toBeGreaterThan(0)
  const read = (path: string) => readFileSync(join(folder, path), 'utf8')
  const conf = read('slots/stand-alone.conf')
  const cfg = read('slots/stand-alone.cfg')
  for (const place of PLACE_NAMES) {
    const { slot, terminator } = PLACES[place]
    // Without a wire there is nobody to write a PROXY header, and nobody on the container's loopback.
    if (terminator === 'nginx') expect(conf).toContain(`  listen ${slot} ssl;\n`)
    else expect(cfg).toContain(`  bind :${slot} ssl crt ${PROXY_FOLDER}/slots/${slot}/chain.pem `)
    expect(statSync(join(folder, `slots/${slot}/chain.pem.key`)).mode & 0o777).toBe(0o600)
  }
  expect(conf + cfg).not.toMatch(/accept-proxy|proxy_protocol|127\.0\.0\.1/)
  // Everything that the texts name is there.
  const snippets = [...conf.matchAll(/include (\S+);/g)].map(([, path]) => path ?? '')
  expect(snippets.filter((path) => !existsSync(join(packageRoot, 'nginx', path)))).toEqual([])
  const named = [...(conf + cfg).matchAll(/\/run\/hookproof\/(\S+\.pem)/g)]
  expect(named.length).toBeGreaterThan(3)
  for (const [, path = ''] of named) expect(read(path)).toContain('-----BEGIN CERTIFICATE-----')
  expect(read('origin.conf')).toContain('server server:0;')

  const mine = (name: string) => join(folder, HAND_OUT_FOLDER, name)
  const [root, client] = ['root.pem', 'dispatcher.pem'].map(
    (name) => new X509Certificate(readFileSync(mine(name))),
  )
  expect(root?.issuer).toBe(root?.subject)
  expect(Date.parse(client?.validTo ?? '')).toBeGreaterThan(Date.now())
  for (const name of ['root.pem', 'dispatcher.pem', 'dispatcher.key', 'curl.txt']) {
    expect(statSync(mine(name)).mode & 0o777).toBe(0o600)
  }
})

test('serves deliveries, tokens and what wants a bound token, over the slots of the proxies', async () => {
  const folder = test.info().outputPath('minted')
  await using backend = await startStandAlone(optionsIn(folder))
  const [pem = ''] = readFileSync(join(folder, HAND_OUT_FOLDER, 'dispatcher.pem'), 'utf8').split(
    /(?<=-----END CERTIFICATE-----\n)/,
  )
  const text = readFileSync(join(folder, HAND_OUT_FOLDER, 'curl.txt'), 'utf8')
  const says = (place: keyof typeof PORTS) => ({
    ...word(PLACES[place].slot, 0, pem),
    'Hookproof-Secret': SECRET,
  })
  const ask = (place: keyof typeof PORTS, headers: Record<string, string> = {}, body?: string) =>
    send(backend.trafficPort, pathsIn(text, PORTS[place])[0] ?? '', {
      headers: { ...says(place), ...headers },
      ...(body === undefined ? {} : { body }),
    })
  expect(await ask('endpoint')).toMatchObject({ status: 204 })
  expect(await ask('alert-endpoint')).toMatchObject({ status: 204 })
  expect(await ask('bound-endpoint')).toMatchObject({ status: 401 })
  const form = { 'Content-Type': 'application/x-www-form-urlencoded' }
  const { clientId } = standAloneSituation().tokenServer
  const granted = await ask(
    'token-server',
    form,
    `grant_type=client_credentials&client_id=${clientId}`,
  )
  expect(granted).toMatchObject({ status: 200 })
  const { access_token: token } = JSON.parse('body' in granted ? granted.body : '{}') as {
    access_token: string
  }
  const authorization = `Bearer ${token}`
  expect(await ask('bound-endpoint', { authorization })).toMatchObject({ status: 204 })
  // Another way than through nginx or HAProxy.
  expect(await ask('endpoint', { 'Hookproof-Secret': 'another' })).toMatchObject({ status: 404 })
})

test('keeps what nginx and HAProxy run from when it starts again, and mints anew when that is gone', async () => {
  const folder = test.info().outputPath('minted')
  const names = ['slots/20001/chain.pem', `${HAND_OUT_FOLDER}/dispatcher.key`, 'origin.conf']
  const start = async (): Promise<readonly string[]> => {
    await using backend = await startStandAlone(optionsIn(folder))
    expect(backend.controlPort).toBeGreaterThan(0)
    return await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')))
  }
  const first = await start()
  expect(await start()).toEqual(first)
  await rm(join(folder, 'minted'))
  const [chain, key] = await start()
  expect(chain).not.toBe(first[0])
  expect(key).not.toBe(first[1])
})

test('README shows the commands of curl.txt', () => {
  const { clientId } = standAloneSituation().tokenServer
  const text = curlText({
    clientId,
    urls: {
      endpoint: 'https://localhost:8443/hooks/…',
      'token-server': 'https://localhost:8444/r/…/token',
      'bound-endpoint': 'https://localhost:8445/hooks/…',
      'alert-endpoint': 'https://localhost:8446/hooks/…',
    },
  })
  expect(readFileSync(join(packageRoot, 'README.md'), 'utf8')).toContain(text)
})
