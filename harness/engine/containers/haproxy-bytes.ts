import { HarnessError } from '../../errors.ts'
import type { EndpointSetup, OriginAnswer } from '../../scenario/setup.ts'
import { terminatingBind, turnedAway, type HaproxySlot, type NextHop } from './haproxy-config.ts'
import type { Served } from './served.ts'

/** What a terminator hands on between dispatcher and origin. */
export type Passing = 'messages' | 'bytes'

/**
 * `bytes` where an answer is no whole HTTP message: a proxy that reads messages would swallow what of it
 * there is, and the dispatcher would see another fault than the scenario's.
 */
export function passingOf({ answers }: Pick<EndpointSetup, 'answers'>): Passing {
  return answers.some(isNoMessage) ? 'bytes' : 'messages'
}

function isNoMessage({ kind }: OriginAnswer): boolean {
  switch (kind) {
    case 'truncated-head':
    case 'drip':
    case 'garbage':
      return true
    case 'status':
    case 'redirect':
    case 'close':
    case 'stall':
    case 'truncated':
    case 'endless':
      return false
  }
}

/**
 * Writes a slot of HAProxy that ends TLS and passes on what is inside octet by octet. The origin learns by
 * a PROXY protocol header of version 2 whose connection it is. Who is turned away gets to a backend that
 * reads a request first, as nginx does.
 *
 * @throws HarnessError `ERR_ENGINE_FAULT` for a setup that HAProxy cannot serve.
 */
export function bytesSlot(
  setup: EndpointSetup,
  served: Served,
  port: number,
  next: Omit<NextHop, 'proxyHeader'>,
): HaproxySlot {
  const { bind, files } = terminatingBind(setup, served, port)
  const lines = [
    `frontend slot-${port} from passes-bytes`,
    `  ${bind}`,
    ...turnedAway(setup, served).map(({ page, condition }) => {
      const backend = setup.rejectStyle === 'http-400' ? page : 'hangs-up'
      return `  use_backend ${backend} ${condition}`
    }),
    `  default_backend to-${port}`,
    `backend to-${port} from passes-bytes`,
    `  server next ${next.address}:${next.port} send-proxy-v2 proxy-v2-options unique-id`,
  ]
  return { text: `${lines.join('\n')}\n`, files }
}

/** @throws HarnessError `ERR_ENGINE_FAULT` for a setup whose answers cannot reach the dispatcher as they are. */
export function refuseUnpassable(setup: EndpointSetup): void {
  if (passingOf(setup) === 'messages') return
  const { scheme, loadBalancer, keepAlive } = setup
  const way =
    scheme === 'http'
      ? 'without TLS'
      : loadBalancer !== 'none'
        ? 'through a load balancer'
        : keepAlive === 'on'
          ? 'on a connection that is kept'
          : null
  if (way === null) return
  throw new HarnessError(
    'ERR_ENGINE_FAULT',
    `An answer that is no whole message cannot be passed on ${way}.`,
    { hint: 'Leave out load-balancer and keep-alive, and let the scheme be https.' },
  )
}
