import type { IssuedMaterial } from '../../pki/types.ts'
import type { EndpointSetup } from '../../scenario/setup.ts'
import type { Claim } from './claim.ts'
import type { ContainersFacts } from './facts.ts'
import { bytesSlot, passingOf, refuseUnpassable } from './haproxy-bytes.ts'
import { haproxySlot, passThroughSlot, type HaproxySlot, type NextHop } from './haproxy-config.ts'
import type { HaproxyControl } from './haproxy-control.ts'
import { HaproxyPool, type HaproxyWork } from './haproxy-pool.ts'
import { nginxShape, plainShape } from './nginx-config.ts'
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
  readonly nginx: NginxControl
  readonly haproxy: HaproxyControl
  readonly lock: ReloadLock
  readonly claim: Claim
  /** Does something with a container, and makes of its failure an error that tells about the container. */
  readonly using: <T>(name: Terminator, failing: string, work: () => Promise<T>) => Promise<T>
}

/** Stands for the number of a slot that does not exist yet. */
const NO_NUMBER = 65_535

/** The published port of nginx inside the network of the run. */
const NGINX_PORT = 8443

/**
 * Which container ends TLS for a setup: nginx, unless it takes a real alert, a load balancer that ends it,
 * no ALPN, certificates allowed by thumbprint alone, or octets passed on as they come.
 */
export function terminatorFor(setup: EndpointSetup): Terminator {
  if (passingOf(setup) === 'bytes') return 'haproxy'
  if (setup.scheme === 'http' || setup.loadBalancer === 'passes-through') return 'nginx'
  // nginx always answers ALPN.
  if (setup.loadBalancer !== 'none' || setup.alpn.length === 0) return 'haproxy'
  // nginx looks at dates and purpose even where it asks for no path.
  if (setup.allowedClientCertificates !== 'any-under-anchors') return 'haproxy'
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
    const leases: Lease[] = []
    try {
      for (const [index, setup] of setups.entries()) {
        leases.push(this.#take(setup, served[index] ?? null))
      }
      await this.#carryOut()
    } catch (error) {
      await this.#startOver()
      throw error
    }
    return leases
  }

  free(leases: readonly Lease[]): void {
    for (const { number, entrance } of leases) {
      if (entrance === 'nginx') this.#nginxPool.free(number)
      else this.#haproxyPool.free(number)
    }
  }

  #take(setup: EndpointSetup, served: Served | null): Lease {
    refuseUnpassable(setup)
    const terminator = terminatorFor(setup)
    const allowed = served?.allowed ?? null
    if (served === null) {
      const number = this.#nginxPool.take(plainShape(setup.keepAlive), null)
      return { number, terminator, entrance: terminator, allowed }
    }
    if (setup.loadBalancer === 'passes-through') {
      return {
        number: this.#takePassThrough(setup, served),
        terminator,
        entrance: 'haproxy',
        allowed,
      }
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

  #takePassThrough(setup: EndpointSetup, served: Served): number {
    const shape = nginxShape(setup, served)
    const sameBehind = JSON.stringify([shape.lines, served.chain])
    const slotAt = (number: number) => passThroughSlot(sameBehind, number, this.#nextIsNginx())
    const known = this.#haproxyPool.find(slotAt(NO_NUMBER), NO_NUMBER)
    if (known !== null) return known
    const number = this.#nginxPool.take(shape, served)
    this.#behind.add(number)
    this.#release(this.#haproxyPool.add(slotAt(number), number))
    return number
  }

  #takeHaproxy(setup: EndpointSetup, served: Served): number {
    const { traffic } = this.#parts.facts.backend
    const isBalancer = setup.loadBalancer !== 'none'
    const next: NextHop = isBalancer ? this.#nextIsNginx() : { ...traffic, proxyHeader: 'none' }
    const bytes = this.#parts.facts.backend.bytes
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

  async #carryOut(): Promise<void> {
    const { lock, nginx } = this.#parts
    const forNginx = this.#nginxPool.work()
    const forHaproxy = this.#haproxyPool.work()
    if (forNginx.configuration === 'same' && forHaproxy.configuration === 'same') {
      await this.#doing('nginx', () => nginx.write(forNginx.files))
      return
    }
    await lock.alone(async () => {
      await this.#doing('nginx', () => this.#carryOutIn('nginx', forNginx))
      await this.#doing('haproxy', () => this.#carryOutIn('haproxy', forHaproxy))
    })
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
    const [pool, extension] =
      name === 'nginx'
        ? ([this.#nginxPool, 'conf'] as const)
        : ([this.#haproxyPool, 'cfg'] as const)
    await control.load(new Map([...files, [this.#file(extension), pool.render()]]))
    this.#parts.lock.reloaded()
  }

  /** Leaves nothing behind that would make the next reload, perhaps another worker's, fail too. */
  async #startOver(): Promise<void> {
    const { nginx, haproxy, lock } = this.#parts
    const numbers = this.#haproxyPool.forget()
    this.#ports.giveBack(numbers.filter((number) => !this.#behind.has(number)))
    this.#behind.clear()
    this.#nginxPool.forget()
    const nothing = '# nothing\n'
    await lock
      .alone(async () => {
        await nginx.write(new Map([[this.#file('conf'), nothing]]))
        await haproxy.write(new Map([[this.#file('cfg'), nothing]]))
      })
      // The first error tells more.
      .catch(() => undefined)
  }

  #file(extension: 'conf' | 'cfg'): string {
    return `worker-${this.#parts.claim.index}.${extension}`
  }
}
