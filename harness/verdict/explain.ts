import type { Case } from './judge.ts'
import { account } from './account.ts'
import { accepted } from './checks.ts'
import {
  deliverySeen,
  ofKind,
  sliceOfStep,
  witnessesOf,
  type DeliverySeen,
  type Of,
} from './delivery.ts'
import { enrollmentWords } from './enrollment.ts'
import type { InconclusiveReason, Verdict } from './types.ts'
import { certificate, count } from './words.ts'

/**
 * One English paragraph: what was expected, what was seen, and whose fault it is. Pure; the words may
 * improve at any time, so nothing may depend on them.
 */
export function explain(subject: Case, verdict: Verdict): string {
  switch (verdict.verdict) {
    case 'passed':
      return [passedSentence(subject, verdict), ...verdict.advisories.map((one) => one.text)].join(
        ' ',
      )
    case 'failed':
      return (
        `${stepPrefix(subject, verdict.step)}Expected: ${verdict.expected}. ` +
        `Seen: ${verdict.seen}. The dispatcher is at fault${faultOf(verdict.reason)}${proviso(subject)}.`
      )
    case 'skipped':
      return `Not run: ${verdict.because}.`
    case 'inconclusive':
      return `Nothing can be said about the dispatcher: ${verdict.detail}. ${BLAME[verdict.reason]}`
  }
}

const BLAME: Readonly<Record<InconclusiveReason, string>> = {
  'no-attempt':
    'A refusal counts only with proof of an attempt; check that the dispatcher may reach this machine (proxies, address filters).',
  control: 'Mend the control first: it is the same situation without the deviation.',
  resumed: 'The dispatcher should start a full handshake after a reset or a new configuration.',
  adapter: 'The adapter is at fault; `npx hookproof doctor` examines it.',
  harness: 'hookproof or its environment is at fault, not the dispatcher.',
  clock: 'Set the clocks: validity cannot be judged when they differ.',
  unheard:
    'Only the endpoint was heard: look first at how the dispatcher was set up for this URL, then at the dispatcher.',
}

function faultOf(reason: Extract<Verdict, { verdict: 'failed' }>['reason']): string {
  switch (reason) {
    case 'leak':
      return ': it sent what it had to keep'
    case 'not-delivered':
      return ': it did not deliver where nothing stood in its way'
    case 'contradiction':
      return ': its account and the endpoint’s record contradict each other'
    case 'wrong-reason':
      return ': it did the right thing, but names another cause, so its user would mend the wrong thing'
    case 'wrong-certificate':
      return ': it showed another certificate than the one it was given'
    case 'storm':
      return ': it tried more often than allowed'
    case 'secret-told':
      return ': whoever may read its messages and logs has the secret now'
    case 'unmet':
      return ''
  }
}

/** Who hears only the endpoint cannot tell a dispatcher's fault from one of the person who set it up. */
function proviso({ observations }: Case): string {
  return witnessesOf(observations) === 'both'
    ? ''
    : ', provided that it was set up for this URL as it had to be'
}

function stepPrefix(subject: Case, step: number): string {
  return subject.steps.length > 1 ? `In step ${step + 1} of ${subject.steps.length}: ` : ''
}

function passedSentence(subject: Case, verdict: Extract<Verdict, { verdict: 'passed' }>): string {
  if (verdict.advisories.some((one) => one.code === 'unmet-should')) {
    return 'Passed with an advisory, since this is a SHOULD.'
  }
  if (verdict.advisories.some((one) => one.code === 'not-bound')) {
    return 'Passed with an advisory, since the rule binds only who asks.'
  }
  const { observations } = subject
  const sentences = subject.steps.flatMap((step, index) => {
    if (step.do === 'deliver') {
      return [deliverySentence(deliverySeen(observations, index, step.expect))]
    }
    return step.do === 'enroll'
      ? ofKind(sliceOfStep(observations, index), 'enrolled').map(enrollmentSentence)
      : []
  })
  return sentences.length === 0 ? 'As expected.' : sentences.join(' ')
}

function enrollmentSentence({ certificate: name, answered, key }: Of<'enrolled'>): string {
  return `For "${name}" came ${enrollmentWords(answered)}, with a key ${key ?? 'that was not read'}.`
}

function deliverySentence(seen: DeliverySeen): string {
  switch (seen.expect.outcome) {
    case 'delivered': {
      const handshake = seen.endpoint.handshakes.at(-1)
      const shown =
        handshake === undefined ? '' : `, shown ${certificate(handshake.clientCertificate)}`
      return `The origin accepted the event after ${count(seen.endpoint.opened.length, 'connection')}${shown}, and ${account(seen)}.`
    }
    case 'refused':
      return `The dispatcher refused the endpoint: ${count(seen.endpoint.hellos.length, 'ClientHello')}, no byte of a request, and ${account(seen)}.`
    case 'rejected':
    case 'undelivered': {
      const took = accepted(seen.endpoint).length
      return `The event was not accepted (${count(seen.endpoint.opened.length, 'connection')}, ${count(took, 'accepted request')}), and ${account(seen)}.`
    }
  }
}
