import { expect, test } from '@playwright/test'
import { authority, endEntity, newPki } from '../pki/test-support.ts'
import { clientCrls } from './client-crls.ts'

const RUN = new Date('2026-09-24T10:00:00Z')
const BEGUN = new Date('2026-09-26T12:00:00Z')

test('CRLs count from the beginning of the scenario, not from the clock', async () => {
  const descriptions = { root: authority('Root', 'root'), client: endEntity('root') }
  const material = await newPki(RUN).issue(descriptions, BEGUN)
  for (const [state, from, to] of [
    ['current', '260925120000Z', '261003120000Z'],
    ['expired', '260918120000Z', '260925120000Z'],
    ['not-yet-valid', '260927120000Z', '261004120000Z'],
  ] as const) {
    const crl = { state, revoked: ['client'] }
    const [pem = '', ...more] = clientCrls({ crl, clientAnchors: ['root'] }, material)
    expect(more).toEqual([])
    const der = Buffer.from(pem.replace(/-----[^-]+-----/g, ''), 'base64').toString('latin1')
    expect(der).toContain(from)
    expect(der).toContain(to)
  }
})
