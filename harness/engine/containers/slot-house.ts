import { HarnessError } from '../../errors.ts'
import type { IssuedMaterial } from '../../pki/types.ts'
import type { EndpointSetup } from '../../scenario/setup.ts'
import type { Soon } from '../types.ts'
import type { Claim } from './claim.ts'
import { ContainerFault } from './container-fault.ts'
import type { ContainersFacts } from './facts.ts'
import type { HaproxyControl } from './haproxy-control.ts'
import type { NginxControl } from './nginx-control.ts'
import type { ReloadLock } from './reload-lock.ts'
import { ServedMemo } from './served-memo.ts'
import { nothingOf, SlotPools, type Lease, type SlotWork, type Wanted } from './slot-pools.ts'
import type { Terminator } from './visits.ts'

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

/** Slots that are made ready at once for scenarios to come. Reloading costs by their number. */
const MOST_PREPARED = 16

/** One worker's slots in both terminators. */
export class SlotHouse {
  readonly #parts: SlotHouseParts
  readonly #pools: SlotPools
  readonly #served = new ServedMemo()
  /** Settles, never rejects, when the lease that was asked for last is there. */
  #turn: Promise<void> = Promise.resolve()

  constructor(parts: SlotHouseParts) {
    this.#parts = parts
    this.#pools = new SlotPools(parts.facts, parts.claim)
  }

  /**
   * A slot for each of these setups. All are up when it resolves; connections that are open meanwhile
   * are not disturbed, idle ones may be closed.
   *
   * @param soon what may be asked for next: a reload that has to be brings it along
   * @throws HarnessError `ERR_ENGINE_FAULT` for a setup that cannot be served, or a container that does
   *   not do it
   */
  async lease(
    setups: readonly EndpointSetup[],
    material: IssuedMaterial,
    soon: () => Promise<readonly Soon[]> = () => Promise.resolve([]),
  ): Promise<readonly Lease[]> {
    const wanted = setups.map((setup) => this.#wanted(setup, material))
    // One after the other: a configuration names the files of every slot that was taken so far, and
    // those that another lease has yet to write would be missing.
    const lease = this.#turn.then(() => this.#leaseInTurn(wanted, soon))
    this.#turn = lease.then(
      () => undefined,
      () => undefined,
    )
    return lease
  }

  /** Takes out the slots of workers that have ended: with the next reload they are gone, and it costs less. */
  async takeOutAbandoned(): Promise<void> {
    const { nginx, haproxy, claim } = this.#parts
    if (claim.abandoned.length === 0) return
    const nothing = nothingOf(claim.abandoned)
    await this.#doing('nginx', () => nginx.write(nothing.nginx))
    await this.#doing('haproxy', () => haproxy.write(nothing.haproxy))
  }

  free(leases: readonly Lease[]): void {
    this.#pools.free(leases)
  }

  #wanted(setup: EndpointSetup, material: IssuedMaterial): Wanted {
    return { setup, served: setup.scheme === 'http' ? null : this.#served.get(setup, material) }
  }

  async #leaseInTurn(
    wanted: readonly Wanted[],
    soon: () => Promise<readonly Soon[]>,
  ): Promise<readonly Lease[]> {
    let prepared = 0
    const attempt = async (withWhatIsNext: 'prepared' | 'alone') => {
      try {
        const leases = wanted.map((one) => this.#pools.take(one))
        if (withWhatIsNext === 'prepared' && this.#pools.needsReload) {
          prepared = await this.#prepare(soon)
        }
        await this.#carryOut()
        return leases
      } catch (error) {
        this.#pools.undo()
        throw error
      }
    }
    try {
      return await attempt('prepared')
    } catch (error) {
      // What comes next may be what was refused, and is to spoil its own scenario only.
      if (prepared === 0 || (error instanceof ContainerFault && error.state === 'not-running'))
        throw error
      return await attempt('alone')
    }
  }

  /** Makes slots ready for what comes next. What cannot be served is left for its own scenario to tell. */
  async #prepare(soon: () => Promise<readonly Soon[]>): Promise<number> {
    let prepared = 0
    for (const { setups, material } of await soon().catch(() => [])) {
      for (const setup of setups) {
        if (prepared >= MOST_PREPARED) return prepared
        try {
          this.#pools.prepare(this.#wanted(setup, material))
          prepared++
        } catch (error) {
          if (!(error instanceof HarnessError)) throw error
        }
      }
    }
    return prepared
  }

  async #carryOut(): Promise<void> {
    const { lock, nginx } = this.#parts
    const work = this.#pools.work()
    if (work.nginx.configuration === 'same' && work.haproxy.configuration === 'same') {
      await this.#doing('nginx', () => nginx.write(work.nginx.files))
    } else {
      await lock.alone(async () => {
        try {
          const outcomes = await Promise.allSettled(
            (['nginx', 'haproxy'] as const).map((name) =>
              this.#doing(name, () => this.#carryOutIn(name, work)),
            ),
          )
          const failed = outcomes.find((outcome) => outcome.status === 'rejected')
          if (failed !== undefined) throw failed.reason
        } catch (error) {
          this.#pools.undo()
          // Before the next reload, perhaps another worker's. The first error tells more than one of this.
          await this.#writeBack().catch(() => undefined)
          throw error
        }
      })
    }
    this.#pools.done()
  }

  #doing(name: Terminator, work: () => Promise<void>): Promise<void> {
    return this.#parts.using(name, 'did not take the slots of a scenario', work)
  }

  async #carryOutIn(name: Terminator, work: SlotWork): Promise<void> {
    const { files, configuration } = work[name]
    const control = this.#parts[name]
    if (configuration === 'same') {
      if (files.size > 0) await control.write(files)
      return
    }
    await control.load(new Map([...files, ...this.#pools.configurationOf(name)]))
    this.#parts.lock.reloaded()
  }

  /** Puts the configurations without what was refused where the next reload finds them. */
  async #writeBack(): Promise<void> {
    const { nginx, haproxy } = this.#parts
    await nginx.write(this.#pools.configurationOf('nginx'))
    await haproxy.write(this.#pools.configurationOf('haproxy'))
  }
}
