import type { Observation } from '../observation/types.ts'
import { CAPABILITIES } from '../scenario/vocabulary.ts'
import type { Expectation, Level } from '../scenario/types.ts'
import { deliverySeen, ofKind, sliceOfStep, witnessesOf, type DeliverySeen } from './delivery.ts'
import { judgeDelivered } from './delivered.ts'
import { judgeEnrollment } from './enrollment.ts'
import { FINE, failed, firstProblem, inconclusive, type Finding } from './finding.ts'
import { judgeInspection } from './inspection.ts'
import type { JudgedStep } from './judged-step.ts'
import { judgeRefused, judgeRejected, judgeUndelivered } from './not-delivered.ts'
import { boundByAsking } from './tls-checks.ts'
import { secretTold } from './told.ts'
import type { Advisory, FailureReason, Verdict, VerdictWord } from './types.ts'

/** All that the judge looks at. It never sees the dispatcher. */
export interface Case {
  readonly level: Level
  readonly steps: readonly JudgedStep[]
  readonly observations: readonly Observation[]
  /** How the control ended; null for a control itself. */
  readonly control: VerdictWord | null
}

/**
 * Judges one scenario from what was seen. Pure: the same ledger gives the same verdict, which is how
 * `hookproof verify` checks a report.
 *
 * The order is the meaning. A leak is a leak, whatever else broke; but where it is an advisory and passes,
 * what passes must have worked. A secret that was told is told, at every level. Then come faults of the harness
 * and the adapter, then the control, then everything else, step by step.
 */
export function judge(subject: Case): Verdict {
  return heard(subject.observations, judged(subject))
}

function judged(subject: Case): Verdict {
  const findings = subject.steps.map((step, index) => ({
    index,
    finding: judgeStep(subject.observations, step, index),
  }))
  const leak =
    subject.level === 'SHOULD'
      ? undefined
      : findings.find(({ finding }) => finding.finding === 'failed' && finding.reason === 'leak')
  const told = secretTold(subject.observations)
  if (leak === undefined && told !== null) {
    return verdictOf(told.finding, told.step, subject.level)
  }
  const unclaimed = inexpressible(subject.observations)
  if (unclaimed !== null) return { verdict: 'skipped', because: unclaimed }
  const broken = faults(subject.observations)
  if (leak === undefined && broken !== null) return verdictOf(broken, 0, subject.level)
  if (leak === undefined && subject.control !== null && subject.control !== 'passed') {
    return {
      verdict: 'inconclusive',
      reason: 'control',
      detail: `its control ${subject.control === 'skipped' ? 'was skipped' : `is ${subject.control}`}`,
    }
  }
  const decisive = leak ?? findings.find(({ finding }) => finding.finding !== 'fine')
  const setUp = setUpByHand(subject, decisive?.finding ?? FINE)
  if (setUp !== null) return verdictOf(setUp, 0, subject.level)
  if (decisive !== undefined) return verdictOf(decisive.finding, decisive.index, subject.level)
  return verdictOf(
    firstProblem(
      findings.map(
        ({ finding }) =>
          () =>
            finding,
      ),
    ),
    0,
    subject.level,
  )
}

const ACCOUNT_UNHEARD: Advisory = {
  code: 'account-unheard',
  reason: null,
  text: 'The dispatcher’s own account was not heard: what it tells its users is not judged.',
}

/** Whatever passes without the second witness passes loosely, and says so. */
function heard(seen: readonly Observation[], verdict: Verdict): Verdict {
  if (verdict.verdict !== 'passed' || witnessesOf(seen) === 'both') return verdict
  const told = verdict.advisories.some(({ code }) => code === ACCOUNT_UNHEARD.code)
  const advisories = told ? verdict.advisories : [...verdict.advisories, ACCOUNT_UNHEARD]
  return { ...verdict, grade: 'loose', advisories }
}

/** What was found in one step, by itself. Pure. */
export function judgeStep(seen: readonly Observation[], step: JudgedStep, index: number): Finding {
  switch (step.do) {
    case 'deliver':
      return judgeDelivery(seen, step.expect, index)
    case 'inspect':
      return judgeInspection(seen, step.expect, index)
    case 'enroll':
      return judgeEnrollment(seen, step.expect, index)
    case 'reset':
      return judgeReset(seen, index)
    case 'reconfigure':
    case 'rotate':
    case 'wait':
      return FINE
  }
}

