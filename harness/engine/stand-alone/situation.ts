import { HarnessError } from '../../errors.ts'
import { STANDARD_TOKEN_SERVER } from '../../scenario/defaults.ts'
import { STANDARD_LAYERS } from '../../scenario/layers.ts'
import { readCertificates, type Certificates } from '../../scenario/read-certificates.ts'
import { readSituation } from '../../scenario/read-setup.ts'
import type {
  ClientCertificateSetup,
  EndpointSetup,
  TokenServerSetup,
} from '../../scenario/setup.ts'

/**
 * What a person can try by hand, each on a port of its own, with the slot that it has inside the
 * containers: there the port is the slot's number, since no wire names it in a PROXY header.
 */
export const PLACES = {
  /** The standard endpoint, in nginx. */
  endpoint: { slot: 20_001, terminator: 'nginx' },
  /** The standard token server, in nginx. */
  'token-server': { slot: 20_002, terminator: 'nginx' },
  /** The standard endpoint, which wants a certificate-bound token besides (RFC 8705 3). */
  'bound-endpoint': { slot: 20_003, terminator: 'nginx' },
  /** The standard endpoint in HAProxy, which refuses with a TLS alert where nginx answers 400. */
  'alert-endpoint': { slot: 20_004, terminator: 'haproxy' },
} as const satisfies Readonly<
  Record<string, { readonly slot: number; readonly terminator: 'nginx' | 'haproxy' }>
>

/** Name of one of {@link PLACES}. */
export type Place = keyof typeof PLACES

/** All of {@link PLACES}, in order. */
export const PLACE_NAMES = Object.keys(PLACES) as readonly Place[]

/** The standard situation of scenario files, without a scenario. */
export interface StandAloneSituation {
  readonly setups: Readonly<Record<Place, EndpointSetup>>
  readonly tokenServer: TokenServerSetup
  readonly certificates: Certificates
  readonly trustAnchors: readonly string[]
  readonly clientCertificate: ClientCertificateSetup
}

/** Reads the standard situation as if a scenario file said nothing but `token-server: {}`. */
export function standAloneSituation(): StandAloneSituation {
  const layers = { ...STANDARD_LAYERS, tokenServer: STANDARD_TOKEN_SERVER }
  const { endpoint, tokenServer, dispatcher } = readSituation(layers)
  const { trustAnchors, clientCertificate } = dispatcher
  const certificates = readCertificates(layers, (_place, says) => {
    throw impossible(says)
  })
  if (tokenServer === null || trustAnchors === 'own-store' || clientCertificate === 'none') {
    throw impossible('it has no token server, trust anchor or client certificate')
  }
  if (tokenServer.registeredCertificate !== clientCertificate.certificate) {
    throw impossible('its token server knows another certificate than the dispatcher has')
  }
  return {
    setups: {
      endpoint,
      'token-server': tokenServer.endpoint,
      'bound-endpoint': { ...endpoint, policy: { ...endpoint.policy, bearer: 'bound' } },
      'alert-endpoint': { ...endpoint, rejectStyle: 'alert' },
    },
    tokenServer,
    certificates,
    trustAnchors,
    clientCertificate,
  }
}

function impossible(why: string): HarnessError {
  return new HarnessError('ERR_ENGINE_FAULT', `The standard situation cannot be tried: ${why}.`, {
    hint: 'Correct harness/scenario/defaults.ts.',
  })
}
