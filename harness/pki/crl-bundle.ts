import type { CrlDescription } from '../scenario/revocation-list.ts'
import { createCrl } from './crl.ts'
import type { IssuedMaterial } from './types.ts'

/**
 * CRLs as PEM, one after the other, in the order of their descriptions.
 *
 * @throws HarnessError `ERR_PKI` for a name that no certificate has, an authority whose key is the
 *   dispatcher's own, or a revoked certificate whose serial number Node cannot read.
 */
export function crlsPem(crls: readonly CrlDescription[], material: IssuedMaterial): string {
  return crls.map((crl) => pemOf(crl, material)).join('')
}

function pemOf(crl: CrlDescription, material: IssuedMaterial): string {
  const fromNow = (ms: number) => new Date(material.now.getTime() + ms)
  const issuer = material.get(crl.issuer)
  const entry = {
    at: fromNow(crl.thisUpdateMs),
    extensions: crl.entryExtensions,
    ...(crl.reason === 'none' ? {} : { reason: crl.reason }),
  }
  const { pem } = createCrl({
    issuer,
    signer: crl.signedBy === null ? issuer : material.get(crl.signedBy),
    revoked: crl.revoked.map((name) => ({
      ...entry,
      serialHex: material.known(name).x509?.serialNumber ?? '',
    })),
    thisUpdate: fromNow(crl.thisUpdateMs),
    nextUpdate: fromNow(crl.nextUpdateMs),
    number: crl.number,
    extensions: crl.extensions,
  })
  return pem
}
