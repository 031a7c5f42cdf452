import { expect, test } from '@playwright/test'
import { material, setup } from '../../endpoint/test-support.ts'
import type { EndpointSetup, OriginAnswer } from '../../scenario/setup.ts'
import { bytesSlot, passingOf, refuseUnpassable } from './haproxy-bytes.ts'
import type { HaproxySlot } from './haproxy-config.ts'
import { servedBy } from './served.ts'
import { terminatorFor } from './slot-pools.ts'

const DRIP: readonly OriginAnswer[] = [{ kind: 'drip' }]

async function slotOf(patch: Partial<EndpointSetup> = {}): Promise<HaproxySlot> {
  const patched = setup({ answers: DRIP, ...patch })
  const next = { address: '172.20.0.4', port: 8082 }
  return bytesSlot(patched, servedBy(patched, await material()), 20_007, next)
}

test('octets are passed on for what is no whole message, by HAProxy', () => {
  for (const kind of ['truncated-head', 'drip', 'garbage'] as const) {
    const one = setup({ answers: [{ kind: 'close' }, { kind }] })
    expect(passingOf(one), kind).toBe('bytes')
    expect(terminatorFor(one), kind).toBe('haproxy')
  }
  for (const kind of ['close', 'stall', 'truncated', 'endless'] as const) {
    const one = setup({ answers: [{ kind }] })
    expect(passingOf(one), kind).toBe('messages')
    expect(terminatorFor(one), kind).toBe('nginx')
  }
})

test('the handshake goes through, and who is turned away gets an answer of another backend', async () => {
  const { text } = await slotOf()
  expect(text).toContain('frontend slot-20007 from passes-bytes\n')
  expect(text).toContain('verify optional ca-ignore-err all crt-ignore-err all\n')
  expect(text).toContain('  use_backend no-certificate unless { ssl_c_used }\n')
  expect(text).toContain('  use_backend bad-certificate if { ssl_c_used } !{ ssl_c_verify 0 }\n')
  expect(text).toContain('  server next 172.20.0.4:8082 send-proxy-v2 proxy-v2-options unique-id\n')
  expect((await slotOf({ rejectStyle: 'close' })).text).toContain('use_backend hangs-up unless')
})

test('an alert is sent in the handshake, so that nobody is left to turn away', async () => {
  const { text } = await slotOf({ rejectStyle: 'alert' })
  expect(text).toContain('verify required\n')
  expect(text).not.toContain('use_backend')
})

test('a thumbprint is all that counts where certificates are allowed by it', async () => {
  const { sha256 } = (await material()).get('self-signed')
  const { text } = await slotOf({ allowedClientCertificates: ['self-signed'] })
  expect(text).toContain(
    `use_backend bad-certificate if { ssl_c_used } !{ ssl_c_der,sha2(256),hex -m str -i ${sha256} }\n`,
  )
  expect(text).not.toContain('ssl_c_verify')
})

test('what would not arrive as it is cannot be served', () => {
  const impossible: readonly (readonly [Partial<EndpointSetup>, string])[] = [
    [{ scheme: 'http' }, 'without TLS'],
    [{ loadBalancer: 'strips' }, 'through a load balancer'],
    [{ keepAlive: 'on' }, 'on a connection that is kept'],
  ]
  for (const [patch, way] of impossible) {
    expect(() => {
      refuseUnpassable(setup({ answers: DRIP, ...patch }))
    }).toThrow(`An answer that is no whole message cannot be passed on ${way}.`)
    expect(() => {
      refuseUnpassable(setup(patch))
    }).not.toThrow()
  }
})
