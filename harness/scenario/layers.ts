import {
  STANDARD_CERTIFICATES,
  STANDARD_DISPATCHER,
  STANDARD_ELSEWHERE,
  STANDARD_ENDPOINT,
  STANDARD_TOKEN_SERVER,
} from './defaults.ts'
import { merge } from './merge.ts'
import type { DocumentPath } from './problems.ts'
import type {
  RawCertificate,
  RawCertificateUse,
  RawClientCertificate,
  RawDispatcher,
  RawEndpoint,
  RawSecret,
  RawSetup,
  RawSignature,
  RawTokenServer,
} from './raw.ts'

/** A setup with everything under it laid in, still in the words of the file. */
export interface Layers {
  readonly certificates: Readonly<Record<string, RawCertificate>>
  readonly endpoint: RawEndpoint
  readonly tokenServer: RawTokenServer | null
  readonly elsewhere: RawEndpoint | null
  readonly dispatcher: RawDispatcher
  readonly otherDispatcher: RawDispatcher | null
  readonly event: { readonly size?: number | 'small' }
  readonly secrets: Readonly<Record<string, RawSecret>>
  /** Where the file last said something about a certificate, by its name. */
  readonly places: Readonly<Record<string, DocumentPath>>
}

/** Whether a certificate of this name is described; `constructor` is not, however objects are built. */
export function knows(layers: Layers, name: string): 'known' | 'unknown' {
  return Object.hasOwn(layers.certificates, name) ? 'known' : 'unknown'
}

/** The standard situation, under every control. */
export const STANDARD_LAYERS: Layers = {
  certificates: STANDARD_CERTIFICATES,
  endpoint: STANDARD_ENDPOINT,
  tokenServer: null,
  elsewhere: null,
  dispatcher: STANDARD_DISPATCHER,
  otherDispatcher: null,
  event: { size: 'small' },
  secrets: {},
  places: {},
}

/** Patches of certificates, collected while a layer is laid. */
class Patches {
  certificates: Readonly<Record<string, RawCertificate>>
  places: Readonly<Record<string, DocumentPath>>

  constructor(under: Layers) {
    this.certificates = under.certificates
    this.places = under.places
  }

  add(name: string, patch: RawCertificate, place: DocumentPath): void {
    const standing = this.certificates[name]
    const merged = standing === undefined ? patch : merge(standing, patch)
    this.certificates = { ...this.certificates, [name]: merged }
    this.places = { ...this.places, [name]: place }
  }

  /**
   * Reads `certificate: { not-after: -1d }`, which patches the certificate that would be used, and
   * gives the name to use.
   */
  use(use: RawCertificateUse | undefined, standing: string, place: DocumentPath): string {
    if (use === undefined) return standing
    if (typeof use === 'string') return use
    this.add(standing, use, place)
    return standing
  }
}

/** The name in force, once every layer below has been settled. */
function named(use: RawCertificateUse | undefined, otherwise: string): string {
  return typeof use === 'string' ? use : otherwise
}

function layEndpoint(
  under: RawEndpoint,
  over: RawEndpoint | undefined,
  patches: Patches,
  place: DocumentPath,
): RawEndpoint {
  if (over === undefined) return under
  const { certificate, ...rest } = over
  const name = patches.use(certificate, named(under.certificate, 'endpoint'), [
    ...place,
    'certificate',
  ])
  return { ...merge(under, rest), certificate: name }
}

function layClientCertificate<Word extends string>(
  under: RawClientCertificate | Word | undefined,
  over: RawClientCertificate | Word | undefined,
  patches: Patches,
  place: DocumentPath,
): RawClientCertificate | Word | undefined {
  if (over === undefined) return under
  if (typeof over === 'string') return over
  const standing: RawClientCertificate = typeof under === 'object' ? under : {}
  const { certificate, ...rest } = over
  const name = patches.use(certificate, named(standing.certificate, 'dispatcher'), [
    ...place,
    'certificate',
  ])
  return { ...merge(standing, rest), certificate: name }
}

