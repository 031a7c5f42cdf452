import type { SituationCheck } from './check-situation.ts'
import { knows } from './layers.ts'
import type { DocumentPath } from './problems.ts'
import { unknownName } from './read-certificates.ts'
import type { CrlDescription } from './revocation-list.ts'
import type { DispatcherSetup } from './setup.ts'

/** Checks that the CRLs of a dispatcher can be made. `path` is where they stand. */
export function checkCrls(
  crls: DispatcherSetup['crls'],
  path: DocumentPath,
  { layers, report }: SituationCheck,
): void {
  if (crls === 'none') return
  if (crls.length === 0) report(path, 'no CRL is left; say crls: none')
  for (const crl of crls) {
    const names = [crl.issuer, ...crl.revoked, ...(crl.signedBy === null ? [] : [crl.signedBy])]
    for (const name of names) {
      if (knows(layers, name) === 'unknown') unknownName(name, layers, path, report)
    }
    if (crl.nextUpdateMs <= crl.thisUpdateMs) {
      report(path, `the CRL of ${crl.issuer} is replaced before it is issued`)
    }
    if (crl.revoked.length === 0 && statesOfEntries(crl) === 'some') {
      report(path, `the CRL of ${crl.issuer} has no entry that could say so`)
    }
  }
}

function statesOfEntries({ reason, entryExtensions }: CrlDescription): 'some' | 'nothing' {
  return reason === 'none' && entryExtensions.length === 0 ? 'nothing' : 'some'
}
