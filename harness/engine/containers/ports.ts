import { HarnessError } from '../../errors.ts'

/** The slot numbers of one worker, given out one by one. */
export class Ports {
  readonly #free: number[]

  constructor(range: { readonly first: number; readonly count: number }) {
    this.#free = Array.from({ length: range.count }, (_, index) => range.first + index)
  }

  get left(): number {
    return this.#free.length
  }

  /** @throws HarnessError `ERR_ENGINE_FAULT` when none is left */
  take(): number {
    const port = this.#free.shift()
    if (port !== undefined) return port
    throw new HarnessError('ERR_ENGINE_FAULT', 'A scenario needs more slots than a worker has.', {
      hint: 'Give the scenario fewer steps.',
    })
  }

  giveBack(ports: readonly number[]): void {
    this.#free.push(...ports)
  }
}
