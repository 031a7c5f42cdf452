import type { Observation } from '../observation/types.ts'
import type { Of } from '../verdict/delivery.ts'
import { enrollmentWords } from '../verdict/enrollment.ts'
import { SECRET_WORDS, toldWords } from '../verdict/told.ts'
import { count } from '../verdict/words.ts'
import {
  clientHello,
  closed,
  handshake,
  request,
  shown,
  tokenRequest,
} from './narrate-connection.ts'
import { actorOf, AT_HOME, to, type Narration } from './narration.ts'
import { duration, sentenceList } from './text.ts'

function configured(seen: Of<'configured'>): Narration {
  const text =
    seen.result === 'accepted'
      ? 'accepts the configuration'
      : seen.result === 'unsupported'
        ? `does not support ${sentenceList(seen.unsupported) || 'the configuration'}`
        : `refuses the configuration${seen.reason === null ? '' : `: ${seen.reason}`}`
  return {
    actor: 'adapter',
    direction: to('harness'),
    text,
    label: text,
    tone: seen.result === 'accepted' ? 'plain' : 'trouble',
    details: [],
  }
}

function reply(seen: Of<'reply'>): Narration {
  const attempts = seen.attempts.map((attempt, index): readonly [string, string] => [
    `attempt ${index + 1}`,
    [
      `stage ${attempt.stage}`,
      attempt.reason,
      attempt.status === null ? null : `HTTP ${attempt.status}`,
      attempt.native,
    ]
      .filter((part) => part !== null)
      .join(' · '),
  ])
  const last = seen.attempts.at(-1)
  const why =
    last?.reason ??
    (last?.status === undefined || last.status === null ? null : `HTTP ${last.status}`)
  return {
    actor: 'adapter',
    direction: to('harness'),
    text: `says ${seen.disposition}${why === null ? '' : ` (${why})`}, after ${count(seen.attempts.length, 'attempt')}`,
    label: `says ${seen.disposition}${why === null ? '' : ` · ${why}`}`,
    tone: 'plain',
    details: [...attempts, ['event', seen.eventId], ['payload', seen.payload]],
  }
}

function inspected(seen: Of<'inspected'>): Narration {
  const which =
    seen.sha256 === null ? 'no certificate' : `the certificate "${seen.name ?? 'of a stranger'}"`
  return {
    actor: 'adapter',
    direction: to('harness'),
    text: `shows ${which} on inspection, with ${count(seen.warnings.length, 'warning')}`,
    label: `shows ${which}`,
    tone: 'plain',
    details: [
      ['not after', seen.notAfter ?? 'not shown'],
      ['the certificate says', seen.certifiedNotAfter ?? 'unknown'],
      ['warnings', seen.warnings.join(', ') || 'none'],
      ['SHA-256', seen.sha256 ?? 'not shown'],
    ],
  }
}

function enrolled(seen: Of<'enrolled'>): Narration {
  const text =
    seen.unusable === null
      ? `enrolls "${seen.certificate}" with ${enrollmentWords(seen.answered)} for a key ${seen.key ?? 'that could not be read'}`
      : `enrolls "${seen.certificate}" with ${enrollmentWords(seen.answered)} of no use: ${seen.unusable}`
  return {
    actor: 'adapter',
    direction: to('harness'),
    text,
    label: `enrolls "${seen.certificate}"${seen.key === null ? '' : ` · ${seen.key}`}`,
    tone: seen.unusable === null ? 'plain' : 'trouble',
    details: [
      ['subject', seen.subject || 'empty'],
      ['SPKI SHA-256', seen.spkiSha256 ?? 'not read'],
      ...(seen.knownAs === null ? [] : [['the key is', seen.knownAs] as const]),
      ...(seen.exponent === null ? [] : [['public exponent', seen.exponent] as const]),
      ...(seen.answered === 'csr'
        ? [['proof of possession', seen.proof] as const]
        : [['path', seen.path] as const, ['use', seen.use] as const]),
    ],
  }
}

