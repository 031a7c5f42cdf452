import { generateKeyPairSync } from 'node:crypto'
import { expect, test } from '@playwright/test'
import {
  certify,
  foundAuthority,
  issueUnder,
} from '../../fixtures/dispatchers/reference/authority.ts'
import { pem } from '../pki/pem.ts'
import { Material } from '../pki/material.ts'
import { takeChain } from './enrolled-chain.ts'

const NAMES = { certificate: 'own', authority: 'ca' }
const key = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
const authority = foundAuthority()

type Chain = ReturnType<typeof certify>

function take(chain: Chain, material = new Material([], new Date())) {
  return takeChain(chain.map(({ raw }) => pem('CERTIFICATE', raw)).join(''), NAMES, material)
}

test('names both ends of a path, and finds it valid', () => {
  const { seen, certificates, chain } = take(certify(key))
  expect(seen).toMatchObject({ unusable: null, key: 'ec-p256', path: 'valid', use: 'end-entity' })
  expect(certificates.map(({ name, issuer }) => [name, issuer])).toEqual([
    ['own', 'ca'],
    ['ca', 'ca'],
  ])
  expect(chain).toHaveLength(2)
})

const FAULTS: readonly (readonly [path: string, chain: Chain])[] = [
  ['no-authority', [issueUnder(authority, { key })]],
  ['wrong-usage', [issueUnder(authority, { key, use: 'server' }), authority.certificate]],
  ['expired', [issueUnder(authority, { key, days: [-9, -1] }), authority.certificate]],
  ['not-yet-valid', [issueUnder(authority, { key, days: [1, 9] }), authority.certificate]],
  ['untrusted', [issueUnder(foundAuthority(), { key }), authority.certificate]],
]

for (const [path, chain] of FAULTS) {
  test(`finds a path ${path}`, () => {
    expect(take(chain).seen).toMatchObject({ unusable: null, path })
  })
}

test('an authority keeps its name, and a certificate that came before is of no use', () => {
  const material = new Material([], new Date())
  const first = take(certify(key), material)
  for (const certificate of first.certificates) material.admit(certificate)
  const second = take(certify(key), material)
  expect(second.certificates.map(({ name }) => name)).toEqual(['own'])
  expect(
    take(
      first.chain.flatMap(({ x509 }) => (x509 === null ? [] : [x509])),
      material,
    ).seen,
  ).toMatchObject({
    unusable: 'it is the certificate "own" again',
  })
})

test('who certifies itself has one name', () => {
  const own = { certificate: 'own', authority: 'own' }
  const text = certify(key)
    .map(({ raw }) => pem('CERTIFICATE', raw))
    .join('')
  const { certificates } = takeChain(text, own, new Material([], new Date()))
  expect(certificates.map(({ name }) => name)).toEqual(['own'])
})

test('what cannot be read is told, and throws nothing', () => {
  const good = pem('CERTIFICATE', authority.certificate.raw)
  const vast = good.replace('\n-----END', `\n${'A'.repeat(24_000)}\n-----END`)
  const whys = [good.slice(0, -40), good.replace(/\nMII/, '\nAAA'), vast, good.repeat(9)].map(
    (text) => takeChain(text, NAMES, new Material([], new Date())).seen.unusable,
  )
  expect(whys).toEqual([
    'a certificate is cut off',
    'a certificate cannot be read',
    'a certificate has more than 24000 characters',
    'it has more than 8 certificates',
  ])
})
