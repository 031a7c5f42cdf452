import type { PresentedCertificate } from '../observation/types.ts'
import type { Of } from '../verdict/delivery.ts'
import { answer, certificate, signers } from '../verdict/words.ts'
import { actorOf, to, type Actor, type Details, type Narration, type Tone } from './narration.ts'
import { bytes, sentenceList } from './text.ts'

/** A client certificate, looked at closely. */
export function shown(presented: PresentedCertificate | null): Details {
  if (presented === null) return [['client certificate', 'the handshake did not come so far']]
  if (presented.presented === 'none') return [['client certificate', 'none']]
  return [
    ['client certificate', presented.name ?? 'not issued by the harness'],
    ['subject', presented.subject],
    ['chain sent', presented.chain.join(' → ')],
    ['SHA-256', presented.sha256],
  ]
}

/** `dispatcher`, `none`, `a stranger`: a certificate in one or two words. */
function briefly(presented: PresentedCertificate): string {
  return presented.presented === 'none' ? 'none' : (presented.name ?? 'a stranger')
}

/** A ClientHello in words. */
export function clientHello(seen: Of<'client-hello'>): Narration {
  const name = seen.serverName === null ? 'without server_name' : `for ${seen.serverName}`
  const versions = sentenceList(seen.versions, 'or')
  const resumed = seen.session === 'offered' ? ', and offers an earlier session' : ''
  return {
    actor: 'dispatcher',
    direction: to(actorOf(seen.listener)),
    text: `sends a ClientHello ${name}, offering ${versions || 'no version'}${resumed}`,
    label: `ClientHello${seen.serverName === null ? '' : ` · ${seen.serverName}`}`,
    tone: 'plain',
    details: [
      ['server_name', seen.serverName ?? 'none'],
      ['versions', seen.versions.join(', ') || 'none'],
      ['ALPN', seen.alpn.join(', ') || 'none'],
      ['earlier session', seen.session],
      ['early data', seen.earlyData],
      ['certificate status', seen.statusRequest],
    ],
  }
}

/** A completed handshake in words, with the certificate shown and what was decided about it. */
export function handshake(seen: Of<'handshake'>): Narration {
  const { clientCertificate, judgement } = seen
  const ending =
    judgement.decision === 'accepted'
      ? ', which is accepted'
      : judgement.decision === 'not-asked'
        ? '; none was asked for'
        : `, which is rejected: ${judgement.because} (${judgement.style})`
  const how = seen.session === 'full' ? 'completes a handshake' : 'resumes an earlier session'
  const rejected = judgement.decision === 'rejected'
  return {
    actor: actorOf(seen.listener),
    direction: to('dispatcher'),
    text: `${how} over ${seen.protocol}; the dispatcher shows ${certificate(clientCertificate)}${ending}`,
    label: `${seen.protocol} · client certificate: ${briefly(clientCertificate)}${rejected ? ' ✗' : ''}`,
    tone: rejected ? 'trouble' : 'plain',
    details: [
      ['protocol', seen.protocol],
      ['cipher', seen.cipher],
      ['ALPN', seen.alpn ?? 'none'],
      ['session', seen.session],
      ...shown(clientCertificate),
    ],
  }
}

/** A redirect is no refusal; no answer at all is trouble. */
function toneOf(status: number): Tone {
  return status >= 100 && status < 400 ? 'plain' : 'trouble'
}

function signedWith({ signedWith: names }: Of<'request'>): Details {
  return names.length === 0 ? [] : [['signed with', signers(names)]]
}

/** A request and its answer in words. */
export function request(seen: Of<'request'>): Narration {
  const event = seen.eventId === null ? '' : ` with event ${seen.eventId}`
  const by = seen.by === 'terminator' ? ' by the TLS terminator, before the origin' : ''
  const headers = Object.entries(seen.headers).map(([name, values]): readonly [string, string] => [
    `header ${name}`,
    values.join(', '),
  ])
  return {
    actor: 'dispatcher',
    direction: to(actorOf(seen.listener)),
    text: `sends ${seen.method} ${seen.path} (${bytes(seen.bodyBytes)})${event}, and ${answer(seen.answered)}${by}`,
    label: `${seen.method} ${seen.path}`,
    tone: toneOf(seen.answered),
    details: [
      ['answered by', seen.by],
      ['bearer token', seen.bearer],
      ['signature', seen.signature],
      ...signedWith(seen),
      ['body SHA-256', seen.bodySha256],
      ...headers,
    ],
  }
}

/** A token request and its answer in words. */
export function tokenRequest(seen: Of<'token-request'>): Narration {
  const error = seen.error === null ? '' : ` (${seen.error})`
  return {
    actor: 'dispatcher',
    direction: to('token server'),
    text: `asks for a token by ${seen.authMethod}, shows ${certificate(seen.clientCertificate)}, and ${answer(seen.answered)}${error}`,
    label: `token request · ${seen.authMethod}`,
    tone: toneOf(seen.answered),
    details: [
      ['grant_type', seen.grantType ?? 'none'],
      ['client_id', seen.clientId ?? 'none'],
      ['scope', seen.scope ?? 'none'],
      ...shown(seen.clientCertificate),
    ],
  }
}

/** The end of a connection in words. */
export function closed(seen: Of<'connection-closed'>): Narration {
  const actor: Actor =
    seen.by === 'endpoint' ? actorOf(seen.listener) : seen.by === 'harness' ? 'wire' : 'dispatcher'
  const decrypted =
    seen.decryptedBytes === null
      ? ''
      : `; ${bytes(seen.decryptedBytes)} of application data ${seen.decryptedBytes === 1 ? 'was' : 'were'} decrypted`
  return {
    actor,
    direction: to(actor === 'dispatcher' ? actorOf(seen.listener) : 'dispatcher'),
    text: `${seen.how === 'reset' ? 'resets' : 'closes'} connection ${seen.connection}${decrypted}`,
    label: seen.how === 'reset' ? 'reset' : 'close',
    tone: seen.how === 'reset' ? 'trouble' : 'plain',
    details: [
      ['from the dispatcher', bytes(seen.bytesFromDispatcher)],
      ['to the dispatcher', bytes(seen.bytesToDispatcher)],
    ],
  }
}