function secretTold(seen: Of<'secret-told'>): Narration {
  return {
    actor: 'adapter',
    direction: to('harness'),
    text: `tells ${toldWords(seen)}`,
    label: `tells ${SECRET_WORDS[seen.secret]}`,
    tone: 'trouble',
    details: [['field', seen.field]],
  }
}

const FAULTS: Readonly<Record<Of<'adapter-fault'>['fault'], string>> = {
  errored: 'says that it failed itself',
  timeout: 'does not answer in time',
  protocol: 'breaks the adapter protocol',
  gone: 'is gone',
  unsupported: 'does not support what it was asked',
  clock: 'has a clock that is off',
}

/** One observation in words. Pure, and exhaustive: a new kind of observation does not compile without words. */
export function narrate(seen: Observation): Narration {
  switch (seen.kind) {
    case 'step':
      return {
        actor: 'harness',
        direction: AT_HOME,
        text: `begins step ${seen.step + 1}: ${seen.action}`,
        label: `step ${seen.step + 1}: ${seen.action}`,
        tone: 'plain',
        details: [],
      }
    case 'connection-opened':
      return {
        actor: 'dispatcher',
        direction: to(actorOf(seen.listener)),
        text: `opens connection ${seen.connection}`,
        label: `connection ${seen.connection}`,
        tone: 'plain',
        details: [['slot', seen.slot]],
      }
    case 'client-hello':
      return clientHello(seen)
    case 'not-tls':
      return {
        actor: 'dispatcher',
        direction: to(actorOf(seen.listener)),
        text: 'sends something that is not TLS',
        label: 'not TLS',
        tone: 'trouble',
        details: [['first bytes', seen.preview]],
      }
    case 'alert': {
      const { from, description, number } = seen
      return {
        actor: from === 'dispatcher' ? 'dispatcher' : actorOf(seen.listener),
        direction: to(from === 'dispatcher' ? actorOf(seen.listener) : 'dispatcher'),
        text: `sends the TLS alert ${description} (${number})`,
        label: `alert ${description}`,
        // close_notify ends a connection in good order (RFC 8446 6.1).
        tone: number === 0 ? 'plain' : 'trouble',
        details: [],
      }
    }
    case 'handshake':
      return handshake(seen)
    case 'handshake-failed':
      return {
        actor: actorOf(seen.listener),
        direction: AT_HOME,
        text: `gives the handshake up: ${seen.error}`,
        label: 'handshake failed',
        tone: 'trouble',
        details: shown(seen.clientCertificate),
      }
    case 'request':
      return request(seen)
    case 'connection-closed':
      return closed(seen)
    case 'token-request':
      return tokenRequest(seen)
    case 'configured':
      return configured(seen)
    case 'reply':
      return reply(seen)
    case 'unheard':
      return {
        actor: 'harness',
        direction: AT_HOME,
        text: `ends its watch after ${duration(seen.waitedMs)}, without a word from the dispatcher: there is no adapter`,
        label: 'no account',
        tone: 'plain',
        details: [],
      }
    case 'dropped':
      return {
        actor: 'adapter',
        direction: to('harness'),
        text: `says that it dropped ${sentenceList(seen.dropped) || 'nothing'}`,
        label: `dropped ${sentenceList(seen.dropped) || 'nothing'}`,
        tone: 'plain',
        details: [],
      }
    case 'inspected':
      return inspected(seen)
    case 'enrolled':
      return enrolled(seen)
    case 'secret-told':
      return secretTold(seen)
    case 'adapter-fault':
      return {
        actor: 'adapter',
        direction: AT_HOME,
        text: `${FAULTS[seen.fault]}: ${seen.detail}`,
        label: FAULTS[seen.fault],
        tone: 'trouble',
        details: [],
      }
    case 'harness-fault':
      return {
        actor: 'harness',
        direction: AT_HOME,
        text: `fails itself: ${seen.detail}`,
        label: 'harness fault',
        tone: 'trouble',
        details: [],
      }
  }
}
