import { expect, test } from '@playwright/test'
import { setup } from '../../endpoint/test-support.ts'
import { Ledger } from '../../observation/ledger.ts'
import { numberOfPort } from '../../observation/readers/connection-address.ts'
import type { LogPart } from '../../observation/readers/log-part.ts'
import { Visits, type Terminator } from './visits.ts'

const RANGE = { first: 1000, count: 10 }

function open(visits: Visits, ledger: Ledger, terminator: Terminator = 'nginx'): number {
  const connection = ledger.nextConnection()
  ledger.record({ kind: 'connection-opened', listener: 'endpoint', connection, slot: 's' })
  return visits.open({
    listener: 'endpoint',
    connection,
    setup: setup({ clientCertificate: 'not-requested' }),
    allowed: null,
    nameOf: () => null,
    terminator,
    ledger,
  })
}

const line = (part: LogPart) => ({ part, at: performance.timeOrigin + performance.now() })
const ended = (connection: number) =>
  line({ part: 'ended', connection, slot: 20_000, received: 1, sent: 1 })
const request = (connection: number, answered = 204) =>
  line({
    part: 'request',
    connection,
    slot: 20_000,
    protocol: 'TLSv1.3',
    cipher: '',
    alpn: null,
    session: 'full',
    client: { found: 'none' },
    certificate: null,
    others: [],
    method: 'POST',
    path: '/',
    headerNames: null,
    bytes: 100,
    answered,
    by: 'origin',
    durationMs: 1,
  })
const noFence = () => Promise.reject(new Error('not needed'))

test('bytes are those of all requests of a connection, which has one handshake', async () => {
  const [visits, ledger] = [new Visits(RANGE), new Ledger()]
  const number = open(visits, ledger)
  for (const one of [request(number), request(number), ended(number)]) visits.take('nginx', one)
  expect(await visits.bytesOf(number, noFence)).toBe(200)
  expect(ledger.observations().filter(({ kind }) => kind === 'handshake')).toHaveLength(1)
  expect(visits.askedOf(ledger, 'endpoint')).toBe(2)
  expect(visits.askedOf(ledger, 'elsewhere')).toBe(0)
})

test('an end that comes first waits for the fence, and for what it brings', async () => {
  const [visits, ledger] = [new Visits(RANGE), new Ledger()]
  const number = open(visits, ledger)
  visits.take('nginx', ended(number))
  const bytes = visits.bytesOf(number, () => {
    visits.take('nginx', request(number))
    return Promise.resolve()
  })
  expect(await bytes).toBe(100)
})

test('without an end in time nothing is known of the bytes', async () => {
  const [visits, ledger] = [new Visits(RANGE), new Ledger()]
  const number = open(visits, ledger)
  visits.take('nginx', request(number))
  expect(await visits.bytesOf(number, noFence)).toBeNull()
})

test('behind a load balancer its lines count, and not those of the nginx behind it', () => {
  const [visits, ledger] = [new Visits(RANGE), new Ledger()]
  const number = open(visits, ledger, 'haproxy')
  visits.take('nginx', request(number))
  expect(visits.askedOf(ledger, 'endpoint')).toBe(0)
  visits.take('haproxy', request(number))
  expect(visits.askedOf(ledger, 'endpoint')).toBe(1)
})

test('a slot that resets has reset the connections that it closed without an answer', async () => {
  const [visits, ledger] = [new Visits(RANGE), new Ledger()]
  const [turnedAway, answered, silent] = [1, 2, 3].map(() => open(visits, ledger)) as [
    number,
    number,
    number,
  ]
  const endings = [turnedAway, answered, silent].map((number) => visits.endingOf(number))
  visits.take('nginx', request(turnedAway, 0))
  visits.take('nginx', request(answered))
  visits.take('nginx', ended(silent))
  expect(await Promise.all(endings)).toEqual(['reset', 'fin', 'fin'])
})

