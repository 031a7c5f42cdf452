import type { IssuedMaterial } from '../../pki/types.ts'
import { leavesTlsAlone, mistakeOf } from '../../scenario/passing.ts'
import type { EndpointSetup, PassingLoadBalancer } from '../../scenario/setup.ts'
import type { Claim } from './claim.ts'
import type { ContainersFacts } from './facts.ts'
import {
  haproxySlot,
  passThroughSlot,
  type HaproxySlot,
  type NextHop,
  type PassedTo,
} from './haproxy-config.ts'
import type { HaproxyControl } from './haproxy-control.ts'
import { HaproxyPool, type HaproxyWork } from './haproxy-pool.ts'
import { nginxShape, plainShape, type NginxShape } from './nginx-config.ts'
import type { NginxControl } from './nginx-control.ts'
import { NginxPool, type NginxWork } from './nginx-pool.ts'
import { Ports } from './ports.ts'
import type { ReloadLock } from './reload-lock.ts'
import { servedBy, type Served } from './served.ts'
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

/** What a house of slots works with. */
export interface SlotHouseParts {
  readonly facts: ContainersFacts
  readonly nginx: Pick<NginxControl, 'write' | 'load'>
  readonly haproxy: Pick<HaproxyControl, 'write' | 'load'>
  readonly lock: Pick<ReloadLock, 'alone' | 'reloaded'>
  readonly claim: Claim
  /** Does something with a container, and makes of its failure an error that tells about the container. */
  readonly using: <T>(name: Terminator, failing: string, work: () => Promise<T>) => Promise<T>
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
 * Which container ends TLS for a setup: nginx, unless it takes a real alert, a load balancer that ends it
 * or no ALPN. Where TLS never comes about, HAProxy tells all that there is.
 */
export function terminatorFor(setup: EndpointSetup): Terminator {
  if (setup.scheme === 'http') return 'nginx'
  if (leavesTlsAlone(setup.loadBalancer)) {
    return mistakeOf(setup.loadBalancer) === 'none' ? 'nginx' : 'haproxy'
  }
  // nginx always answers ALPN.
  if (setup.loadBalancer !== 'none' || setup.alpn.length === 0) return 'haproxy'
  const alerts = setup.rejectStyle === 'alert' && setup.clientCertificate !== 'not-requested'
  return alerts ? 'haproxy' : 'nginx'
}

/** One worker's slots in both terminators. */
export class SlotHouse {
  readonly #parts: SlotHouseParts
  readonly #ports: Ports
  readonly #nginxPool: NginxPool
  readonly #haproxyPool = new HaproxyPool()
  /** Slots of HAProxy with the slot of nginx behind them, which has the same number. */
  readonly #behind = new Set<number>()
  /** Settles, never rejects, when the lease that was asked for last is there. */
  #turn: Promise<void> = Promise.resolve()

  constructor(parts: SlotHouseParts) {
    this.#parts = parts
    this.#ports = new Ports(parts.claim.slots)
    this.#nginxPool = new NginxPool(this.#ports)
  }

  /**
   * A slot for each of these setups. All are up when it resolves; connections that are open meanwhile
   * are not disturbed, idle ones may be closed.
   *
   * @throws HarnessError `ERR_ENGINE_FAULT` for a setup that cannot be served, or a container that does
   *   not do it
   */
  async lease(
    setups: readonly EndpointSetup[],
    material: IssuedMaterial,
  ): Promise<readonly Lease[]> {
    const served = setups.map((setup) =>
      setup.scheme === 'http' ? null : servedBy(setup, material),
    )
    // One after the other: a configuration names the files of every slot that was taken so far, and
    // those that another lease has yet to write would be missing.
    const lease = this.#turn.then(() => this.#leaseInTurn(setups, served))
    this.#turn = lease.then(
      () => undefined,
      () => undefined,
    )
    return lease
  }

