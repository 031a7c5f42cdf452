/** Client certificates for the test that holds our path validation to OpenSSL's. */
import { authority, hours } from '../pki/test-support.ts'
import type { CertificateDescription, RawExtension } from '../scenario/certificate.ts'
import type { PathFault } from './client-path.ts'

/** One situation of a client certificate. */
export interface PathCase {
  readonly title: string
  /** Changes to root, intermediate and dispatcher, and certificates of its own. */
  readonly certificates?: Readonly<Record<string, Partial<CertificateDescription>>>
  /** What the dispatcher sends. */
  readonly sends?: readonly string[]
  readonly anchors?: readonly string[]
  /** Null = it is valid. */
  readonly fault: PathFault | null
}

/** Only RSA keys sign with SHA-1, MD5 or PSS. */
export const rsa = { key: 'rsa-2048' } as const
const extension = (criticality: RawExtension['criticality']): RawExtension => ({
  oid: '1.3.6.1.4.1.99999.1',
  criticality,
  hex: '0500',
})

/** Situations, each with what is wrong with it. */
export const PATH_CASES: readonly PathCase[] = [
  { title: 'a whole path', fault: null },
  {
    title: 'a path with the root sent too',
    sends: ['dispatcher', 'intermediate', 'root'],
    fault: null,
  },
  { title: 'a path in disorder', sends: ['dispatcher', 'stranger', 'intermediate'], fault: null },
  {
    title: 'an end entity right under the anchor',
    certificates: { dispatcher: { issuer: 'root' } },
    sends: ['dispatcher'],
    fault: null,
  },
  { title: 'an anchor among several', anchors: ['stranger', 'root'], fault: null },
  {
    title: 'an intermediate that the endpoint knows',
    sends: ['dispatcher'],
    anchors: ['root', 'intermediate'],
    fault: null,
  },
  {
    title: 'RSA keys',
    certificates: { root: rsa, intermediate: rsa, dispatcher: rsa },
    fault: null,
  },
  {
    title: 'an RSA-PSS signature',
    certificates: { root: rsa, intermediate: rsa, dispatcher: { signature: 'pss-sha256' } },
    fault: null,
  },
  {
    title: 'Ed25519 keys',
    certificates: { root: { key: 'ed25519' }, dispatcher: { key: 'ed25519' } },
    fault: null,
  },
  { title: 'P-521 keys', certificates: { intermediate: { key: 'ec-p521' } }, fault: null },
  { title: 'no intermediate', sends: ['dispatcher'], fault: 'untrusted' },
  { title: 'only the intermediate as anchor', anchors: ['intermediate'], fault: 'untrusted' },
  { title: 'another anchor', anchors: ['stranger'], fault: 'untrusted' },
  {
    title: 'a self-signed end entity',
    certificates: { dispatcher: { issuer: 'dispatcher' } },
    sends: ['dispatcher'],
    fault: 'untrusted',
  },
  {
    title: 'an impostor with the anchor’s name',
    certificates: {
      impostor: { ...authority('Root', 'impostor'), subjectOf: 'root' },
      dispatcher: { issuer: 'impostor' },
    },
    sends: ['dispatcher', 'impostor'],
    fault: 'untrusted',
  },
  {
    title: 'a signature by another key',
    certificates: { dispatcher: { signedBy: 'stranger' } },
    fault: 'untrusted',
  },
  {
    title: 'a flipped bit in the end entity’s signature',
    certificates: { dispatcher: { tamper: 'flip-signature-bit' } },
    fault: 'untrusted',
  },
  {
    title: 'a flipped bit in the intermediate’s signature',
    certificates: { intermediate: { tamper: 'flip-signature-bit' } },
    fault: 'untrusted',
  },
  {
    title: 'another authority key identifier',
    certificates: { dispatcher: { authorityKeyIdentifier: '00112233' } },
    fault: 'untrusted',
  },
  {
    title: 'no key identifiers',
    certificates: { dispatcher: { authorityKeyIdentifier: 'none', subjectKeyIdentifier: 'none' } },
    fault: null,
  },
  {
    title: 'an expired end entity',
    certificates: { dispatcher: { notBefore: hours(-9), notAfter: hours(-1) } },
    fault: 'expired',
  },
  {
    title: 'an end entity of tomorrow',
    certificates: { dispatcher: { notBefore: hours(1) } },
    fault: 'not-yet-valid',
  },
  {
    title: 'an end entity past 2050',
    certificates: { dispatcher: { notAfter: hours(24 * 365 * 60) } },
    fault: null,
  },
  {
    title: 'an expired intermediate',
    certificates: { intermediate: { notBefore: hours(-9), notAfter: hours(-1) } },
    fault: 'expired',
  },
  {
    title: 'an intermediate of tomorrow',
    certificates: { intermediate: { notBefore: hours(1) } },
    fault: 'not-yet-valid',
  },
  {
    title: 'an expired anchor',
    certificates: { root: { notBefore: hours(-9), notAfter: hours(-1) } },
    fault: 'expired',
  },
  {
    title: 'the purpose serverAuth alone',
    certificates: { dispatcher: { extendedKeyUsage: ['server-auth'] } },
    fault: 'wrong-usage',
  },
  {
    title: 'the purpose anyExtendedKeyUsage alone',
    certificates: { dispatcher: { extendedKeyUsage: ['any'] } },
    fault: 'wrong-usage',
  },
  {
    title: 'no extendedKeyUsage',
    certificates: { dispatcher: { extendedKeyUsage: 'none' } },
    fault: null,
  },
  {
    title: 'a critical extendedKeyUsage of both purposes',
    certificates: { dispatcher: { extendedKeyUsage: ['server-auth', 'client-auth'] } },
    fault: null,
  },
  {
    title: 'an intermediate for serverAuth alone',
    certificates: { intermediate: { extendedKeyUsage: ['server-auth'] } },
    fault: 'wrong-usage',
  },
  {
    title: 'an intermediate for clientAuth',
    certificates: { intermediate: { extendedKeyUsage: ['client-auth'] } },
    fault: null,
  },
  {
    title: 'keyUsage keyEncipherment alone',
    certificates: { dispatcher: { keyUsage: ['key-encipherment'] } },
    fault: 'wrong-usage',
  },
  {
    title: 'keyUsage keyAgreement',
    certificates: { dispatcher: { keyUsage: ['key-agreement'] } },
    fault: null,
  },
  { title: 'no keyUsage', certificates: { dispatcher: { keyUsage: 'none' } }, fault: null },
  {
    title: 'an intermediate that is no authority',
    certificates: { intermediate: { basicConstraints: { authority: 'end-entity' } } },
    fault: 'untrusted',
  },
  {
    title: 'an intermediate without basicConstraints',
    certificates: { intermediate: { basicConstraints: 'none' } },
    fault: 'untrusted',
  },
  {
    title: 'an intermediate without keyCertSign',
    certificates: { intermediate: { keyUsage: ['crl-sign'] } },
    fault: 'untrusted',
  },
  {
    title: 'a path longer than the root allows',
    certificates: { root: { basicConstraints: { authority: 'ca', pathLength: 0 } } },
    fault: 'untrusted',
  },
  {
    title: 'a path as long as the root allows',
    certificates: { root: { basicConstraints: { authority: 'ca', pathLength: 1 } } },
    fault: null,
  },
  {
    title: 'two intermediates',
    certificates: { second: authority('Second', 'intermediate'), dispatcher: { issuer: 'second' } },
    sends: ['dispatcher', 'second', 'intermediate'],
    fault: null,
  },
  {
    title: 'two intermediates where one is allowed',
    certificates: {
      intermediate: { basicConstraints: { authority: 'ca', pathLength: 0 } },
      second: authority('Second', 'intermediate'),
      dispatcher: { issuer: 'second' },
    },
    sends: ['dispatcher', 'second', 'intermediate'],
    fault: 'untrusted',
  },
  {
    title: 'an unknown critical extension',
    certificates: { dispatcher: { extensions: [extension('critical')] } },
    fault: 'untrusted',
  },
  {
    title: 'an unknown critical extension of an intermediate',
    certificates: { intermediate: { extensions: [extension('critical')] } },
    fault: 'untrusted',
  },
  {
    title: 'an unknown extension that is not critical',
    certificates: { dispatcher: { extensions: [extension('non-critical')] } },
    fault: null,
  },
  {
    title: 'a SHA-1 signature',
    certificates: { root: rsa, intermediate: rsa, dispatcher: { signature: 'sha1' } },
    fault: 'untrusted',
  },
  {
    title: 'a SHA-1 signature on the anchor itself',
    certificates: { root: { ...rsa, signature: 'sha1' }, intermediate: { signature: 'sha256' } },
    fault: null,
  },
  {
    title: 'an MD5 signature',
    certificates: { root: rsa, intermediate: rsa, dispatcher: { signature: 'md5' } },
    fault: 'untrusted',
  },
]
