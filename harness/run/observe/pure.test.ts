import { expect, test } from '@playwright/test'
import { KeyPool } from '../../pki/key-pool.ts'
import { Pki } from '../../pki/issue.ts'
import { loadScenarios } from '../../scenario/load.ts'
import type { Scenario } from '../../scenario/types.ts'
import { packageRoot } from '../../package-root.ts'
import { settingsFrom } from '../settings.ts'
import { exposureFrom } from './expose.ts'
import { whyNotObservable } from './observable.ts'
import { isSettled, progressOf } from './progress.ts'
import { relocated } from './relocate.ts'
import { selectObservable } from './select.ts'
import { situationsOf } from './situation.ts'

const corpus = loadScenarios(settingsFrom({}, {}, packageRoot).scenarios)
const reach = { capabilities: [], host: 'loopback' } as const

/** The plainest scenario of the corpus that delivers, changed. */
function scenario(over: Partial<Scenario> = {}): Scenario {
  const plain = corpus.scenarios.find((one) => {
    return one.control === null && whyNotObservable(one, reach) === null
  })
  if (plain === undefined) throw new Error('no control can be observed')
  return { ...plain, ...over }
}

test('a relocated certificate names the host wherever it named ours, and nothing else changes', async () => {
  const host = 'hooks.example.test'
  const { certificates } = scenario()
  const base = certificates['endpoint']
  if (base === undefined) throw new Error('no endpoint certificate')
  const hex = (text: string) => Buffer.from(text, 'latin1').toString('hex')
  const described = {
    ...certificates,
    endpoint: {
      ...base,
      subject: [['CN', 'a.localhost']] as const,
      subjectAlternativeNames: [
        { dns: 'localhost' },
        { dns: '*.localhost' },
        { dns: 'notlocalhost' },
        { dns: 'localhost.evil.example' },
        { ip: '127.0.0.1' },
        { raw: { tag: 2, hex: hex('localhost\0.evil') } },
      ],
      nameConstraints: {
        permitted: [{ dns: 'other.example' }],
        excluded: [{ dns: 'localhost' }],
        criticality: 'critical' as const,
      },
    },
  }
  const { endpoint, dispatcher } = relocated(described, host)
  expect(endpoint?.subject).toEqual([['CN', `a.${host}`]])
  expect(endpoint?.subjectAlternativeNames).toEqual([
    { dns: host },
    { dns: `*.${host}` },
    { dns: 'notlocalhost' },
    { dns: 'localhost.evil.example' },
    { ip: '127.0.0.1' },
    { raw: { tag: 2, hex: hex(`${host}\0.evil`) } },
  ])
  expect(endpoint?.nameConstraints).toMatchObject({
    permitted: [{ dns: 'other.example' }],
    excluded: [{ dns: host }],
  })
  expect(dispatcher).toEqual(certificates['dispatcher'])
  const pki = new Pki({ now: new Date(), keys: new KeyPool() })
  const moved = await pki.issue(relocated(certificates, host))
  expect(moved.get('endpoint').x509?.checkHost(host)).toBe(host)
  expect(moved.get('endpoint').x509?.checkHost('localhost')).toBeUndefined()
})

test('scenarios that ask for the same endpoint share it, and others do not', () => {
  const controls = corpus.scenarios.filter((one) => {
    return one.control === null && whyNotObservable(one, reach) === null
  })
  const situations = situationsOf(controls, null)
  expect(situations.length).toBeLessThan(controls.length / 2)
  expect(situations.flatMap(({ scenarios }) => scenarios)).toHaveLength(controls.length)
  const { endpoint } = scenario()
  const other = scenario({ endpoint: { ...endpoint, maxVersion: 'TLSv1.2' } })
  expect(situationsOf([scenario(), other, scenario()], null)).toMatchObject([
    { scenarios: [{}, {}] },
    { scenarios: [{}] },
  ])
})

test('the default is the first deviation of each topic beside its control', () => {
  const wanted = corpus.scenarios
  const first = selectObservable({ corpus, wanted, reach, amount: 'first-of-topic' })
  const controls = first.filter(({ control }) => control === null)
  expect(controls.length).toBeGreaterThan(5)
  expect(first).toHaveLength(controls.length * 2)
  const all = selectObservable({ corpus, wanted, reach, amount: 'all' })
  expect(all.length).toBeGreaterThan(first.length * 2)
  for (const { control } of all) {
    if (control !== null) expect(all.map(({ id }) => id)).toContain(control)
  }
})