function judgeDelivery(seen: readonly Observation[], expect: Expectation, index: number): Finding {
  const delivery = deliverySeen(seen, index, expect)
  return boundByAsking(delivery, judgeOutcome(delivery))
}

function judgeOutcome(delivery: DeliverySeen): Finding {
  switch (delivery.expect.outcome) {
    case 'delivered':
      return judgeDelivered(delivery)
    case 'refused':
      return judgeRefused(delivery)
    case 'rejected':
      return judgeRejected(delivery)
    case 'undelivered':
      return judgeUndelivered(delivery)
  }
}

function judgeReset(seen: readonly Observation[], index: number): Finding {
  const dropped = ofKind(sliceOfStep(seen, index), 'dropped').at(-1)
  if (dropped === undefined) return inconclusive('adapter', 'the adapter did not answer reset')
  const kept = ['connections', 'tls-sessions', 'tokens'].filter(
    (thing) => !dropped.dropped.includes(thing),
  )
  if (kept.length === 0) return FINE
  return {
    finding: 'fine',
    grade: 'strict',
    advisories: [
      {
        code: 'reset-not-honoured',
        reason: null,
        text: `A reset did not drop ${kept.join(' and ')}.`,
      },
    ],
  }
}

/**
 * Where a person set the dispatcher up and nobody hears it, a control that fails may be due to either.
 * Once the control has passed, the same hands have set the rest up. Null = judge on.
 */
function setUpByHand(subject: Case, decisive: Finding): Finding | null {
  if (subject.control !== null || witnessesOf(subject.observations) === 'both') return null
  if (decisive.finding !== 'failed' || decisive.reason === 'leak') return null
  return inconclusive('unheard', `the control asked for ${decisive.expected}; ${decisive.seen}`)
}

/**
 * What the adapter could not express although no capability names it, such as a lowest TLS version in
 * a command line: nobody claimed it, so it is no failure. Null where a capability is among it.
 */
function inexpressible(seen: readonly Observation[]): string | null {
  const told = ofKind(seen, 'configured').find((one) => one.result === 'unsupported')?.unsupported
  if (told === undefined || told.length === 0) return null
  if (CAPABILITIES.some((capability) => told.includes(capability))) return null
  return `the adapter cannot express ${told.join(', ')}, which no capability names`
}

/** Faults of harness and adapter, worst first; null when both worked. */
function faults(seen: readonly Observation[]): Finding | null {
  const harness = ofKind(seen, 'harness-fault')[0]
  if (harness !== undefined) return inconclusive('harness', harness.detail)
  const unsupported = ofKind(seen, 'configured').find((one) => one.result === 'unsupported')
  if (unsupported !== undefined) {
    return failed(
      'unmet',
      'every declared capability to work',
      `the adapter called ${unsupported.unsupported.join(', ') || 'the configuration'} unsupported`,
    )
  }
  const adapter = ofKind(seen, 'adapter-fault')[0]
  if (adapter === undefined) return null
  switch (adapter.fault) {
    case 'clock':
      return inconclusive('clock', adapter.detail)
    case 'unsupported':
      return failed('unmet', 'every declared capability to work', adapter.detail)
    case 'errored':
    case 'timeout':
    case 'protocol':
    case 'gone':
      return inconclusive('adapter', adapter.detail)
  }
}

/** A lie, and a secret that was told, are failures at every level; any other unmet SHOULD is told, and passes. */
const NEVER_EXCUSED: readonly FailureReason[] = ['contradiction', 'secret-told']

function verdictOf(finding: Finding, step: number, level: Level): Verdict {
  switch (finding.finding) {
    case 'fine':
      return { verdict: 'passed', grade: finding.grade, advisories: finding.advisories }
    case 'inconclusive':
      return { verdict: 'inconclusive', reason: finding.reason, detail: finding.detail }
    case 'failed':
      if (level === 'SHOULD' && !NEVER_EXCUSED.includes(finding.reason)) {
        return { verdict: 'passed', grade: 'strict', advisories: [unmetShould(finding)] }
      }
      return {
        verdict: 'failed',
        reason: finding.reason,
        step,
        expected: finding.expected,
        seen: finding.seen,
        advisories: [],
      }
  }
}

function unmetShould(finding: Extract<Finding, { finding: 'failed' }>): Advisory {
  return {
    code: 'unmet-should',
    reason: finding.reason,
    text: `Should be: ${finding.expected}. Seen: ${finding.seen}.`,
  }
}
