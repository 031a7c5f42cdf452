import type { Report, DocumentPath } from './problems.ts'
import type { RawExpectation, RawRange } from './raw.ts'
import type { Situation } from './read-setup.ts'
import type { ClientCertificateSetup } from './setup.ts'
import type { Expectation, ExpectedOutcome, Range, TargetName, TokenExpectation } from './types.ts'
import { readDuration, readRange } from './units.ts'

/** Connections that a refusal may take: a dispatcher may look twice, but not for ever. */
const REFUSAL_CONNECTIONS = 3

/**
 * Completes an expectation. Every default follows from the outcome and the situation, so that the
 * judge needs no special cases: what it finds here is what is required.
 */
export function readExpectation(
  raw: RawExpectation,
  around: Situation,
  path: DocumentPath,
  report: Report,
): Expectation {
  const situation = forTarget(around, raw.target ?? 'first')
  const range = (key: 'requests' | 'connections' | 'elsewhere', otherwise: Range): Range =>
    readRangeAt(raw[key], otherwise, [...path, key], report)
  const { outcome } = raw
  const attempt = raw.attempt ?? (outcome === 'rejected' ? 'optional' : 'required')
  const requests = range('requests', REQUESTS[outcome])
  return {
    target: raw.target ?? 'first',
    outcome,
    reasons: raw.reason === undefined ? [] : [raw.reason].flat(),
    attempt,
    clientCertificate: raw['client-certificate'] ?? certificateOf(outcome, situation),
    requests,
    connections: range('connections', connectionsOf(raw, requests, situation)),
    token: readToken(raw.token, situation, [...path, 'token'], report),
    elsewhere: range('elsewhere', { min: 0, max: 0 }),
    absentHeaders: raw['absent-headers'] ?? [],
    resumption:
      raw.resumption ?? (situation.endpoint.resumption === 'on' ? 'allowed' : 'forbidden'),
    signature: raw.signature ?? signatureOf(outcome, situation),
    signedWith: raw['signed-with'] ?? signedWithOf(raw.signature, outcome, situation),
    minimumGapMs: readDuration(raw['minimum-gap'] ?? '0ms') ?? 0,
    gaps: raw.gaps ?? 'any',
    timestamps: raw.timestamps ?? 'any',
    eventIds: raw['event-ids'] ?? 'any',
    requiredHeaders: raw['required-headers'] ?? {},
    serverName:
      raw['server-name'] === 'host' ? situation.endpoint.host : (raw['server-name'] ?? 'any'),
    protocol: raw.protocol ?? 'any',
    oldestVersion: raw['oldest-version'] ?? 'any',
    statusRequest: raw['status-request'] ?? 'any',
    answerBytes: raw['answer-bytes'] ?? null,
  }
}

/** The situation as the target meets it: what the dispatcher was told for that one counts. */
export function forTarget(situation: Situation, target: TargetName): Situation {
  const { otherDispatcher } = situation
  return target === 'first' || otherDispatcher === null
    ? situation
    : { ...situation, dispatcher: otherDispatcher }
}

/** A refused endpoint and a rejecting terminator get no request through to the origin. */
const REQUESTS: Readonly<Record<ExpectedOutcome, Range>> = {
  delivered: { min: 1, max: 1 },
  refused: { min: 0, max: 0 },
  rejected: { min: 0, max: 0 },
  undelivered: { min: 0, max: 1 },
}

/** One connection to spare: a dispatcher may open one that it then finds stale or does not need. */
function connectionsOf(raw: RawExpectation, requests: Range, situation: Situation): Range {
  if (raw.outcome === 'delivered') {
    return { min: situation.endpoint.keepAlive === 'on' ? 0 : 1, max: requests.max + 1 }
  }
  const fewest = raw.outcome === 'refused' && raw.attempt !== 'optional' ? 1 : 0
  return { min: fewest, max: Math.max(REFUSAL_CONNECTIONS, requests.max + 1) }
}

/** Whether the endpoint can be shown a client certificate at all. */
export function asksForCertificate(situation: Situation): 'asks' | 'never-asks' {
  const { scheme, clientCertificate, fault } = situation.endpoint
  return scheme === 'https' && clientCertificate !== 'not-requested' && fault === 'none'
    ? 'asks'
    : 'never-asks'
}

/** Only a delivery proves who the dispatcher said it was; before that it may show nothing. */
function certificateOf(outcome: ExpectedOutcome, situation: Situation): string {
  if (outcome !== 'delivered' || asksForCertificate(situation) === 'never-asks') return 'any'
  return nameOf(situation.dispatcher.clientCertificate)
}

function nameOf(client: ClientCertificateSetup | 'none'): string {
  return client === 'none' || client.key === 'missing' ? 'none' : client.certificate
}

function signatureOf(outcome: ExpectedOutcome, situation: Situation): 'any' | 'valid' {
  return outcome === 'delivered' && situation.dispatcher.signature !== 'none' ? 'valid' : 'any'
}

/** Only a list of signatures has room for that of a secret that is being replaced. */
function signedWithOf(
  asked: RawExpectation['signature'],
  outcome: ExpectedOutcome,
  { dispatcher: { signature } }: Situation,
): readonly string[] | 'any' {
  if (asked === 'any' || outcome !== 'delivered' || signature === 'none') return 'any'
  switch (signature.scheme) {
    case 'standard-webhooks':
      return signature.secrets
    case 'hmac-sha256':
      return signature.secrets.slice(0, 1)
  }
}

function readToken(
  raw: RawExpectation['token'],
  situation: Situation,
  path: DocumentPath,
  report: Report,
): TokenExpectation | null {
  if (raw === undefined) return null
  return {
    requests: readRangeAt(raw.requests, { min: 1, max: 1 }, [...path, 'requests'], report),
    clientCertificate: raw['client-certificate'] ?? tokenCertificateOf(situation),
  }
}

function tokenCertificateOf({ tokenServer, dispatcher }: Situation): string {
  if (tokenServer === null || dispatcher.oauth2 === 'none') return 'any'
  switch (tokenServer.authMethod) {
    case 'client_secret_basic':
    case 'client_secret_post':
      return 'any'
    case 'tls_client_auth':
    case 'self_signed_tls_client_auth': {
      const own = dispatcher.oauth2.clientCertificate
      return nameOf(own === 'same' ? dispatcher.clientCertificate : own)
    }
  }
}

function readRangeAt(
  raw: RawRange | undefined,
  otherwise: Range,
  path: DocumentPath,
  report: Report,
): Range {
  if (raw === undefined) return otherwise
  const range = readRange(raw)
  if (range === null) report(path, `"${raw}" ends before it begins`)
  return range ?? otherwise
}
