import type { Ledger } from '../observation/ledger.ts'
import type { Listener } from '../observation/types.ts'
import type { IssuedMaterial } from '../pki/types.ts'
import type { EndpointSetup, TokenServerSetup } from '../scenario/setup.ts'
import type { EngineName } from '../scenario/vocabulary.ts'
import type { EventExpected } from '../endpoint/types.ts'
import type { WireExposure } from '../wire/wire.ts'

/**
 * How a scenario is reached from other machines. Only the embedded engine can: the containers' own
 * wires stay on loopback.
 */
export interface Exposure extends WireExposure {
  /** Host of every URL of the scenario; its certificates must name it. */
  readonly host: string
}

/** What an engine needs to stand a scenario up. */
export interface ScenarioStage {
  readonly endpoint: EndpointSetup
  readonly tokenServer: TokenServerSetup | null
  readonly elsewhere: EndpointSetup | null
  readonly material: IssuedMaterial
  readonly ledger: Ledger
  /** What lets the origin recognise this scenario's events and verify their signatures. */
  readonly event: EventExpected
  /** Default: loopback only, by the host of each setup. */
  readonly exposure?: Exposure
  /** What later steps rotate to, so that it can be made ready beforehand. Default: nothing is known. */
  readonly later?: readonly {
    readonly endpoint: EndpointSetup
    readonly tokenServer: TokenServerSetup | null
  }[]
  /** What is likely to be stood up next, so that it can be made ready along with this. Default: nothing is known. */
  readonly soon?: () => Promise<readonly Soon[]>
}

/** What a scenario to come will need. */
export interface Soon {
  readonly setups: readonly EndpointSetup[]
  readonly material: IssuedMaterial
}

/** A running scenario's listeners. Disposing of it closes every socket it opened. */
export interface StartedScenario extends AsyncDisposable {
  /** The URL to give the dispatcher for each listener; null where the scenario has none. */
  readonly urls: Readonly<Record<Listener, string | null>>
  /** Points the wires at slots with this setup. New connections only. */
  rotate(endpoint: EndpointSetup, tokenServer: TokenServerSetup | null): Promise<void>
  /** Waits, at most `limitMs`, until no connection is open, so that late bytes are still seen. */
  settle(limitMs: number): Promise<void>
  /** Secret shared with the dispatcher where it authenticates with one. */
  readonly clientSecret: string
}

/** An engine that is up. One a worker. */
export interface StartedEngine extends AsyncDisposable {
  readonly name: EngineName
  /** Versions of what terminates TLS and answers, for the report. */
  readonly versions: Readonly<Record<string, string>>
  /** `gone` once nothing can be served any more, whatever is tried: a container that ended does not come back. */
  state(): 'works' | 'gone'
  startScenario(stage: ScenarioStage): Promise<StartedScenario>
}
