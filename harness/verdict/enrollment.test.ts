import { expect, test } from '@playwright/test'
import type { Enrolled } from '../observation/types.ts'
import type { EnrollExpectation } from '../scenario/types.ts'
import { explain } from './explain.ts'
import { judge, type Case } from './judge.ts'
import { Story } from './ledger-for-tests.ts'

const LAX: EnrollExpectation = {
  certificate: 'enrolled',
  by: 'csr',
  algorithm: 'rsa-2048',
  key: 'any',
  pair: 'any',
  exponent: 'any',
  subject: 'any',
  proof: 'any',
  path: 'any',
  use: 'any',
}

const REQUEST: Enrolled = {
  kind: 'enrolled',
  certificate: 'enrolled',
  answered: 'csr',
  unusable: null,
  key: 'rsa-2048',
  exponent: '65537',
  spkiSha256: 'one',
  knownAs: null,
  subject: 'CN=acme',
  proof: 'valid',
  path: 'none',
  use: 'none',
}

const CERTIFICATE: Enrolled = {
  ...REQUEST,
  answered: 'self',
  proof: 'none',
  path: 'valid',
  use: 'end-entity',
}

function caseOf(expect: EnrollExpectation, ...answers: readonly Enrolled[]): Case {
  const story = new Story()
  const steps = answers.map(() => ({ do: 'enroll', expect: LAX }) as const)
  for (const [index, answer] of answers.entries()) {
    story.add({ kind: 'step', step: index, action: 'enroll' }).add(answer)
  }
  const all = [...steps.slice(0, -1), { do: 'enroll', expect } as const]
  return { level: 'MUST', steps: all, observations: story.observations, control: 'passed' }
}

const DEMANDS: readonly (readonly [
  demand: Partial<EnrollExpectation>,
  answer: Enrolled,
  fault: Partial<Enrolled>,
])[] = [
  [{ proof: 'valid' }, REQUEST, { proof: 'invalid' }],
  [{ proof: 'valid' }, REQUEST, { proof: 'weak' }],
  [{ proof: 'valid' }, REQUEST, { proof: 'unknown-algorithm' }],
  [{ key: 'as-asked' }, REQUEST, { key: 'rsa-2047' }],
  [{ exponent: 'sane' }, REQUEST, { exponent: '3' }],
  [{ exponent: 'sane' }, REQUEST, { exponent: '65538' }],
  [{ exponent: 'sane' }, REQUEST, { exponent: '9'.repeat(90) }],
  [{ exponent: 'sane' }, REQUEST, { exponent: null }],
  [{ subject: 'present' }, REQUEST, { subject: '' }],
  [{ by: 'self', path: 'valid' }, CERTIFICATE, { path: 'no-authority' }],
  [{ by: 'self', path: 'valid' }, CERTIFICATE, { path: 'wrong-usage' }],
  [{ by: 'self', use: 'end-entity' }, CERTIFICATE, { use: 'authority' }],
]

for (const [demand, answer, fault] of DEMANDS) {
  const what = `${JSON.stringify(demand)} with ${JSON.stringify(fault)}`
  test(`${what}: fails where it is demanded, and only there`, () => {
    const { by = 'csr' } = demand
    const demanding = { ...LAX, ...demand }
    const faulty = { ...answer, ...fault }
    expect(judge(caseOf(demanding, answer))).toMatchObject({ verdict: 'passed', grade: 'strict' })
    expect(judge(caseOf({ ...LAX, by }, faulty))).toMatchObject({ verdict: 'passed' })
    const subject = caseOf(demanding, faulty)
    const verdict = judge(subject)
    expect(verdict).toMatchObject({ verdict: 'failed', reason: 'unmet', step: 0 })
    expect(explain(subject, verdict)).toContain('The dispatcher is at fault')
  })
}

test('a key that was enrolled before is no new one', () => {
  const again = { ...REQUEST, certificate: 'renewed' }
  const demanding: EnrollExpectation = { ...LAX, certificate: 'renewed', pair: 'new' }
  const verdict = judge(caseOf(demanding, REQUEST, again))
  expect(verdict).toMatchObject({
    verdict: 'failed',
    step: 1,
    seen: 'the key is that of "enrolled" again',
  })
  const other = { ...again, spkiSha256: 'another' }
  expect(judge(caseOf(demanding, REQUEST, other))).toMatchObject({ verdict: 'passed' })
  const known = { ...other, knownAs: 'that of an enrollment in a/b' }
  expect(judge(caseOf(demanding, REQUEST, known))).toMatchObject({
    verdict: 'failed',
    seen: 'the key is that of an enrollment in a/b',
  })
})

test('a path that restricts names is not judged', () => {
  const demanding: EnrollExpectation = { ...LAX, by: 'self', path: 'valid' }
  const restricted = { ...CERTIFICATE, path: 'not-evaluated' } as const
  expect(judge(caseOf(demanding, restricted))).toMatchObject({ verdict: 'inconclusive' })
})

test('what cannot be read, or is the other kind of answer, fails whatever is demanded', () => {
  const unusable = { ...REQUEST, unusable: 'it is not one PEM block of a certificate request' }
  expect(judge(caseOf(LAX, unusable))).toMatchObject({ verdict: 'failed', reason: 'unmet' })
  expect(judge(caseOf(LAX, CERTIFICATE))).toMatchObject({ verdict: 'failed', reason: 'unmet' })
})

test('an adapter that breaks is not the dispatcher’s failure', () => {
  const story = new Story().add({ kind: 'step', step: 0, action: 'enroll' })
  const subject = (observations: Case['observations']): Case => ({
    level: 'MUST',
    steps: [{ do: 'enroll', expect: LAX }],
    observations,
    control: null,
  })
  expect(judge(subject(story.observations))).toMatchObject({ verdict: 'inconclusive' })
  story.fault('protocol')
  expect(judge(subject(story.observations))).toMatchObject({
    verdict: 'inconclusive',
    reason: 'adapter',
  })
})

test('a passed enrollment is explained', () => {
  const subject = caseOf(LAX, REQUEST)
  expect(explain(subject, judge(subject))).toBe(
    'For "enrolled" came a certification request, with a key rsa-2048.',
  )
})
