import type { Enrolled, Observation } from '../observation/types.ts'
import type { EnrollExpectation } from '../scenario/types.ts'
import { ofKind, sliceOfStep } from './delivery.ts'
import { FINE, failed, firstProblem, inconclusive, type Finding } from './finding.ts'

/** Judges what the dispatcher answered to `enroll`, beside all that it had enrolled before. */
export function judgeEnrollment(
  seen: readonly Observation[],
  expect: EnrollExpectation,
  step: number,
): Finding {
  const enrolled = ofKind(sliceOfStep(seen, step), 'enrolled').at(-1)
  if (enrolled === undefined) return inconclusive('adapter', 'the adapter did not answer enroll')
  const before = ofKind(seen.slice(0, seen.indexOf(enrolled)), 'enrolled')
  return firstProblem([
    () => rightWay(enrolled, expect),
    () => usable(enrolled),
    () => provesPossession(enrolled, expect),
    () => keyAsAsked(enrolled, expect),
    () => saneExponent(enrolled, expect),
    () => newPair(enrolled, before, expect),
    () => subjectPresent(enrolled, expect),
    () => validPath(enrolled, expect),
    () => rightUse(enrolled, expect),
  ])
}

/** What an answer of that kind is called. */
export function enrollmentWords(kind: Enrolled['answered']): string {
  switch (kind) {
    case 'csr':
      return 'a certification request'
    case 'self':
      return 'a certificate of its own authority'
  }
}

function rightWay({ answered }: Enrolled, { by }: EnrollExpectation): Finding {
  if (answered === by) return FINE
  return failed(
    'unmet',
    `${enrollmentWords(by)} for its new key`,
    `enroll was answered with ${enrollmentWords(answered)}`,
  )
}

function usable({ answered, unusable }: Enrolled): Finding {
  if (unusable === null) return FINE
  return failed('unmet', `${enrollmentWords(answered)} that can be read`, unusable)
}

const PROOFS: Readonly<Record<Enrolled['proof'], string>> = {
  none: 'there is no signature',
  valid: 'it verifies',
  invalid: 'it does not verify',
  weak: 'it is made with MD5 or SHA-1',
  'unknown-algorithm': 'it is made in a way that is not known',
}

/** Without it anyone could have a stranger's key certified as one's own (RFC 2986 3). */
function provesPossession({ proof }: Enrolled, expect: EnrollExpectation): Finding {
  if (expect.proof === 'any' || proof === 'valid') return FINE
  return failed(
    'unmet',
    'a request whose signature verifies with the key in it',
    `of the signature, ${PROOFS[proof]}`,
  )
}

function keyAsAsked({ key }: Enrolled, expect: EnrollExpectation): Finding {
  if (expect.key === 'any' || key === expect.algorithm) return FINE
  return failed('unmet', `a key of the kind ${expect.algorithm}`, `it made ${key ?? 'none'}`)
}

const SMALLEST_EXPONENT = 2n ** 16n
const LARGEST_EXPONENT = 2n ** 256n

/** FIPS 186-5, A.1.1: odd, and 2^16 < e < 2^256. */
function saneExponent({ exponent }: Enrolled, expect: EnrollExpectation): Finding {
  if (expect.exponent === 'any') return FINE
  const e = exponent === null || !/^\d+$/.test(exponent) ? 0n : BigInt(exponent)
  if (e > SMALLEST_EXPONENT && e < LARGEST_EXPONENT && e % 2n === 1n) return FINE
  return failed(
    'unmet',
    'an odd RSA public exponent between 2^16 and 2^256',
    `the exponent is ${exponent ?? 'none'}`,
  )
}

function newPair(
  { spkiSha256, knownAs }: Enrolled,
  before: readonly Enrolled[],
  expect: EnrollExpectation,
): Finding {
  if (expect.pair === 'any') return FINE
  const same = before.find((one) => one.spkiSha256 === spkiSha256)
  const whose = same === undefined ? knownAs : `that of "${same.certificate}" again`
  if (whose === null) return FINE
  return failed('unmet', 'a key that was never enrolled before', `the key is ${whose}`)
}

function subjectPresent({ subject }: Enrolled, expect: EnrollExpectation): Finding {
  if (expect.subject === 'any' || subject !== '') return FINE
  return failed('unmet', 'a subject that is named', 'the Name is empty')
}

const PATHS: Readonly<Record<Enrolled['path'], string>> = {
  none: 'there is no path',
  valid: 'it is valid',
  untrusted:
    'the certificates do not lead to a self-signed authority at its end, or one has a critical extension that is not known',
  expired: 'a certificate has expired',
  'not-yet-valid': 'a certificate is not valid yet',
  'wrong-usage': 'the certificate is not meant for a TLS client',
  'no-authority': 'it does not end with the certificate of an authority',
  'not-evaluated': 'it restricts names, which is not evaluated here',
}

/** What an endpoint needs to allow the authority instead of each certificate (RFC 5280 6.1). */
function validPath({ path }: Enrolled, expect: EnrollExpectation): Finding {
  if (expect.path === 'any' || path === 'valid') return FINE
  if (path === 'not-evaluated') return inconclusive('harness', PATHS[path])
  return failed('unmet', 'a valid certification path up to its authority', PATHS[path])
}

function rightUse({ use }: Enrolled, expect: EnrollExpectation): Finding {
  if (expect.use === 'any' || use === 'end-entity') return FINE
  return failed(
    'unmet',
    'the certificate of an end entity',
    'it is that of an authority, which could issue others',
  )
}
