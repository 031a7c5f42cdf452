import { X509Certificate } from 'node:crypto'
import type { TLSSocket } from 'node:tls'
import { printable } from '../observation/printable.ts'
import type { PresentedCertificate } from '../observation/types.ts'
import { sha256Hex } from '../pki/thumbprint.ts'
import type { IssuedMaterial } from '../pki/types.ts'

/** Most certificates of a list that are looked at. */
const LONGEST_LIST = 16

/**
 * DER of the certificates that the dispatcher sent, end entity first; empty when it sent none.
 *
 * As OpenSSL could link them: a certificate that issued none of the others is not among them, nor is
 * any but the first on a resumed session. Trust anchors (`anchors`, DER) are left out, for Node adds
 * those that it knows without saying so.
 */
export function certificatesSentBy(
  socket: TLSSocket,
  anchors: readonly Buffer[],
): readonly Buffer[] {
  const sent: Buffer[] = []
  // Typed as always there, but null on a socket that is gone and `{}` without a certificate.
  let next = socket.getPeerCertificate(true) as unknown
  while (sent.length < LONGEST_LIST && isLinked(next)) {
    const { raw } = next
    const isKnown = [...sent, ...anchors].some((other) => other.equals(raw))
    if (isKnown && sent.length > 0) break
    sent.push(raw)
    next = next.issuerCertificate
  }
  return sent
}

interface Linked {
  readonly raw: Buffer
  readonly issuerCertificate?: unknown
}

function isLinked(value: unknown): value is Linked {
  return typeof value === 'object' && value !== null && 'raw' in value && Buffer.isBuffer(value.raw)
}

/** The same for the ledger: names where the harness issued them, thumbprints of strangers. */
export function describePresented(
  sent: readonly Buffer[],
  material: IssuedMaterial,
): PresentedCertificate {
  const [endEntity] = sent
  if (endEntity === undefined) return { presented: 'none' }
  const sha256 = sha256Hex(endEntity)
  return {
    presented: 'certificate',
    name: material.nameOf(sha256),
    sha256,
    subject: subjectOf(endEntity),
    chain: sent.map((der) => {
      const thumbprint = sha256Hex(der)
      return material.nameOf(thumbprint) ?? thumbprint
    }),
  }
}

/** A certificate's subject in one printable line, `CN=a, O=b`; empty for one that Node cannot read. */
export function subjectOf(der: Buffer): string {
  try {
    // Node puts each RDN on a line of its own; an empty Name is undefined to it.
    const subject = new X509Certificate(der).subject as string | undefined
    return printable((subject ?? '').split('\n').join(', '), 300)
  } catch {
    return ''
  }
}