  async #leaseInTurn(
    setups: readonly EndpointSetup[],
    served: readonly (Served | null)[],
  ): Promise<readonly Lease[]> {
    try {
      const leases = setups.map((setup, index) => this.#take(setup, served[index] ?? null))
      await this.#carryOut()
      return leases
    } catch (error) {
      this.#undo()
      throw error
    }
  }

  free(leases: readonly Lease[]): void {
    for (const { number, entrance } of leases) {
      if (entrance === 'nginx') this.#nginxPool.free(number)
      else this.#haproxyPool.free(number)
    }
  }

  #take(setup: EndpointSetup, served: Served | null): Lease {
    const terminator = terminatorFor(setup)
    const allowed = served?.allowed?.map(({ sha256 }) => sha256) ?? null
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

  #nextIsNginx(): NextHop {
    return { address: this.#parts.facts.nginx.address, port: NGINX_PORT, proxyHeader: 'sent' }
  }

  #takePassThrough(mode: PassingLoadBalancer, usual: NginxShape, served: Served): number {
    const { entrance, behind, proxyHeader, topic } = WAYS[mode]
    const { address } = this.#parts.facts.nginx
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
    const { traffic } = this.#parts.facts.backend
    const isBalancer = setup.loadBalancer !== 'none'
    const next: NextHop = isBalancer ? this.#nextIsNginx() : { ...traffic, proxyHeader: 'none' }
    const slotAt = (number: number): HaproxySlot => haproxySlot(setup, served, number, next)
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

  async #carryOut(): Promise<void> {
    const { lock, nginx } = this.#parts
    const forNginx = this.#nginxPool.work()
    const forHaproxy = this.#haproxyPool.work()
    if (forNginx.configuration === 'same' && forHaproxy.configuration === 'same') {
      await this.#doing('nginx', () => nginx.write(forNginx.files))
    } else {
      await lock.alone(async () => {
        try {
          await this.#doing('nginx', () => this.#carryOutIn('nginx', forNginx))
          await this.#doing('haproxy', () => this.#carryOutIn('haproxy', forHaproxy))
        } catch (error) {
          this.#undo()
          // Before the next reload, perhaps another worker's. The first error tells more than one of this.
          await this.#writeBack().catch(() => undefined)
          throw error
        }
      })
    }
    this.#nginxPool.done()
    this.#haproxyPool.done()
  }

  #doing(name: Terminator, work: () => Promise<void>): Promise<void> {
    return this.#parts.using(name, 'did not take the slots of a scenario', work)
  }

  async #carryOutIn(name: Terminator, { files, configuration }: NginxWork | HaproxyWork) {
    const control = this.#parts[name]
    if (configuration === 'same') {
      if (files.size > 0) await control.write(files)
      return
    }
    await control.load(new Map([...files, ...this.#configurationOf(name)]))
    this.#parts.lock.reloaded()
  }

  /** Takes back what was taken since the last work was done. What other scenarios have stays as it is. */
  #undo(): void {
    for (const number of this.#haproxyPool.undo()) {
      // Where nginx has it too, it is given back there.
      if (!this.#behind.delete(number)) this.#ports.giveBack([number])
    }
    this.#nginxPool.undo()
  }

  /** Puts the configurations without what was refused where the next reload finds them. */
  async #writeBack(): Promise<void> {
    const { nginx, haproxy } = this.#parts
    await nginx.write(this.#configurationOf('nginx'))
    await haproxy.write(this.#configurationOf('haproxy'))
  }

  /** This worker's part of a configuration, by file. */
  #configurationOf(name: Terminator): ReadonlyMap<string, string> {
    const { claim, facts } = this.#parts
    const file = (extension: string): string => `worker-${claim.index}.${extension}`
    if (name === 'haproxy') return new Map([[file('cfg'), this.#haproxyPool.render()]])
    return new Map([
      [file('conf'), this.#nginxPool.render()],
      [file('stream'), this.#nginxPool.renderStream(facts.nginx.address)],
    ])
  }
}
