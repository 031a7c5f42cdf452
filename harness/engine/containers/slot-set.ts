import type { SlotAddress } from '../../endpoint/types.ts'
import type { Listener } from '../../observation/types.ts'
import type { EndpointSetup } from '../../scenario/setup.ts'
import type { SlotClaim } from '../backend/protocol.ts'
import type { ScenarioStage } from '../types.ts'
import type { WorkerParts } from './engine.ts'
import { proxyHeader } from './published-port.ts'
import { passingOf } from './haproxy-bytes.ts'
import type { Lease } from './slot-pools.ts'
import type { Terminator } from './visits.ts'

/** The setups of a scenario by listener, those of later steps included. */
export type Setups = Readonly<Record<Listener, readonly EndpointSetup[]>>

const LISTENERS: readonly Listener[] = ['endpoint', 'token-server', 'elsewhere']

interface Slot {
  readonly listener: Listener
  readonly setup: EndpointSetup
  readonly key: string
  readonly lease: Lease
  /** For the ledger: `endpoint-1`. */
  readonly name: string
}

/** The slots of one scenario. Disposing of it frees them. */
export class SlotSet implements Disposable {
  readonly #parts: WorkerParts
  readonly #stage: Pick<ScenarioStage, 'material' | 'ledger' | 'soon'>
  readonly #slots: Slot[] = []

  constructor(parts: WorkerParts, stage: Pick<ScenarioStage, 'material' | 'ledger' | 'soon'>) {
    this.#parts = parts
    this.#stage = stage
  }

  /** Adds a slot for each setup that has none yet. @throws HarnessError `ERR_ENGINE_FAULT` */
  async add(setups: Setups): Promise<void> {
    const wanted = LISTENERS.flatMap((listener) =>
      setups[listener].map((setup) => ({ listener, setup, key: keyOf(setup) })),
    ).filter(
      (one, index, all) =>
        this.#find(one.listener, one.key) === undefined &&
        all.findIndex(({ listener, key }) => listener === one.listener && key === one.key) ===
          index,
    )
    if (wanted.length === 0) return
    const leases = await this.#parts.house.lease(
      wanted.map(({ setup }) => setup),
      this.#stage.material,
      this.#stage.soon,
    )
    for (const [index, lease] of leases.entries()) {
      const slot = wanted[index]
      if (slot === undefined) continue
      const before = this.#slots.filter(({ listener }) => listener === slot.listener).length
      this.#slots.push({ ...slot, lease, name: `${slot.listener}-${before + 1}` })
    }
  }

  /** Where the wire forwards to for a setup that was added. */
  addressOf(listener: Listener, setup: EndpointSetup): SlotAddress {
    const slot = this.#find(listener, keyOf(setup))
    if (slot === undefined) throw new Error(`${listener} has no slot for this setup`)
    const { facts, visits } = this.#parts
    const { lease, name } = slot
    const { material, ledger } = this.#stage
    const numbers = new Map<number, number>()
    const numberOf = (connection: number): number => numbers.get(connection) ?? 0
    return {
      name,
      speaks: setup.scheme === 'http' ? 'plaintext' : 'tls',
      host: '127.0.0.1',
      port: facts[lease.entrance].port,
      admit(_localPort, connection) {
        const number = visits.open({
          listener,
          connection,
          setup,
          allowed: lease.allowed,
          nameOf: (sha256) => material.nameOf(sha256),
          terminator: lease.terminator,
          ledger,
        })
        numbers.set(connection, number)
        return proxyHeader(number, lease.number)
      },
      faultOf: (error) => this.#parts.faultOf(lease.terminator, error),
      finished: (connection) =>
        visits.bytesOf(numberOf(connection), () => this.#parts.fence(new Set([lease.terminator]))),
      ...(setup.rejectStyle === 'reset'
        ? { endingOf: (connection: number) => visits.endingOf(numberOf(connection)) }
        : {}),
    }
  }

  /** What the backend has to know of a listener's slots. */
  claimsOf(listener: Listener): readonly SlotClaim[] {
    return this.#slots
      .filter((slot) => slot.listener === listener)
      .map(({ lease, setup }) => ({
        slot: lease.number,
        loadBalancer: setup.scheme === 'http' ? 'none' : setup.loadBalancer,
      }))
  }

  get terminators(): ReadonlySet<Terminator> {
    return new Set(this.#slots.flatMap(({ lease }) => [lease.terminator, lease.entrance]))
  }

  [Symbol.dispose](): void {
    this.#parts.house.free(this.#slots.splice(0).map(({ lease }) => lease))
  }

  #find(listener: Listener, key: string): Slot | undefined {
    return this.#slots.find((slot) => slot.listener === listener && slot.key === key)
  }
}

/** What only the origin and the wire look at. */
const BEHIND_AND_BEFORE: readonly string[] = ['answers', 'policy', 'fault']

/** What distinguishes slots. */
function keyOf(setup: EndpointSetup): string {
  const passing = passingOf(setup)
  return JSON.stringify({ passing, ...setup }, (name, value: unknown) =>
    BEHIND_AND_BEFORE.includes(name) ? undefined : value,
  )
}