function layDispatcher(
  under: RawDispatcher,
  over: RawDispatcher | undefined,
  patches: Patches,
  place: DocumentPath,
): RawDispatcher {
  if (over === undefined) return under
  const { 'client-certificate': certificate, oauth2, signature, ...rest } = over
  const client = layClientCertificate(under['client-certificate'], certificate, patches, [
    ...place,
    'client-certificate',
  ])
  return {
    ...merge<RawDispatcher>(under, rest),
    ...(client === undefined ? {} : { 'client-certificate': client }),
    ...(oauth2 === undefined ? {} : { oauth2: layOAuth2(under.oauth2, oauth2, patches, place) }),
    ...(signature === undefined ? {} : { signature: laySignature(under.signature, signature) }),
  }
}

/** The long form patches the short one; the short form says all there is to say. */
function laySignature(under: RawSignature | undefined, over: RawSignature): RawSignature {
  if (typeof over === 'string') return over
  if (under === undefined || under === 'none') return over
  return merge(typeof under === 'string' ? { scheme: under } : under, over)
}

type RawOAuth2 = NonNullable<RawDispatcher['oauth2']>

function layOAuth2(
  under: RawOAuth2 | undefined,
  over: RawOAuth2,
  patches: Patches,
  place: DocumentPath,
): RawOAuth2 {
  if (over === 'none') return over
  const standing = typeof under === 'object' ? under : {}
  const { 'client-certificate': certificate, ...rest } = over
  const client = layClientCertificate(standing['client-certificate'], certificate, patches, [
    ...place,
    'oauth2',
    'client-certificate',
  ])
  return {
    ...merge(standing, rest),
    ...(client === undefined ? {} : { 'client-certificate': client }),
  }
}

/** Lays a control, a scenario or a step upon what is under it. `place` is where it stands in the file. */
export function lay(under: Layers, over: RawSetup, place: DocumentPath): Layers {
  const patches = new Patches(under)
  for (const [name, patch] of Object.entries(over.certificates ?? {})) {
    patches.add(name, patch, [...place, 'certificates', name])
  }
  const at = (...keys: readonly string[]) => [...place, ...keys]
  const endpoint = layEndpoint(under.endpoint, over.endpoint, patches, at('endpoint'))
  const elsewhere =
    over.elsewhere === undefined
      ? under.elsewhere
      : layEndpoint(under.elsewhere ?? STANDARD_ELSEWHERE, over.elsewhere, patches, at('elsewhere'))
  const tokenServer = layTokenServer(under.tokenServer, over['token-server'], patches, place)
  const dispatcher = layDispatcher(under.dispatcher, over.dispatcher, patches, at('dispatcher'))
  const otherDispatcher = layDispatcher(
    under.otherDispatcher ?? dispatcher,
    over['other-dispatcher'],
    patches,
    at('other-dispatcher'),
  )
  const event = merge(under.event, over.event)
  const secrets = merge(under.secrets, over.secrets)
  const { certificates, places } = patches
  return {
    certificates,
    endpoint,
    tokenServer,
    elsewhere,
    dispatcher,
    otherDispatcher:
      under.otherDispatcher === null && over['other-dispatcher'] === undefined
        ? null
        : otherDispatcher,
    event,
    secrets,
    places,
  }
}

function layTokenServer(
  under: RawTokenServer | null,
  over: RawTokenServer | undefined,
  patches: Patches,
  place: DocumentPath,
): RawTokenServer | null {
  if (over === undefined) return under
  const standing: RawTokenServer = under ?? STANDARD_TOKEN_SERVER
  const { endpoint, ...rest } = over
  const tls = layEndpoint(standing.endpoint ?? STANDARD_TOKEN_SERVER.endpoint, endpoint, patches, [
    ...place,
    'token-server',
    'endpoint',
  ])
  return { ...merge<RawTokenServer>(standing, rest), endpoint: tls }
}