test('an alert that the wire has seen is not told twice', () => {
  const [visits, ledger] = [new Visits(RANGE), new Ledger()]
  const number = open(visits, ledger)
  const alert = { kind: 'alert', listener: 'endpoint', connection: 1, from: 'dispatcher' } as const
  ledger.record({ ...alert, number: 48, description: 'unknown_ca' })
  for (const alertFromDispatcher of [48, 42]) {
    const part = { part: 'closed-before-request', connection: number, slot: 1 } as const
    visits.take('nginx', line({ ...part, alertFromDispatcher }))
  }
  const numbers = ledger.observations().flatMap((one) => (one.kind === 'alert' ? one.number : []))
  expect(numbers).toEqual([48, 42])
})

test('what a scenario has forgotten, and strangers, are left out', () => {
  const [visits, ledger] = [new Visits(RANGE), new Ledger()]
  const number = open(visits, ledger)
  visits.forget(ledger)
  visits.take('nginx', request(number))
  visits.take('nginx', request(5))
  expect(ledger.observations()).toHaveLength(1)
  expect(visits.visitorAt(number)).toBeNull()
})

test('numbers begin again when the range is used up', () => {
  const visits = new Visits(RANGE)
  const numbers = Array.from({ length: 12 }, () => visits.nextNumber())
  expect(numbers[0]).toBe(1000)
  expect(Math.max(...numbers)).toBe(1009)
  expect(numbers[10]).toBe(1000)
})

test.describe('behind a load balancer that does not tell whose connection it is', () => {
  const port = numberOfPort(40_001) ?? 0
  const passedOn = (connection: number) =>
    line({ part: 'passed-on', connection, slot: 20_000, knownAs: port })

  test('lines count for the connection that the port was used for, also those that came before', async () => {
    const [visits, ledger] = [new Visits(RANGE), new Ledger()]
    const number = open(visits, ledger)
    visits.take('nginx', request(port))
    expect(visits.askedOf(ledger, 'endpoint')).toBe(0)
    visits.take('haproxy', passedOn(number))
    visits.take('nginx', ended(port))
    expect(await visits.bytesOf(number, noFence)).toBe(100)
    expect(visits.visitorAt(port)?.connection).toBe(1)
  })

  test('a port that is used again stands for the newer connection', () => {
    const [visits, ledger] = [new Visits(RANGE), new Ledger()]
    const [older, newer] = [open(visits, ledger), open(visits, ledger)]
    visits.take('haproxy', passedOn(older))
    visits.take('haproxy', passedOn(newer))
    expect(visits.visitorAt(port)?.connection).toBe(2)
  })

  test('a line that has waited for long is about an earlier connection from that port', () => {
    const [visits, ledger] = [new Visits(RANGE), new Ledger()]
    const number = open(visits, ledger)
    const early = request(port)
    visits.take('nginx', { ...early, at: early.at - 5000 })
    visits.take('haproxy', passedOn(number))
    expect(visits.askedOf(ledger, 'endpoint')).toBe(0)
  })

  test('what belongs to another worker, or to a scenario that is over, is left out', () => {
    const [visits, ledger] = [new Visits(RANGE), new Ledger()]
    const number = open(visits, ledger)
    visits.take('nginx', request(port))
    visits.take('haproxy', passedOn(5))
    visits.take('haproxy', passedOn(number))
    expect(visits.askedOf(ledger, 'endpoint')).toBe(0)
    visits.forget(ledger)
    expect(visits.visitorAt(port)).toBeNull()
  })

  test('lines that nobody asks for do not pile up', () => {
    const [visits, ledger] = [new Visits(RANGE), new Ledger()]
    const number = open(visits, ledger)
    visits.take('nginx', request(port))
    for (let count = 0; count < 600; count++) visits.take('nginx', ended(port + 1))
    visits.take('haproxy', passedOn(number))
    expect(visits.askedOf(ledger, 'endpoint')).toBe(0)
  })
})
