import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@playwright/test'
import { BAD_CERTIFICATE_PAGE, NO_CERTIFICATE_PAGE } from '../../endpoint/nginx-page.ts'
import { material, setup } from '../../endpoint/test-support.ts'
import { packageRoot } from '../../package-root.ts'
import type { EndpointSetup } from '../../scenario/setup.ts'
import { haproxySlot, passThroughSlot, type HaproxySlot } from './haproxy-config.ts'
import { servedBy } from './served.ts'

const NEXT = { address: '172.20.0.4', port: 8080, proxyHeader: 'none' } as const

async function slotOf(patch: Partial<EndpointSetup>): Promise<HaproxySlot> {
  const patched = setup(patch)
  return haproxySlot(patched, servedBy(patched, await material()), 20_007, NEXT)
}

const bindOf = ({ text }: HaproxySlot) => /^ {2}bind .*$/m.exec(text)?.[0] ?? ''

test('an endpoint that alerts verifies in the handshake, against the anchors', async () => {
  const slot = await slotOf({ rejectStyle: 'alert' })
  expect(slot.text).toContain('frontend slot-20007 from is-endpoint\n')
  expect(bindOf(slot)).toContain(
    'crt /run/hookproof/slots/20007/chain.pem ssl-min-ver TLSv1.2 ssl-max-ver TLSv1.3',
  )
  expect(bindOf(slot)).toMatch(/ca-file \S+\/hints\.pem verify required$/)
  expect(slot.text).not.toContain('http-request')
  expect(slot.text).toContain('  server next 172.20.0.4:8080\n')
  const { pem, keyPem } = (await material()).get('endpoint')
  expect(slot.files.get('chain.pem')).toContain(pem)
  expect(slot.files.get('chain.pem.key')).toBe(keyPem)
  expect(slot.files.get('hints.pem')).toBe((await material()).get('root').pem)
})

test('without hints the anchors are only verified against', async () => {
  const bind = bindOf(await slotOf({ rejectStyle: 'alert', caHints: 'none' }))
  expect(bind).toContain('ca-verify-file')
  expect(bind).not.toContain('ca-file')
})

test('a CRL is named beside the anchors, and there is none without', async () => {
  const crl = { state: 'current', revoked: ['dispatcher'] } as const
  const slot = await slotOf({ rejectStyle: 'alert', crl })
  expect(bindOf(slot)).toMatch(/hints\.pem crl-file \S+\/20007\/crls\.pem verify required$/)
  // The root's and the intermediate's: OpenSSL wants one of every authority of the path.
  expect(slot.files.get('crls.pem')?.match(/BEGIN X509 CRL/g)).toHaveLength(2)
  expect(bindOf(await slotOf({ rejectStyle: 'alert' }))).not.toContain('crl')
})

test('a load balancer lets the handshake through and answers in the style of the setup', async () => {
  const slot = await slotOf({ loadBalancer: 'forwards-client-cert' })
  expect(slot.text).toContain('from forwards-client-cert\n')
  expect(bindOf(slot)).toContain('verify optional ca-ignore-err all crt-ignore-err all')
  expect(slot.text).toMatch(
    /http-request return status 400 .* file \/\S+\/no-certificate\.page unless { ssl_c_used }\n/,
  )
  expect(slot.text).toMatch(/\/bad-certificate\.page if { ssl_c_used } !{ ssl_c_verify 0 }\n/)
  const closing = await slotOf({ loadBalancer: 'strips', rejectStyle: 'close' })
  expect(closing.text).toContain('http-request reject if { ssl_c_used } !{ ssl_c_verify 0 }')
})

test('the pages are those of nginx, octet by octet', () => {
  for (const [name, page] of [
    ['no-certificate', NO_CERTIFICATE_PAGE],
    ['bad-certificate', BAD_CERTIFICATE_PAGE],
  ] as const) {
    expect(readFileSync(join(packageRoot, `haproxy/pages/${name}.page`), 'latin1')).toBe(page)
  }
})

test('a slot that passes TLS through opens nothing, and says whose connection it is', () => {
  const { text, files } = passThroughSlot('what is behind', 20007, {
    address: 'nginx',
    port: 8443,
    proxyHeader: 'sent',
    topic: 'passes-through',
  })
  expect(text).toContain('frontend slot-20007 from passes-through\n')
  expect(text).toContain('  bind 127.0.0.1:20007 accept-proxy\n')
  expect(text).toContain('  server next nginx:8443 send-proxy-v2\n')
  expect(text).not.toMatch(/ssl|http/)
  expect([...files.values()]).toEqual(['what is behind'])
})

test('one that does not say so logs the port that it comes from', () => {
  const { text } = passThroughSlot('what is behind', 20007, {
    address: 'nginx',
    port: 20007,
    proxyHeader: 'none',
    topic: 'passes-through-silently',
  })
  expect(text.match(/from passes-through-silently\n/g)).toHaveLength(2)
  expect(text).toContain('  server next nginx:20007\n')
})

test('an endpoint without ALPN offers a protocol that nobody speaks', async () => {
  const setup = { alpn: [] }
  expect(bindOf(await slotOf(setup))).toContain(' alpn none ')
  expect(bindOf(await slotOf({}))).toContain(' alpn http/1.1 ')
})

test('who asks for no certificate verifies none', async () => {
  const slot = await slotOf({ loadBalancer: 'strips', clientCertificate: 'not-requested' })
  expect(bindOf(slot)).not.toMatch(/verify|ca-/)
  expect(slot.text).not.toContain('http-request')
})

test('what HAProxy cannot do is a fault of the scenario, in one sentence', async () => {
  await expect(
    slotOf({ rejectStyle: 'alert', allowedClientCertificates: ['self-signed'] }),
  ).rejects.toMatchObject({
    code: 'ERR_ENGINE_FAULT',
    message: 'HAProxy cannot allow client certificates by thumbprint and alert others.',
  })
  await expect(slotOf({ rejectStyle: 'alert', rejectMoment: 'after-body' })).rejects.toThrow(
    'after the body',
  )
  await expect(slotOf({ loadBalancer: 'strips', staple: 'try-later' })).rejects.toThrow('staple')
  await expect(slotOf({ rejectStyle: 'alert', minVersion: 'TLSv1' })).rejects.toThrow(
    'security level',
  )
})
