import { leavesTlsAlone, mistakeOf } from '../../scenario/passing.ts'
import type { EndpointSetup, PassingLoadBalancer } from '../../scenario/setup.ts'
import type { Claim } from './claim.ts'
import type { ContainersFacts } from './facts.ts'
import { bytesSlot, passingOf, refuseUnpassable } from './haproxy-bytes.ts'
import {
  haproxySlot,
  passThroughSlot,
  type HaproxySlot,
  type NextHop,
  type PassedTo,
} from './haproxy-config.ts'
import { HaproxyPool, type HaproxyWork } from './haproxy-pool.ts'
import { nginxShape, plainShape, type NginxShape } from './nginx-config.ts'
import { NginxPool, type NginxWork } from './nginx-pool.ts'
import { Ports } from './ports.ts'
import type { Served } from './served.ts'
import type { Terminator } from './visits.ts'

/** A slot that a scenario has to itself until it frees it. */
export interface Lease {
  /** Its number, in the PROXY protocol header and in `Hookproof-Slot`. */
  readonly number: number
  readonly terminator: Terminator
  /** Where the wire leads: the terminator, or the load balancer that passes TLS through to it. */
  readonly entrance: Terminator
  /** SHA-256 of the client certificates that are accepted without a path, or null. */
  readonly allowed: readonly string[] | null
}

/** A setup, and what its terminator is given; null = it speaks no TLS. */
export interface Wanted {
  readonly setup: EndpointSetup
  readonly served: Served | null
}

/** Stands for the number of a slot that does not exist yet. */
const NO_NUMBER = 65_535

/** The published port of nginx inside the network of the run. */
const NGINX_PORT = 8443

/** How each load balancer that leaves TLS alone comes to nginx, and whether to a slot of its own there. */
interface Way extends Pick<PassedTo, 'proxyHeader' | 'topic'> {
  readonly entrance: NginxShape['entrance']
  readonly behind: 'slot' | 'nothing'
}

const THROUGH = {
  proxyHeader: 'sent',
  topic: 'passes-through',
  entrance: 'published',
  behind: 'slot',
} as const

const WAYS: Readonly<Record<PassingLoadBalancer, Way>> = {
  'passes-through': THROUGH,
  'passes-through-silently': {
    ...THROUGH,
    proxyHeader: 'none',
    topic: 'passes-through-silently',
    entrance: 'bare',
  },
  'adds-proxy-header': { ...THROUGH, entrance: 'bare' },
  // The published port closes before it could tell which slot was meant.
  'omits-proxy-header': { ...THROUGH, proxyHeader: 'none', behind: 'nothing' },
}

/**
 * Which container ends TLS for a setup: nginx, unless it takes a real alert, a load balancer that ends it,
 * no ALPN, certificates allowed by thumbprint alone, or octets passed on as they come. Where TLS never comes
 * about, HAProxy tells all that there is.
 */
export function terminatorFor(setup: EndpointSetup): Terminator {
  if (passingOf(setup) === 'bytes') return 'haproxy'
  if (setup.scheme === 'http') return 'nginx'
  if (leavesTlsAlone(setup.loadBalancer)) {
    return mistakeOf(setup.loadBalancer) === 'none' ? 'nginx' : 'haproxy'
  }
  // nginx always answers ALPN.
  if (setup.loadBalancer !== 'none' || setup.alpn.length === 0) return 'haproxy'
  // nginx looks at dates and purpose even where it asks for no path.
  if (setup.allowedClientCertificates !== 'any-under-anchors') return 'haproxy'
  const alerts = setup.rejectStyle === 'alert' && setup.clientCertificate !== 'not-requested'
  return alerts ? 'haproxy' : 'nginx'
}

/** The parts that workers have of each configuration, where they have no slots. */
export function nothingOf(
  indexes: readonly number[],
): Readonly<Record<Terminator, ReadonlyMap<string, string>>> {
  const nothing = '# nothing\n'
  const files = (texts: Parameters<typeof filesOf>[1]) =>
    new Map(indexes.flatMap((index) => [...filesOf(index, texts)]))
  return {
    nginx: files({ conf: nothing, stream: nothing }),
    haproxy: files({ cfg: nothing }),
  }
}

function filesOf(
  index: number,
  texts: Readonly<Partial<Record<'cfg' | 'conf' | 'stream', string>>>,
): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(texts).map(([extension, text]) => [`worker-${index}.${extension}`, text]),
  )
}

/** What has to be done in each terminator before leases hold. */
export interface SlotWork {
  readonly nginx: NginxWork
  readonly haproxy: HaproxyWork
}

/**
 * One worker's slots in both terminators, and which of them make a lease. Bookkeeping only: the caller
 * carries the work out.
 */
export class SlotPools {
  readonly #facts: ContainersFacts
  readonly #index: number
  readonly #ports: Ports
  readonly #nginxPool: NginxPool
  readonly #haproxyPool = new HaproxyPool()
  /** Slots of HAProxy with the slot of nginx behind them, which has the same number. */
  readonly #behind = new Set<number>()

