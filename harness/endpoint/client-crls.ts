import { createCrl } from '../pki/crl.ts'
import type { IssuedMaterial } from '../pki/types.ts'
import type { CrlSetup, EndpointSetup } from '../scenario/setup.ts'

const HOUR_MS = 3_600_000

/** From thisUpdate to nextUpdate, both in hours from the beginning of the scenario. */
const PERIODS: Readonly<Record<CrlSetup['state'], readonly [number, number]>> = {
  current: [-24, 7 * 24],
  expired: [-8 * 24, -24],
  'not-yet-valid': [24, 8 * 24],
}

/**
 * The CRLs of an endpoint in PEM; none where it does not look at revocation.
 *
 * One of every authority under the trust anchors, whether or not it revoked anything: OpenSSL, as nginx,
 * HAProxy and Node set it up, takes no path of which a CRL is missing.
 *
 * @throws HarnessError `ERR_PKI` for an authority whose key cannot sign, or a revoked certificate whose
 *   serial number Node cannot read.
 */
export function clientCrls(
  { crl, clientAnchors }: Pick<EndpointSetup, 'crl' | 'clientAnchors'>,
  material: IssuedMaterial,
): readonly string[] {
  if (crl === 'none') return []
  const [from, to] = PERIODS[crl.state].map(
    (hours) => new Date(material.now.getTime() + hours * HOUR_MS),
  ) as [Date, Date]
  return authoritiesUnder(clientAnchors, material).map((name) => {
    const issuer = material.get(name)
    const revoked = crl.revoked
      .map((name) => material.known(name))
      .filter((certificate) => certificate.issuer === issuer.name)
      .map(({ x509 }) => ({ serialHex: x509?.serialNumber ?? '', at: from }))
    return createCrl({ issuer, revoked, thisUpdate: from, nextUpdate: to, number: 1 }).pem
  })
}

/** The anchors, and whatever they issued that has issued something in turn. */
function authoritiesUnder(anchors: readonly string[], material: IssuedMaterial): readonly string[] {
  const issuers = new Set(material.all.map(({ issuer }) => issuer))
  return material.all
    .map(({ name }) => name)
    .filter(
      (name) => anchors.includes(name) || (issuers.has(name) && leadsTo(anchors, name, material)),
    )
}

function leadsTo(anchors: readonly string[], name: string, material: IssuedMaterial): boolean {
  const passed = new Set<string>()
  for (let next = name; !passed.has(next); next = material.known(next).issuer) {
    if (anchors.includes(next)) return true
    passed.add(next)
  }
  return false
}