test('what a person cannot set up, or nobody could see, is not observed, with the reason', () => {
  const plain = scenario()
  const [step] = plain.steps
  if (step?.do !== 'deliver') throw new Error('a control delivers')
  const expecting = (over: Partial<typeof step.expect>): Partial<Scenario> => ({
    steps: [{ do: 'deliver', expect: { ...step.expect, ...over } }],
  })
  for (const [over, why] of [
    [{ steps: [step, step] }, 'more than one'],
    [{ engines: ['containers' as const] }, 'containers engine'],
    [{ event: { size: 100_000 } }, 'size of the event'],
    [{ dispatcher: { ...plain.dispatcher, trustAnchors: 'own-store' as const } }, 'trust store'],
    [{ endpoint: { ...plain.endpoint, certificate: 'public-endpoint' } }, 'trust store'],
    [{ requires: ['pin.spki' as const] }, '--capability pin.spki'],
    [{ requires: ['inspect' as const] }, 'it needs inspect'],
    [expecting({ attempt: 'optional' }), 'before it connects'],
    [expecting({ outcome: 'undelivered', clientCertificate: 'any' }), 'own account'],
  ] as const) {
    expect(whyNotObservable({ ...plain, ...over }, reach)).toContain(why)
  }
  expect(whyNotObservable(plain, reach)).toBeNull()
  const address = { ...plain, endpoint: { ...plain.endpoint, host: '127.0.0.1' as const } }
  expect(whyNotObservable(address, reach)).toBeNull()
  expect(whyNotObservable(address, { ...reach, host: 'public' })).toContain('loopback')
})

test('an endpoint is done with when somebody came, left, and kept away', () => {
  const on = { listener: 'endpoint', connection: 1 } as const
  const opened = { kind: 'connection-opened', at: 1, ...on, slot: 'endpoint-1' } as const
  const hello = {
    kind: 'client-hello',
    at: 2,
    ...on,
    serverName: null,
    alpn: [],
    versions: ['TLSv1.3'],
    session: 'none',
    earlyData: 'none',
    statusRequest: 'none',
  } as const
  const closed = {
    kind: 'connection-closed',
    at: 100,
    ...on,
    by: 'dispatcher',
    how: 'fin',
    bytesFromDispatcher: 1,
    bytesToDispatcher: 1,
    decryptedBytes: 0,
  } as const
  expect(progressOf([])).toMatchObject({ stage: 'waiting', open: 0 })
  // A port scanner that says nothing is no attempt.
  expect(progressOf([opened, closed])).toMatchObject({ stage: 'waiting', connections: 1 })
  expect(isSettled(progressOf([opened, hello]), 9000, 500)).toBe(false)
  expect(isSettled(progressOf([opened, hello, closed]), 599, 500)).toBe(false)
  expect(isSettled(progressOf([opened, hello, closed]), 600, 500)).toBe(true)
})

test('who is not where the dispatcher sends from is a stranger', () => {
  const nothing = { host: null, listen: null, port: null, from: null }
  expect(exposureFrom(nothing)).toBeNull()
  const exposure = exposureFrom({
    ...nothing,
    listen: '::',
    port: '9000',
    from: '192.0.2.0/24, 2001:db8::/32,198.51.100.7',
  })
  const who = (address: string) => exposure?.peerAt(address)
  for (const address of ['192.0.2.9', '::ffff:192.0.2.9', '2001:db8::1', '198.51.100.7']) {
    expect(who(address)).toBe('dispatcher')
  }
  for (const address of ['192.0.3.1', '::ffff:198.51.100.8', '2001:db9::1', '']) {
    expect(who(address)).toBe('stranger')
  }
  expect([exposure?.nextPort(), exposure?.nextPort()]).toEqual([9000, 9001])
  expect(exposureFrom({ ...nothing, listen: '0.0.0.0', from: 'any' })?.peerAt('192.0.3.1')).toBe(
    'dispatcher',
  )
})