  constructor(facts: ContainersFacts, claim: Pick<Claim, 'index' | 'slots'>) {
    this.#facts = facts
    this.#index = claim.index
    this.#ports = new Ports(claim.slots)
    this.#nginxPool = new NginxPool(this.#ports)
  }

  /** @throws HarnessError `ERR_ENGINE_FAULT` for a setup that cannot be served, or too many of them */
  take({ setup, served }: Wanted): Lease {
    refuseUnpassable(setup)
    const terminator = terminatorFor(setup)
    const allowed = served?.allowed ?? null
    if (served === null) {
      const number = this.#nginxPool.take(plainShape(setup.keepAlive), null)
      return { number, terminator, entrance: terminator, allowed }
    }
    if (leavesTlsAlone(setup.loadBalancer)) {
      const number = this.#takePassThrough(setup.loadBalancer, nginxShape(setup, served), served)
      return { number, terminator, entrance: 'haproxy', allowed }
    }
    const number =
      terminator === 'nginx'
        ? this.#nginxPool.take(nginxShape(setup, served), served)
        : this.#takeHaproxy(setup, served)
    return { number, terminator, entrance: terminator, allowed }
  }

  /** Makes ready what a setup needs, so that taking it makes no reload. Throws as {@link take} does. */
  prepare(wanted: Wanted): void {
    const { setup, served } = wanted
    if (
      served !== null &&
      (leavesTlsAlone(setup.loadBalancer) || terminatorFor(setup) === 'haproxy')
    ) {
      this.free([this.take(wanted)])
      return
    }
    this.#nginxPool.prepare(
      served === null ? plainShape(setup.keepAlive) : nginxShape(setup, served),
    )
  }

  free(leases: readonly Lease[]): void {
    for (const { number, entrance } of leases) {
      if (entrance === 'nginx') this.#nginxPool.free(number)
      else this.#haproxyPool.free(number)
    }
  }

  /** Whether what was taken since the last work needs a reload. */
  get needsReload(): boolean {
    return this.#nginxPool.needsReload || this.#haproxyPool.needsReload
  }

  /** What has become necessary since the last call. */
  work(): SlotWork {
    return { nginx: this.#nginxPool.work(), haproxy: this.#haproxyPool.work() }
  }

  /** The work is done. */
  done(): void {
    this.#nginxPool.done()
    this.#haproxyPool.done()
  }

  /** Takes back what was taken since the last work was done. What other scenarios have stays as it is. */
  undo(): void {
    for (const number of this.#haproxyPool.undo()) {
      // Where nginx has it too, it is given back there.
      if (!this.#behind.delete(number)) this.#ports.giveBack([number])
    }
    this.#nginxPool.undo()
  }

  /** This worker's part of a configuration, by file. */
  configurationOf(name: Terminator): ReadonlyMap<string, string> {
    return name === 'haproxy'
      ? filesOf(this.#index, { cfg: this.#haproxyPool.render() })
      : filesOf(this.#index, {
          conf: this.#nginxPool.render(),
          stream: this.#nginxPool.renderStream(this.#facts.nginx.address),
        })
  }

  #nextIsNginx(): NextHop {
    return { address: this.#facts.nginx.address, port: NGINX_PORT, proxyHeader: 'sent' }
  }

  #takePassThrough(mode: PassingLoadBalancer, usual: NginxShape, served: Served): number {
    const { entrance, behind, proxyHeader, topic } = WAYS[mode]
    const { address } = this.#facts.nginx
    const shape: NginxShape = { ...usual, entrance }
    const sameBehind = behind === 'nothing' ? '' : JSON.stringify([shape.lines, served.chain])
    const slotAt = (number: number): HaproxySlot => {
      const port = entrance === 'bare' ? number : NGINX_PORT
      return passThroughSlot(sameBehind, number, { address, port, proxyHeader, topic })
    }
    const known = this.#haproxyPool.find(slotAt(NO_NUMBER), NO_NUMBER)
    if (known !== null) return known
    const number = behind === 'nothing' ? this.#ports.take() : this.#nginxPool.take(shape, served)
    if (behind === 'slot') this.#behind.add(number)
    this.#release(this.#haproxyPool.add(slotAt(number), number))
    return number
  }

  #takeHaproxy(setup: EndpointSetup, served: Served): number {
    const { traffic, bytes } = this.#facts.backend
    const isBalancer = setup.loadBalancer !== 'none'
    const next: NextHop = isBalancer ? this.#nextIsNginx() : { ...traffic, proxyHeader: 'none' }
    const slotAt = (number: number): HaproxySlot =>
      passingOf(setup) === 'bytes'
        ? bytesSlot(setup, served, number, bytes)
        : haproxySlot(setup, served, number, next)
    const known = this.#haproxyPool.find(slotAt(NO_NUMBER), NO_NUMBER)
    if (known !== null) return known
    const number = isBalancer ? this.#nginxPool.take(plainShape('off'), null) : this.#ports.take()
    if (isBalancer) this.#behind.add(number)
    this.#release(this.#haproxyPool.add(slotAt(number), number))
    return number
  }

  #release(numbers: readonly number[]): void {
    for (const number of numbers) {
      if (this.#behind.delete(number)) this.#nginxPool.free(number)
      else this.#ports.giveBack([number])
    }
  }
}
