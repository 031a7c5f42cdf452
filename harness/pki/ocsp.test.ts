import { expect, test } from '@playwright/test'
import { createOcspResponse, tryLaterResponse, type OcspContent } from './ocsp.ts'
import {
  endEntity,
  newPki,
  openssl,
  path,
  run,
  temporaryFolder,
  writeFiles,
  type Ran,
} from './test-support.ts'
import type { IssuedMaterial } from './types.ts'

const HOUR = 3_600_000
const now = Date.now()

/** A response about `endpoint`, patched. */
function response(material: IssuedMaterial, patch: Partial<OcspContent> = {}): Buffer {
  return createOcspResponse({
    of: material.get('endpoint'),
    issuer: material.get('intermediate'),
    signer: material.get('intermediate'),
    certificateStatus: { status: 'good' },
    thisUpdate: new Date(now - HOUR),
    nextUpdate: new Date(now + HOUR),
    ...patch,
  })
}

/** `openssl ocsp` on a response about `endpoint`, verified under the root. */
async function read(material: IssuedMaterial, der: Buffer, ...more: string[]): Promise<Ran> {
  await using folder = await temporaryFolder()
  const files = await writeFiles(folder.path, {
    response: der,
    root: material.get('root').pem,
    intermediate: material.get('intermediate').pem,
    endpoint: material.get('endpoint').pem,
  })
  return await run(
    'openssl',
    ...['ocsp', '-respin', files.response, '-issuer', files.intermediate, '-cert', files.endpoint],
    ...['-CAfile', files.root, '-verify_other', files.intermediate, '-no_nonce', ...more],
  )
}

test.describe('read by openssl', () => {
  test.skip(openssl === 'absent', 'needs openssl')

  for (const key of ['ec-p256', 'ec-p384', 'rsa-2048', 'ed25519'] as const) {
    test(`an ${key} authority says good, revoked and unknown`, async () => {
      const material = await newPki().issue(path({}, { key }))
      const good = await read(material, response(material), '-resp_text')
      expect(good.output).toContain('Response verify OK')
      expect(good.output).toMatch(/endpoint: good/)
      expect(good.output).toContain('Response Type: Basic OCSP Response')

      const revoked = await read(
        material,
        response(material, {
          certificateStatus: { status: 'revoked', at: new Date('2049-12-31T23:59:59Z') },
        }),
      )
      expect(revoked.output).toContain('Response verify OK')
      expect(revoked.output).toMatch(/endpoint: revoked/)
      expect(revoked.output).toContain('Revocation Time: Dec 31 23:59:59 2049 GMT')

      const unknown = response(material, { certificateStatus: { status: 'unknown' } })
      const { output } = await read(material, unknown)
      expect(output).toContain('Response verify OK')
      expect(output).toMatch(/endpoint: unknown/)
    })
  }

  test('a delegated responder is believed for its purpose, and others are not', async () => {
    const material = await newPki().issue({
      ...path(),
      responder: endEntity('intermediate', { extendedKeyUsage: ['ocsp-signing'] }),
      plain: endEntity('intermediate'),
      'next-door': endEntity('root', { extendedKeyUsage: ['ocsp-signing'] }),
    })
    const by = (name: string) => read(material, response(material, { signer: material.get(name) }))
    expect((await by('responder')).output).toContain('Response verify OK')
    expect((await by('plain')).output).toMatch(
      /Response Verify Failure[^]*missing ocspsigning usage/i,
    )
    expect((await by('next-door')).output).toMatch(/Response Verify Failure/i)
  })

  test('shows a stale response as stale, and one about another certificate as no answer', async () => {
    const material = await newPki().issue({ ...path(), other: endEntity('intermediate') })
    const stale = await read(
      material,
      response(material, {
        thisUpdate: new Date(now - 3 * HOUR),
        nextUpdate: new Date(now - HOUR),
      }),
    )
    expect(stale.output).toContain('status expired')
    const other = await read(material, response(material, { of: material.get('other') }))
    expect(other.output).toContain('Response verify OK')
    expect(other.output).toContain('No Status found')
  })

  test('reads an error message as one', async () => {
    const material = await newPki().issue(path())
    const { output } = await read(material, tryLaterResponse())
    expect(output).toContain('trylater (3)')
  })
})
