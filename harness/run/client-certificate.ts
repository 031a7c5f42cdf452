import { randomBytes } from 'node:crypto'
import type { ClientCertificateConfig } from '../dispatcher/messages.ts'
import { toJks } from '../pki/jks.ts'
import { toPkcs12 } from '../pki/pkcs12.ts'
import type { IssuedCertificate, IssuedMaterial } from '../pki/types.ts'
import type { ClientCertificateSetup } from '../scenario/setup.ts'

const RIGHT_PASSPHRASE = 'correct horse battery staple'

/** The certificates of a bundle in order: as listed, or the end entity and its issuers without the root. */
export function chainOf(
  setup: { readonly certificate: string; readonly chain: readonly string[] | 'issuers' },
  material: IssuedMaterial,
): readonly IssuedCertificate[] {
  return setup.chain === 'issuers'
    ? [material.get(setup.certificate), ...material.issuersOf(setup.certificate)]
    : setup.chain.map((name) => material.get(name))
}

/** The client certificate as it is handed to the adapter, damaged where the scenario says so. */
export function clientCertificateConfig(
  setup: ClientCertificateSetup,
  material: IssuedMaterial,
  now: Date,
): ClientCertificateConfig {
  const chain = chainOf(setup, material)
  const key =
    setup.key === 'missing'
      ? null
      : material.get(setup.key === 'own' ? setup.certificate : setup.key.of)
  switch (setup.format) {
    case 'pem': {
      const styled = chain.map((one) => inStyle(one, setup.pemStyle)).join('')
      const chainPem = damagedText(styled, setup.damage)
      return key === null
        ? { format: 'pem', chain_pem: chainPem }
        : { format: 'pem', chain_pem: chainPem, key_pem: withLineEnds(key.keyPem, setup.pemStyle) }
    }
    case 'pkcs12':
    case 'pkcs12-legacy':
    case 'jks': {
      const stored = setup.passphrase === 'empty' ? '' : RIGHT_PASSPHRASE
      const told = setup.passphrase === 'wrong' ? `not ${RIGHT_PASSPHRASE}` : stored
      const privateKey = (key ?? material.get(setup.certificate)).privateKey
      const data =
        setup.format === 'jks'
          ? toJks({ alias: 'dispatcher', chain, privateKey, passphrase: stored, now })
          : toPkcs12({
              chain,
              privateKey,
              passphrase: stored,
              flavour: setup.format === 'pkcs12' ? 'modern' : 'legacy',
              friendlyName: 'dispatcher',
            })
      return {
        format: setup.format === 'jks' ? 'jks' : 'pkcs12',
        data_b64: damagedBytes(data, setup.damage).toString('base64'),
        passphrase: told,
      }
    }
  }
}

/** All of these are the same certificate (RFC 7468 2, 5.2). */
function inStyle({ pem, x509 }: IssuedCertificate, style: ClientCertificateSetup['pemStyle']) {
  switch (style) {
    case 'plain':
      return pem
    case 'crlf':
      return withLineEnds(pem, style)
    case 'explained':
      return `subject=${x509?.subject.replaceAll('\n', ', ') ?? ''}\n${pem}\n`
  }
}

function withLineEnds(pem: string, style: ClientCertificateSetup['pemStyle']): string {
  return style === 'crlf' ? pem.replaceAll('\n', '\r\n') : pem
}

function damagedText(text: string, damage: ClientCertificateSetup['damage']): string {
  switch (damage) {
    case 'none':
      return text
    case 'truncated':
      return text.slice(0, Math.floor(text.length * 0.4))
    case 'garbage':
      return randomBytes(300).toString('base64')
  }
}

function damagedBytes(bytes: Buffer, damage: ClientCertificateSetup['damage']): Buffer {
  switch (damage) {
    case 'none':
      return bytes
    case 'truncated':
      return bytes.subarray(0, Math.floor(bytes.length * 0.4))
    case 'garbage':
      return randomBytes(bytes.length)
  }
}
