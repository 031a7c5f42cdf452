import { originRequests } from './checks.ts'
import type { DeliverySeen, Of } from './delivery.ts'
import { FINE, failed, firstProblem, type Finding } from './finding.ts'
import { signers } from './words.ts'

/** The payload signatures, on every request that reached the origin. */
export function signaturesAsExpected(seen: DeliverySeen): Finding {
  return firstProblem([() => validSignature(seen), () => rightSecrets(seen)])
}

function validSignature(seen: DeliverySeen): Finding {
  if (seen.expect.signature === 'any') return FINE
  const bad = originRequests(seen.endpoint).find((request) => request.signature !== 'valid')
  if (bad === undefined) return FINE
  return failed(
    'unmet',
    'a signature that verifies over the bytes sent',
    bad.signature === 'none'
      ? `the request on connection ${bad.connection} carried no signature`
      : `the signature on connection ${bad.connection} does not verify`,
  )
}

/** Requests that lack the signature of a secret in force, or have that of another one. */
export function wronglySigned(seen: DeliverySeen): readonly Of<'request'>[] {
  const { signedWith } = seen.expect
  if (signedWith === 'any') return []
  return originRequests(seen.endpoint).filter(
    (request) =>
      request.signedWith.length !== signedWith.length ||
      !signedWith.every((name) => request.signedWith.includes(name)),
  )
}

/** A receiver that still has the former secret, or already the next one, must be able to verify. */
function rightSecrets(seen: DeliverySeen): Finding {
  const { signedWith } = seen.expect
  const wrong = wronglySigned(seen)[0]
  if (signedWith === 'any' || wrong === undefined) return FINE
  return failed(
    'unmet',
    `a signature with ${signers(signedWith)}, and with no other secret`,
    `the request on connection ${wrong.connection} was signed with ${signers(wrong.signedWith)}`,
  )
}
