import {
  STANDARD_CLIENT_CERTIFICATE,
  STANDARD_CRL,
  STANDARD_DISPATCHER,
  STANDARD_DISPATCHER_CRL,
  STANDARD_ENDPOINT,
  STANDARD_OAUTH2,
  STANDARD_RETRY,
  STANDARD_STAPLE,
  STANDARD_TOKEN_SERVER,
} from './defaults.ts'
import type { Layers } from './layers.ts'
import { merge } from './merge.ts'
import type {
  RawAnswer,
  RawClientCertificate,
  RawCrl,
  RawDispatcher,
  RawEndpoint,
  RawSignature,
  RawStaple,
  RawTokenServer,
} from './raw.ts'
import type { CrlDescription } from './revocation-list.ts'
import type {
  ClientCertificateSetup,
  DispatcherSetup,
  EndpointSetup,
  EventSetup,
  OAuth2Setup,
  OriginAnswer,
  SignatureSetup,
  Staple,
  TokenServerSetup,
} from './setup.ts'
import type { TargetName } from './types.ts'
import { readDuration } from './units.ts'

/** The situation of a delivery: what it meets and what it was told. */
export interface Situation {
  readonly endpoint: EndpointSetup
  readonly tokenServer: TokenServerSetup | null
  readonly elsewhere: EndpointSetup | null
  readonly dispatcher: DispatcherSetup
  /** For a second target; null = there is none. */
  readonly otherDispatcher: DispatcherSetup | null
  readonly event: EventSetup
}

/** Reads merged layers into the types that the rest of the harness uses. */
export function readSituation(layers: Layers): Situation {
  return {
    endpoint: readEndpoint(layers.endpoint),
    tokenServer: layers.tokenServer === null ? null : readTokenServer(layers.tokenServer),
    elsewhere: layers.elsewhere === null ? null : readEndpoint(layers.elsewhere),
    dispatcher: readDispatcher(layers.dispatcher, 'first'),
    otherDispatcher:
      layers.otherDispatcher === null ? null : readDispatcher(layers.otherDispatcher, 'other'),
    event: { size: layers.event.size ?? 'small' },
  }
}

/** A duration whose form the schema has checked. */
function milliseconds(text: string): number {
  return readDuration(text) ?? 0
}

function readEndpoint(raw: RawEndpoint): EndpointSetup {
  const full = merge<Required<RawEndpoint>>(STANDARD_ENDPOINT, raw)
  return {
    host: full.host,
    scheme: full.scheme,
    certificate: typeof full.certificate === 'string' ? full.certificate : 'endpoint',
    chain: full.chain,
    staple: readStaple(full.staple),
    clientCertificate: full['client-certificate'],
    clientAnchors: full['client-anchors'],
    allowedClientCertificates: full['allowed-client-certificates'],
    crl: full.crl === 'none' ? 'none' : { ...STANDARD_CRL, ...full.crl },
    caHints: full['ca-hints'],
    rejectStyle: full['reject-style'],
    rejectMoment: full['reject-moment'],
    minVersion: full['min-version'],
    maxVersion: full['max-version'],
    ciphers: full.ciphers,
    groups: full.groups,
    alpn: full.alpn,
    resumption: full.resumption,
    keepAlive: full['keep-alive'],
    loadBalancer: full['load-balancer'],
    policy: { ...STANDARD_ENDPOINT.policy, ...full.policy },
    answers: full.answers.map(readAnswer),
    fault: full.fault,
  }
}

function readStaple(raw: RawStaple): Staple {
  if (typeof raw === 'string') return raw
  const full = { ...STANDARD_STAPLE, ...raw }
  return {
    status: full.status,
    thisUpdateMs: milliseconds(full['this-update']),
    nextUpdateMs: milliseconds(full['next-update']),
    signedBy: full['signed-by'],
    certificate: full.for,
  }
}

function readAnswer(raw: RawAnswer): OriginAnswer {
  if (typeof raw === 'string') return { kind: raw }
  if (typeof raw === 'number') {
    return { kind: 'status', status: raw, headers: {}, body: '', delayMs: 0 }
  }
  if ('redirect' in raw) return { kind: 'redirect', status: raw.redirect, location: raw.to }
  return {
    kind: 'status',
    status: raw.status,
    headers: raw.headers ?? {},
    body: raw.body ?? '',
    delayMs: milliseconds(raw.delay ?? '0ms'),
  }
}

function readTokenServer(raw: RawTokenServer): TokenServerSetup {
  const full = merge<Required<RawTokenServer>>(STANDARD_TOKEN_SERVER, raw)
  return {
    endpoint: readEndpoint(full.endpoint),
    authMethod: full['auth-method'],
    registeredCertificate: full['registered-certificate'],
    clientId: full['client-id'],
    scope: full.scope,
    expiresIn: Math.round(milliseconds(full['expires-in']) / 1000),
    answers: full.answers,
  }
}

function readClientCertificate(raw: RawClientCertificate): ClientCertificateSetup {
  const full = merge<Required<RawClientCertificate>>(STANDARD_CLIENT_CERTIFICATE, raw)
  const { 'pem-style': pemStyle, ...rest } = full
  return {
    ...rest,
    pemStyle,
    certificate: typeof full.certificate === 'string' ? full.certificate : '',
  }
}

function readDispatcher(raw: RawDispatcher, target: TargetName): DispatcherSetup {
  const full = merge<Required<RawDispatcher>>(STANDARD_DISPATCHER, raw)
  const client = full['client-certificate']
  const retry = full.retry === 'none' ? 'none' : merge(STANDARD_RETRY, full.retry)
  return {
    trustAnchors: full['trust-anchors'],
    pins: full.pins,
    crls: full.crls === 'none' ? 'none' : readCrls(full.crls),
    clientCertificate: client === 'none' ? 'none' : readClientCertificate(client),
    minVersion: full['min-version'],
    oauth2: full.oauth2 === 'none' ? 'none' : readOAuth2(full.oauth2),
    signature: readSignature(full.signature, target),
    retry:
      retry === 'none'
        ? 'none'
        : {
            maxAttempts: retry['max-attempts'],
            initialDelayMs: milliseconds(retry['initial-delay']),
          },
    timeoutMs: milliseconds(full.timeout),
  }
}

function readCrls(raw: Readonly<Record<string, RawCrl | 'none'>>): readonly CrlDescription[] {
  return Object.entries(raw).flatMap(([name, crl]) => {
    if (crl === 'none') return []
    const full = { ...STANDARD_DISPATCHER_CRL, ...crl }
    return {
      issuer: full.issuer ?? name,
      signedBy: full['signed-by'] ?? null,
      revoked: full.revoked,
      reason: full.reason,
      thisUpdateMs: milliseconds(full['this-update']),
      nextUpdateMs: milliseconds(full['next-update']),
      number: full.number,
      extensions: full.extensions,
      entryExtensions: full['entry-extensions'],
    }
  })
}

function readSignature(raw: RawSignature, target: TargetName): SignatureSetup | 'none' {
  if (raw === 'none') return 'none'
  const { scheme, secrets } = typeof raw === 'string' ? { scheme: raw } : raw
  return { scheme: scheme ?? 'standard-webhooks', secrets: secrets ?? [target] }
}

function readOAuth2(raw: Exclude<RawDispatcher['oauth2'], 'none' | undefined>): OAuth2Setup {
  const full = { ...STANDARD_OAUTH2, ...raw }
  const client = full['client-certificate']
  return {
    clientCertificate: client === 'same' ? 'same' : readClientCertificate(client),
    trustAnchors: full['trust-anchors'],
  }
}
