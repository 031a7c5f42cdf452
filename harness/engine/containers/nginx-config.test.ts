import { expect, test } from '@playwright/test'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { material, setup } from '../../endpoint/test-support.ts'
import { packageRoot } from '../../package-root.ts'
import type { EndpointSetup } from '../../scenario/setup.ts'
import { ANCHORS_FOLDER, nginxShape, renderServer, type NginxShape } from './nginx-config.ts'
import { servedBy } from './served.ts'

async function shapeOf(patch: Partial<EndpointSetup> = {}): Promise<NginxShape> {
  const patched = setup(patch)
  return nginxShape(patched, servedBy(patched, await material()))
}

const snippets = ({ lines }: NginxShape) =>
  lines.flatMap((line) => /^include snippets\/(.+)\.conf;$/.exec(line)?.[1] ?? [])

test('the usual endpoint is made of includes, and of the anchors for client certificates', async () => {
  const shape = await shapeOf()
  expect(snippets(shape)).toEqual([
    'certificate',
    'tls-1.2-and-1.3',
    'resumption-off',
    'keep-alive-off',
    'client-certificate-required',
    'reject-http-400',
    'to-origin',
  ])
  const [[name, content] = ['', '']] = [...shape.files]
  expect(shape.files.size).toBe(1)
  expect(content).toBe((await material()).get('root').pem)
  expect(shape.lines).toContain(`ssl_client_certificate ${ANCHORS_FOLDER}/${name};`)
})

test("the endpoint's own certificate is no part of the shape, so that changing it needs no reload", async () => {
  expect(await shapeOf({ certificate: 'next-endpoint' })).toEqual(await shapeOf())
})

test('a staple comes with the certificate that it is stapled to, as the octets that they are', async () => {
  const staple = {
    status: 'good',
    thisUpdateMs: -1000,
    nextUpdateMs: 1000,
    signedBy: 'issuer',
    certificate: 'own',
  } as const
  const shape = await shapeOf({ staple })
  expect(snippets(shape)).not.toContain('certificate')
  const text = shape.lines.join('\n')
  const names = ['ssl_certificate', 'ssl_certificate_key', 'ssl_stapling_file'].map(
    (directive) => new RegExp(`^${directive} ${ANCHORS_FOLDER}/(.+);$`, 'm').exec(text)?.[1] ?? '',
  )
  const [chain, key, der] = names.map((name) => shape.files.get(name))
  const { pem, keyPem } = (await material()).get('endpoint')
  expect(chain).toContain(pem)
  expect(key).toBe(keyPem)
  // A SEQUENCE, and in it the ENUMERATED `successful`.
  expect(Buffer.isBuffer(der) ? der.toString('hex') : '').toMatch(/^3082....0a0100/)
})

test('every snippet that can be chosen exists', async () => {
  const patches: Partial<EndpointSetup>[] = [
    { staple: 'try-later' },
    { resumption: 'on', keepAlive: 'on' },
    { clientCertificate: 'not-requested' },
    { clientCertificate: 'requested' },
    { clientCertificate: 'requested', caHints: 'none' },
    { caHints: 'none' },
    { caHints: 'foreign' },
    { rejectStyle: 'close' },
    { rejectStyle: 'reset' },
    { rejectStyle: 'close', rejectMoment: 'after-body' },
    { rejectStyle: 'reset', rejectMoment: 'after-body' },
    { rejectStyle: 'http-400', rejectMoment: 'after-body' },
    { maxVersion: 'TLSv1.2' },
    { minVersion: 'TLSv1.3' },
    { scheme: 'http' },
  ]
  const shapes = await Promise.all(patches.map(shapeOf))
  const chosen = new Set(shapes.flatMap(snippets))
  expect(chosen.size).toBeGreaterThan(15)
  for (const name of chosen) {
    expect(existsSync(join(packageRoot, `nginx/snippets/${name}.conf`)), name).toBe(true)
  }
})

test('foreign hints are named beside the anchors, and no hints are none', async () => {
  const foreign = await shapeOf({ caHints: 'foreign' })
  expect(foreign.files.size).toBe(2)
  expect(foreign.lines.join('\n')).toMatch(/ssl_client_certificate .*\n.*ssl_trusted_certificate /)
  const none = (await shapeOf({ caHints: 'none' })).lines.join('\n')
  expect(none).not.toContain('ssl_client_certificate')
  expect(none).toContain('ssl_trusted_certificate')
  expect(none).toContain('client-certificate-required-no-hints')
})

test('certificates allowed by thumbprint are not for nginx', async () => {
  await expect(shapeOf({ allowedClientCertificates: ['self-signed'] })).rejects.toMatchObject({
    code: 'ERR_ENGINE_FAULT',
    message: expect.stringContaining('dates and purpose'),
  })
})

test('old versions come with the security level that they need', async () => {
  const { lines } = await shapeOf({ minVersion: 'TLSv1', maxVersion: 'TLSv1.1' })
  expect(lines).toContain('ssl_protocols TLSv1 TLSv1.1;')
  expect(lines).toContain('ssl_ciphers "DEFAULT:@SECLEVEL=0";')
  expect((await shapeOf()).lines.join('\n')).not.toContain('ssl_ciphers')
})

test('a server listens on all of its ports, with TLS or without', async () => {
  const text = renderServer(await shapeOf(), [20001, 20002])
  expect(text).toContain('  listen 127.0.0.1:20001 ssl;\n  listen 127.0.0.1:20002 ssl;\n')
  expect(text).toMatch(/^server \{\n[\s\S]*\n\}\n$/)
  expect(renderServer(await shapeOf({ scheme: 'http' }), [20003])).toContain(
    '  listen 127.0.0.1:20003;\n',
  )
})

test('a CRL is a file of its own, named only where there is one', async () => {
  const shape = await shapeOf({ crl: { state: 'current', revoked: ['dispatcher'] } })
  const [, name = ''] = /^ssl_crl \S+\/(\S+);$/m.exec(shape.lines.join('\n')) ?? []
  expect(shape.files.get(name)).toContain('BEGIN X509 CRL')
  expect((await shapeOf()).lines.join('\n')).not.toContain('ssl_crl')
})
