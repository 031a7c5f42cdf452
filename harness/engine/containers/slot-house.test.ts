import { expect, test } from '@playwright/test'
import { material, setup } from '../../endpoint/test-support.ts'
import type { EndpointSetup } from '../../scenario/setup.ts'
import type { ContainersFacts } from './facts.ts'
import { SlotHouse } from './slot-house.ts'
import type { FileContent } from './tar.ts'

/** A terminator that keeps what it is given, and refuses a configuration that says `NO-SUCH-CIPHER`. */
class Terminator {
  readonly files = new Map<string, string>()
  loads = 0

  write(files: ReadonlyMap<string, FileContent>): Promise<void> {
    for (const [path, content] of files) this.files.set(path, String(content))
    return Promise.resolve()
  }

  async load(files: ReadonlyMap<string, FileContent>): Promise<void> {
    await this.write(files)
    this.loads++
    const refused = [...this.files].some(
      ([path, text]) => path.startsWith('worker-') && text.includes('NO-SUCH-CIPHER'),
    )
    if (refused) throw new Error('refused')
  }
}

function standingHouse() {
  const [nginx, haproxy] = [new Terminator(), new Terminator()]
  const to = { address: '172.18.0.9', port: 8080 }
  const facts = {
    nginx: { container: 'n', port: 1, address: '172.18.0.3', filesSecret: '' },
    haproxy: { container: 'h', port: 2, address: '172.18.0.4' },
    backend: { container: 'b', traffic: to, bytes: to, control: { url: '', secret: '' } },
    docker: { socketPath: '' },
    versions: {},
  } satisfies ContainersFacts
  const house = new SlotHouse({
    facts,
    nginx,
    haproxy,
    lock: { alone: (work) => work(), reloaded: () => undefined },
    claim: {
      index: 3,
      abandoned: [1],
      connections: { first: 1, count: 10 },
      slots: { first: 20_600, count: 200 },
      [Symbol.dispose]: () => undefined,
    },
    using: (_name, _failing, work) => work(),
  })
  return { house, nginx, haproxy }
}

const required = (deviation: Partial<EndpointSetup> = {}) => setup(deviation)
const REFUSED: readonly Partial<EndpointSetup>[] = [
  { ciphers: 'NO-SUCH-CIPHER' },
  { ciphers: 'NO-SUCH-CIPHER', loadBalancer: 'strips' },
  { ciphers: 'NO-SUCH-CIPHER', loadBalancer: 'passes-through' },
]

for (const deviation of REFUSED) {
  const { loadBalancer = 'none' } = deviation
  test(`a refused configuration leaves other scenarios their slots (load balancer: ${loadBalancer})`, async () => {
    const { house, nginx, haproxy } = standingHouse()
    const pki = await material()
    const others = [
      required(),
      required({ loadBalancer: 'strips' }),
      required({ loadBalancer: 'passes-through' }),
    ]
    const kept = await house.lease(others, pki)
    const [one, ...balanced] = kept.map(({ number }) => number)
    await expect(house.lease([required(), required(deviation)], pki)).rejects.toThrow('refused')
    // What the next reload finds, whoever asks for it, is theirs and nothing that is refused.
    const [conf, cfg] = [nginx.files.get('worker-3.conf'), haproxy.files.get('worker-3.cfg')]
    expect(conf).toContain(`listen 127.0.0.1:${one} ssl;`)
    for (const number of balanced) expect(cfg).toContain(`frontend slot-${number} `)
    expect(`${conf} ${cfg}`).not.toContain('NO-SUCH-CIPHER')
    // Nobody gets a number that is in use, and what was taken in vain can be had again.
    const numbers = kept.map(({ number }) => number)
    for (let round = 0; round < 20; round++) {
      const next = await house.lease([...others, required({ keepAlive: 'on' })], pki)
      for (const { number } of next) expect(numbers).not.toContain(number)
      house.free(next)
    }
    house.free(kept)
  })
}

test('an endpoint behind a load balancer that adds no header has an entrance for it', async () => {
  const { house, nginx, haproxy } = standingHouse()
  const leases = await house.lease(
    [
      required({ loadBalancer: 'passes-through-silently' }),
      required({ loadBalancer: 'adds-proxy-header' }),
      required({ loadBalancer: 'omits-proxy-header' }),
    ],
    await material(),
  )
  const [silent, adding, omitting] = leases.map(({ number }) => number)
  const stream = nginx.files.get('worker-3.stream') ?? ''
  expect(stream).toContain(`listen 172.18.0.3:${silent};`)
  expect(stream).toContain(`listen 172.18.0.3:${adding};`)
  expect(nginx.files.get('worker-3.conf')).not.toContain(`:${omitting} `)
  const servers = [...(haproxy.files.get('worker-3.cfg') ?? '').matchAll(/server next (.*)/g)]
  expect(servers.map(([, server]) => server)).toEqual([
    `172.18.0.3:${silent}`,
    `172.18.0.3:${adding} send-proxy-v2`,
    '172.18.0.3:8443',
  ])
  expect(leases.map(({ terminator }) => terminator)).toEqual(['nginx', 'haproxy', 'haproxy'])
  expect(leases.map(({ entrance }) => entrance)).toEqual(['haproxy', 'haproxy', 'haproxy'])
})

const NEXT: readonly Partial<EndpointSetup>[] = [
  { staple: 'try-later' },
  { keepAlive: 'on' },
  { crl: { state: 'current', revoked: ['dispatcher'] } },
  { loadBalancer: 'strips' },
  { loadBalancer: 'passes-through' },
  { rejectStyle: 'alert' },
]

test('one reload brings along what comes next, which then needs none', async () => {
  const { house, nginx, haproxy } = standingHouse()
  const pki = await material()
  const soon = () =>
    Promise.resolve(NEXT.map((one) => ({ setups: [required(one)], material: pki })))
  house.free(await house.lease([required()], pki, soon))
  expect([nginx.loads, haproxy.loads]).toEqual([1, 1])
  for (const one of NEXT) house.free(await house.lease([required(one)], pki, soon))
  expect([nginx.loads, haproxy.loads]).toEqual([1, 1])
})

test('what comes next and is refused, or cannot be served, spoils its own scenario only', async () => {
  const { house, nginx } = standingHouse()
  const pki = await material()
  const soon = () =>
    Promise.resolve([
      { setups: [required({ certificate: 'nobody' })], material: pki },
      { setups: [required({ ciphers: 'NO-SUCH-CIPHER' })], material: pki },
    ])
  const [lease] = await house.lease([required()], pki, soon)
  expect(nginx.loads).toBe(2)
  expect(nginx.files.get('worker-3.conf')).toContain(`listen 127.0.0.1:${lease?.number} ssl;`)
  const next = [required({ ciphers: 'NO-SUCH-CIPHER' })]
  await expect(house.lease(next, pki)).rejects.toThrow('refused')
})

test('takes out what a worker that ended has left', async () => {
  const { house, nginx, haproxy } = standingHouse()
  await house.takeOutAbandoned()
  const [nothing, files] = ['# nothing\n', (one: Terminator) => Object.fromEntries(one.files)]
  expect(files(nginx)).toEqual({ 'worker-1.conf': nothing, 'worker-1.stream': nothing })
  expect(files(haproxy)).toEqual({ 'worker-1.cfg': nothing })
})
