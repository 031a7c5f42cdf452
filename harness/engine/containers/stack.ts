/** Disposes of things in the reverse order of their coming. Node 20 has no AsyncDisposableStack. */
export class Stack implements AsyncDisposable {
  readonly #undo: (() => Promise<void> | void)[] = []

  use<T extends AsyncDisposable | Disposable>(thing: T): T {
    this.defer(async () => {
      if (Symbol.asyncDispose in thing) await thing[Symbol.asyncDispose]()
      else thing[Symbol.dispose]()
    })
    return thing
  }

  defer(undo: () => Promise<void> | void): void {
    this.#undo.push(undo)
  }

  /** Disposes of everything, also when something fails; throws the first error. */
  async [Symbol.asyncDispose](): Promise<void> {
    const errors: unknown[] = []
    for (const undo of this.#undo.splice(0).toReversed()) {
      try {
        await undo()
      } catch (error) {
        errors.push(error)
      }
    }
    if (errors.length > 0) throw errors[0]
  }
}
