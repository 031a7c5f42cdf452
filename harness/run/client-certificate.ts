import { randomBytes } from 'node:crypto'
import type { ClientCertificateConfig } from '../dispatcher/messages.ts'
import { chainOf } from '../pki/chain.ts'
import { toJks } from '../pki/jks.ts'
import { toPkcs12 } from '../pki/pkcs12.ts'
import type { IssuedMaterial, KnownCertificate } from '../pki/types.ts'
import type { ClientCertificateSetup } from '../scenario/setup.ts'
import type { Enrollments } from './enroll.ts'

// In part random: whoever says it has it from us, and from nowhere else.
const RIGHT_PASSPHRASE = `correct horse battery staple ${randomBytes(6).toString('hex')}`

/** The client certificate as it is handed to the adapter, damaged where the scenario says so. */
export function clientCertificateConfig(
  setup: ClientCertificateSetup,
  material: IssuedMaterial,
  enrollments: Enrollments,
  now: Date,
): ClientCertificateConfig {
  const chain = chainOf(setup, material)
  if (setup.format === 'enrolled') return enrolledConfig(setup, chain, enrollments)
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

/** The certificates, with the handle of a key that the dispatcher has: `missing` is one that it never gave. */
function enrolledConfig(
  setup: ClientCertificateSetup,
  issued: readonly KnownCertificate[],
  enrollments: Enrollments,
): ClientCertificateConfig {
  const own = setup.chain === 'issuers' ? enrollments.chainOf(setup.certificate) : null
  const text = (own ?? issued).map((one) => inStyle(one, setup.pemStyle)).join('')
  const keyed = typeof setup.key === 'object' ? setup.key.of : setup.certificate
  return {
    format: 'enrolled',
    enrollment:
      setup.key === 'missing' ? `e-${randomBytes(8).toString('hex')}` : enrollments.handleOf(keyed),
    chain_pem: damagedText(text, setup.damage),
  }
}

/** All of these are the same certificate (RFC 7468 2, 5.2). */
function inStyle({ pem, x509 }: KnownCertificate, style: ClientCertificateSetup['pemStyle']) {
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
