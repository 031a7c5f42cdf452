import type { IssuedMaterial, KnownCertificate } from './types.ts'

/**
 * The certificates of a chain in the order that they are sent in: as listed, or the end entity and its
 * issuers without the root.
 *
 * @throws HarnessError `ERR_PKI` for a name that no certificate has
 */
export function chainOf(
  {
    certificate,
    chain,
  }: { readonly certificate: string; readonly chain: readonly string[] | 'issuers' },
  material: IssuedMaterial,
): readonly KnownCertificate[] {
  return chain === 'issuers'
    ? [material.known(certificate), ...material.issuersOf(certificate)]
    : chain.map((name) => material.known(name))
}
