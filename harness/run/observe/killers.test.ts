/**
 * What can be observed can also fail by observation alone: for every such scenario a miniature that it names
 * is caught without a word from it. The miniature plays the product: it is set up from the files that a
 * person gets. Needs `npm run build`.
 */
import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@playwright/test'
import { startAdapter } from '../../dispatcher/index.ts'
import type { ClientCertificateConfig, TargetConfig } from '../../dispatcher/messages.ts'
import { memoryRestartBudget } from '../../dispatcher/restart-budget.ts'
import { packageRoot } from '../../package-root.ts'
import type { Report } from '../../report/model.ts'
import { loadScenarios } from '../../scenario/load.ts'
import type { Scenario } from '../../scenario/types.ts'
import { planOf } from '../corpus.ts'
import { createEvent } from '../event.ts'
import { fateOf } from '../kill-row.ts'
import { DEFAULT_PROFILES, settingsFrom } from '../settings.ts'
import type { HandOut } from './hand-out.ts'
import { BY_HAND, whyNotObservable } from './observable.ts'
import { observe } from './observe.ts'
import { selectObservable } from './select.ts'

const settings = settingsFrom({}, {}, packageRoot)
const corpus = loadScenarios(settings.scenarios)
const reach = { capabilities: BY_HAND, host: 'loopback' } as const
const observable = selectObservable({
  corpus,
  wanted: corpus.scenarios.filter(({ profile }) => DEFAULT_PROFILES.includes(profile)),
  reach,
  amount: 'all',
})
const deviations = observable.filter(({ control }) => control !== null)

type Setup = HandOut['instructions']['setups'][number]

function configFor(url: string, { files }: Setup, folder: string): TargetConfig {
  const read = (path: string): Buffer => readFileSync(join(folder, path))
  const { 'trust-anchors': anchors, crls, pins } = files
  const certificate = certificateFrom(files, read)
  return {
    url,
    timeout_ms: 2000,
    ...(anchors === undefined ? {} : { trust_anchors_pem: read(anchors).toString() }),
    ...(crls === undefined ? {} : { crls_pem: read(crls).toString() }),
    ...(pins === undefined ? {} : { spki_pins: read(pins).toString().trim().split('\n') }),
    ...(certificate === null ? {} : { client_certificate: certificate }),
  }
}

function certificateFrom(
  files: Setup['files'],
  read: (path: string) => Buffer,
): ClientCertificateConfig | null {
  const { 'certificate-chain': chain, 'private-key': key, passphrase } = files
  if (chain !== undefined) {
    const chainPem = read(chain).toString()
    return key === undefined
      ? { format: 'pem', chain_pem: chainPem }
      : { format: 'pem', chain_pem: chainPem, key_pem: read(key).toString() }
  }
  const store = files.pkcs12 ?? files['pkcs12-legacy'] ?? files.jks
  if (store === undefined || passphrase === undefined) return null
  return {
    format: store === files.jks ? 'jks' : 'pkcs12',
    data_b64: read(store).toString('base64'),
    passphrase: read(passphrase).toString(),
  }
}

/** Sets a dispatcher up for every URL and sends one event to each, whatever it says about it. */
async function sendEverywhere(
  program: string,
  { instructions, folder }: Pick<HandOut, 'instructions' | 'folder'>,
): Promise<void> {
  await using adapter = await startAdapter(
    {
      carrier: 'stdio',
      command: [process.execPath, ...program.split(' ')],
      env: {},
      folder: null,
    },
    { env: {}, restarts: memoryRestartBudget(3), cwd: join(packageRoot, 'dist/fixtures') },
  )
  for (const setup of instructions.setups) {
    for (const { url } of setup.endpoints) {
      const target = `t-${randomBytes(4).toString('hex')}`
      await adapter.configure(target, configFor(url, setup, folder))
      const { id, type, contentType, body } = createEvent({ size: 'small' })
      const event = { id, type, content_type: contentType, body_b64: body.toString('base64') }
      await adapter.deliver(target, event, 8000)
    }
  }
}

async function observed(program: string, scenarios: readonly Scenario[]): Promise<Report> {
  const ids = new Set(scenarios.flatMap(({ id, control }) => [id, control]))
  const over = new AbortController()
  let sending = Promise.resolve()
  const report = await observe({
    corpus,
    plan: planOf(corpus, { profiles: settings.profiles, reproduce: '' }, (id) => ids.has(id)),
    dispatcher: { name: program, version: '1', capabilities: BY_HAND },
    exposure: null,
    folder: test.info().outputPath('given'),
    timeoutMs: 100_000,
    // Some never come to some of the URLs: the watch is over when the last event is done with.
    quietMs: 100_000,
    signal: over.signal,
    onListening: (given) => {
      sending = sendEverywhere(program, given).finally(() => {
        over.abort()
      })
    },
    onProgress: () => undefined,
  })
  await sending
  return report
}

test('the reference dispatcher passes everything that can be observed', async () => {
  const { results } = await observed('dispatchers/reference/main.js', observable)
  expect(results.length).toBe(observable.length)
  const others = results.filter(({ verdict, advisories }) => {
    return verdict !== 'passed' || advisories.some(({ code }) => code !== 'account-unheard')
  })
  expect(others.map(({ scenario, explanation }) => `${scenario}: ${explanation}`)).toEqual([])
})

test('a scenario that only the account could fail is not observed', () => {
  expect(deviations.length).toBeGreaterThan(40)
  const unseen = corpus.scenarios.filter(({ steps: [step] }) => {
    return step?.do === 'deliver' && step.expect.attempt === 'optional'
  })
  expect(unseen.length).toBeGreaterThan(10)
  for (const scenario of unseen) expect(whyNotObservable(scenario, reach)).not.toBeNull()
})

/** Each with the scenarios that name it and that no miniature before it has failed. */
const CATCHES = [
  'refuses-after-sending',
  'never-presents-certificate',
  'follows-redirects',
  'falls-back-to-plaintext',
] as const

test('every deviation is failed by a miniature that it names', async () => {
  let left = deviations
  const names = [...CATCHES, ...new Set(deviations.flatMap(({ killedBy }) => killedBy))]
  const seen: string[] = []
  for (const name of new Set(names)) {
    const named = left.filter(({ killedBy }) => killedBy.includes(name))
    if (named.length === 0) continue
    const { results } = await observed(`dispatchers/miniatures/main.js ${name}`, named)
    const killed = results.filter((result) => fateOf(result) === 'killed')
    seen.push(`${name} ${killed.length}/${named.length}`)
    left = left.filter(({ id }) => !killed.some(({ scenario }) => scenario === id))
  }
  expect(
    left.map(({ id }) => id),
    seen.join(', '),
  ).toEqual([])
})
