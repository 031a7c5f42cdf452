/** Which alert answers which client certificate: what a client reads, beside what the ledger says was sent. */
import { connect } from 'node:tls'
import { expect, test } from '@playwright/test'
import { credentials, material, seen, setup } from '../../endpoint/test-support.ts'
import { Ledger } from '../../observation/ledger.ts'
import { startWorkbench } from '../../run/tool-session.ts'
import type { EndpointSetup } from '../../scenario/setup.ts'
import type { StartedEngine } from '../types.ts'
import { findDocker } from './docker-address.ts'
import { leftovers, useLocalBases } from './test-support.ts'

/** What is wrong, who shows it, and the alert in TLS 1.3; in TLS 1.2 it is the same but for the last. */
const CASES: readonly {
  readonly what: string
  readonly shows: string
  readonly crl?: EndpointSetup['crl']
  readonly alert: number
  readonly inTls12?: number
}[] = [
  { what: 'not yet valid', shows: 'early-dispatcher', alert: 42 },
  {
    what: 'a CRL of tomorrow',
    shows: 'dispatcher',
    crl: { state: 'not-yet-valid', revoked: [] },
    alert: 42,
  },
  { what: 'for servers only', shows: 'server-only', alert: 43 },
  {
    what: 'revoked',
    shows: 'dispatcher',
    crl: { state: 'current', revoked: ['dispatcher'] },
    alert: 44,
  },
  {
    what: 'its issuer revoked',
    shows: 'dispatcher',
    crl: { state: 'current', revoked: ['intermediate'] },
    alert: 44,
  },
  { what: 'expired', shows: 'expired-dispatcher', alert: 45 },
  {
    what: 'a CRL that ran out',
    shows: 'dispatcher',
    crl: { state: 'expired', revoked: [] },
    alert: 45,
  },
  { what: 'an unknown critical extension', shows: 'odd-dispatcher', alert: 46 },
  { what: 'an unknown authority', shows: 'rogue-dispatcher', alert: 48 },
  { what: 'self-signed', shows: 'self-signed', alert: 48 },
  { what: 'none', shows: 'none', alert: 116, inTls12: 40 },
]

const finding = await findDocker()

test.describe('alerts of HAProxy', () => {
  test.skip(finding.found === 'none', 'no Docker engine answers')
  test.describe.configure({ mode: 'serial', timeout: 240_000 })
  test.beforeAll(useLocalBases)

  test('the alert that the ledger tells of is the one that is sent, with the certificate shown', async () => {
    await using workbench = await startWorkbench({ engine: 'containers' })
    const wrong: unknown[] = []
    for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
      for (const { what, shows, crl = 'none', alert, inTls12 = alert } of CASES) {
        const patch = {
          rejectStyle: 'alert',
          minVersion: version,
          maxVersion: version,
          crl,
        } as const
        const got = await alertsOf(workbench.engine, setup(patch), shows)
        const due = version === 'TLSv1.2' ? inTls12 : alert
        const shown = shows === 'none' ? 'none' : shows
        const wanted = { arrived: due, told: [due], shown: [shown] }
        if (JSON.stringify(got) !== JSON.stringify(wanted))
          wrong.push({ version, what, got, wanted })
      }
    }
    expect(wrong).toEqual([])
  })

  test('nothing is left behind', () => {
    expect(leftovers()).toEqual([])
  })
})

async function alertsOf(engine: StartedEngine, endpoint: EndpointSetup, shows: string) {
  const ledger = new Ledger()
  await using scenario = await engine.startScenario({
    endpoint,
    tokenServer: null,
    elsewhere: null,
    material: await material(),
    ledger,
    event: { secrets: [] },
  })
  const { hostname, port } = new URL(scenario.urls.endpoint ?? '')
  const arrived = await alertRead(hostname, Number(port), shows)
  await scenario.settle(5000)
  return {
    arrived,
    told: seen(ledger, 'alert').map(({ number }) => number),
    shown: seen(ledger, 'handshake-failed').map(({ clientCertificate: certificate }) =>
      certificate?.presented === 'certificate' ? certificate.name : certificate?.presented,
    ),
  }
}

/** The alert that ends a connection on which the client writes nothing; null = it just ends. */
async function alertRead(host: string, port: number, shows: string): Promise<number | null> {
  const options = await credentials(shows)
  return new Promise((resolve) => {
    const socket = connect({ host, port, ...options })
    socket.setTimeout(10_000, () => socket.destroy())
    let alert: number | null = null
    socket.on('error', (error: Error) => {
      const digits = /SSL alert number (\d+)/.exec(error.message)?.[1]
      if (digits !== undefined) alert = Number(digits)
    })
    socket.on('close', () => {
      resolve(alert)
    })
    socket.resume()
  })
}
