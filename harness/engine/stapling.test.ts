import { once } from 'node:events'
import { connect } from 'node:tls'
import { expect, test } from '@playwright/test'
import { credentials, seen } from '../endpoint/test-support.ts'
import { tryLaterResponse } from '../pki/ocsp.ts'
import type { Staple } from '../scenario/setup.ts'
import { stand } from './test-support.ts'

/** What an endpoint with that staple staples for a client that asks, or does not. */
async function stapled(
  staple: Staple,
  version: 'TLSv1.2' | 'TLSv1.3',
  asking: 'asks' | 'does-not-ask',
): Promise<{ readonly response: Buffer | null; readonly asked: readonly string[] }> {
  await using standing = await stand({ staple })
  const options = {
    ...(await credentials('dispatcher')),
    host: '127.0.0.1',
    port: standing.port,
    minVersion: version,
    maxVersion: version,
    requestOCSP: asking === 'asks',
  }
  const socket = connect(options)
  let response: Buffer | null = null
  socket.on('OCSPResponse', (octets: Buffer | null) => (response = octets))
  await once(socket, 'secureConnect')
  socket.destroy()
  await standing.scenario.settle(5000)
  const hellos = seen(standing.ledger, 'client-hello')
  return { response, asked: hellos.map(({ statusRequest }) => statusRequest) }
}

for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
  test(`${version}: staples what the setup says, for who asks`, async () => {
    expect(await stapled('try-later', version, 'asks')).toEqual({
      response: tryLaterResponse(),
      asked: ['asked'],
    })
    const garbage = await stapled('garbage', version, 'asks')
    expect(garbage.response?.toString()).toContain('no basic OCSP response')
    expect(await stapled('none', version, 'asks')).toEqual({ response: null, asked: ['asked'] })
    expect(await stapled('try-later', version, 'does-not-ask')).toEqual({
      response: null,
      asked: ['none'],
    })
  })
}
