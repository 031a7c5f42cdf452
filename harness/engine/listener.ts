import { passOn } from '../endpoint/load-balancer.ts'
import type { StartedSlot } from '../endpoint/listen.ts'
import type { StartedOrigin } from '../endpoint/origin.ts'
import { startPlainSlot } from '../endpoint/plain-slot.ts'
import type { Serve } from '../endpoint/serve.ts'
import type { SessionSharing } from '../endpoint/session-sharing.ts'
import type { Site } from '../endpoint/site.ts'
import { startTerminator } from '../endpoint/terminator.ts'
import type { Ledger } from '../observation/ledger.ts'
import type { Listener } from '../observation/types.ts'
import type { IssuedMaterial } from '../pki/types.ts'
import { leavesTlsAlone, mistakeOf } from '../scenario/passing.ts'
import type { EndpointSetup, WireFault } from '../scenario/setup.ts'
import type { Exposure } from './types.ts'
import { startWire, type StartedWire } from '../wire/wire.ts'

/** What one listener of a scenario needs. */
export interface ListenerOptions {
  readonly listener: Listener
  readonly setup: EndpointSetup
  readonly material: IssuedMaterial
  readonly ledger: Ledger
  readonly sessions: SessionSharing
  /** How it is reached from other machines; null = on loopback only. */
  readonly exposure: Exposure | null
  /** What serves the requests of a slot with that setup. */
  readonly serveFor: (setup: EndpointSetup) => Serve
}

/** A wire with its slots: what one URL of a scenario leads to. */
export interface StartedListener extends AsyncDisposable {
  /** `https://host:port`, or `http://…`. */
  readonly base: string
  /** Points the wire at a new slot, unless the setup is the one in place. */
  rotate(setup: EndpointSetup): Promise<void>
  settle(limitMs: number): Promise<void>
}

/** Starts a slot and the wire before it. */
export async function startListener(options: ListenerOptions): Promise<StartedListener> {
  const { listener, ledger, exposure } = options
  const slots: StartedSlot[] = []
  let setup = options.setup
  const addSlot = async (next: EndpointSetup): Promise<StartedSlot> => {
    const slot = await startSlot(options, next, `${listener}-${slots.length + 1}`)
    slots.push(slot)
    return slot
  }
  const { slot } = await addSlot(setup)
  let wire: StartedWire
  try {
    wire = await startWire({
      listener,
      host: setup.host,
      exposure,
      ledger,
      slot,
      fault: faultOf(setup),
    })
  } catch (error) {
    await disposeAll(slots)
    throw error
  }
  return {
    base: `${setup.scheme}://${exposure?.host ?? setup.host}:${wire.port}`,
    async rotate(next) {
      if (JSON.stringify(next) === JSON.stringify(setup)) return
      const { slot: nextSlot } = await addSlot(next)
      setup = next
      wire.point(nextSlot, faultOf(next))
    },
    settle: (limitMs) => wire.settle(limitMs),
    [Symbol.asyncDispose]: () => disposeAll([wire, ...slots]),
  }
}

/** Disposes of several things at once. */
export async function disposeAll(things: readonly AsyncDisposable[]): Promise<void> {
  await Promise.all(things.map((thing) => thing[Symbol.asyncDispose]()))
}

function startSlot(
  { listener, material, ledger, sessions, serveFor }: ListenerOptions,
  setup: EndpointSetup,
  name: string,
): Promise<StartedSlot> {
  const slot = { listener, name, setup, material, ledger, sessions, serve: serveFor(setup) }
  return setup.scheme === 'http' ? startPlainSlot(slot) : startTerminator(slot)
}

/** The wire's own fault, or what it shows in the place of a load balancer that there is none of here. */
function faultOf({ fault, loadBalancer }: EndpointSetup): WireFault {
  return fault === 'none' ? mistakeOf(loadBalancer) : fault
}

/** Hands requests to a site: in this process, or over the second hop of a load balancer. */
export function serveSite(origin: StartedOrigin, site: Site): (setup: EndpointSetup) => Serve {
  return ({ loadBalancer }) =>
    // The wire passes TLS through as well: another hop of that kind would show nowhere.
    loadBalancer === 'none' || leavesTlsAlone(loadBalancer)
      ? (request, response, arrival) => {
          origin.handle(request, response, { site, arrival, way: { by: 'direct' } })
        }
      : (request, response, arrival) => {
          passOn(request, response, { origin, site, arrival, mode: loadBalancer })
        }
}
