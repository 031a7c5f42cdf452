import { once } from 'node:events'
import type { Server } from 'node:net'
import { startOrigin } from '../../endpoint/origin.ts'
import { startTokenService } from '../../token-server/service.ts'
import { createBytesServer } from './bytes-server.ts'
import { createControl } from './control.ts'
import { Targets } from './targets.ts'
import { createTrafficServer, type TrafficParts } from './traffic.ts'

/** How to start a backend. */
export interface BackendOptions {
  /** Address of both ports, for example `0.0.0.0` in a container. */
  readonly host: string
  /** 0 = any free one. */
  readonly trafficPort: number
  readonly controlPort: number
  /** Where HAProxy passes octets on. Left out: nowhere. */
  readonly bytesPort?: number
  /** Needed for everything on the control port but `/health`. */
  readonly controlSecret: string
  /** What nginx and HAProxy must send in `Hookproof-Secret`; null = they need not. */
  readonly trafficSecret: string | null
  /** How late the token misbehaviour `slow` answers, in milliseconds. Default 10 000. */
  readonly slowMs?: number
  /** Starts sites and realms before anything listens. Default: the control port starts them all. */
  readonly prepare?: (targets: Targets) => Promise<void>
}

/** Origin and token server, listening. */
export interface StartedBackend extends AsyncDisposable {
  readonly trafficPort: number
  readonly controlPort: number
  /** 0 = there is none. */
  readonly bytesPort: number
}

/** Starts origin and token server behind one traffic port, with a control port beside it. */
export async function startBackend(options: BackendOptions): Promise<StartedBackend> {
  const { host, controlSecret, slowMs } = options
  const origin = await startOrigin('none')
  const tokenService = await startTokenService({
    now: () => new Date(),
    ...(slowMs === undefined ? {} : { slowMs }),
  })
  const targets = new Targets(tokenService)
  const parts: TrafficParts = { origin, tokenService, targets, secret: options.trafficSecret }
  const traffic = createTrafficServer(parts)
  const bytes = createBytesServer(parts)
  const control = createControl(targets, controlSecret)
  const close = async (): Promise<void> => {
    traffic.closeAllConnections()
    traffic.close()
    bytes.closeAllConnections()
    bytes.server.close()
    control.server.closeAllConnections()
    await control.close()
    await tokenService[Symbol.asyncDispose]()
    await origin[Symbol.asyncDispose]()
  }
  try {
    await options.prepare?.(targets)
    traffic.listen(options.trafficPort, host)
    await once(traffic, 'listening')
    if (options.bytesPort !== undefined) {
      bytes.server.listen(options.bytesPort, host)
      await once(bytes.server, 'listening')
    }
    await control.listen({ host, port: options.controlPort })
  } catch (error) {
    await close()
    throw error
  }
  return {
    trafficPort: portOf(traffic),
    controlPort: portOf(control.server),
    bytesPort: portOf(bytes.server),
    [Symbol.asyncDispose]: close,
  }
}

function portOf(server: Server): number {
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}
