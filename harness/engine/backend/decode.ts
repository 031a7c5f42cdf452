/** Small decoders: `unknown` in, a type out, everything bounded and nothing left over. */

/** Takes a value at a path, for example `body.slots[0]`, and returns it typed. @throws Undecodable */
export type Decoder<T> = (value: unknown, at: string) => T

/** What a decoder makes. */
export type Decoded<D> = D extends Decoder<infer T> ? T : never

/** A value that is not what it should be. The message names the path and what belongs there, never the value. */
export class Undecodable extends Error {
  override readonly name = 'Undecodable'

  constructor(at: string, wanted: string) {
    super(`${at} must be ${wanted}`)
  }
}

/** Text of at most `limit` UTF-16 units. */
export function text(limit: number): Decoder<string> {
  return (value, at) => {
    if (typeof value === 'string' && value.length <= limit) return value
    throw new Undecodable(at, `text of at most ${limit} characters`)
  }
}

/** Text that a pattern matches, described in words. */
export function matching(pattern: RegExp, words: string): Decoder<string> {
  return (value, at) => {
    if (typeof value === 'string' && pattern.test(value)) return value
    throw new Undecodable(at, words)
  }
}

/** A whole number, both ends included. */
export function integer(min: number, max: number): Decoder<number> {
  return (value, at) => {
    if (typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max) {
      return value
    }
    throw new Undecodable(at, `a whole number from ${min} to ${max}`)
  }
}

/** One of a few words. */
export function oneOf<const Word extends string>(words: readonly Word[]): Decoder<Word> {
  return (value, at) => {
    const found = words.find((word) => word === value)
    if (found !== undefined) return found
    throw new Undecodable(at, `one of ${words.join(', ')}`)
  }
}

/** A list of at most `limit`. */
export function list<T>(of: Decoder<T>, limit: number): Decoder<readonly T[]> {
  return (value, at) => {
    if (!Array.isArray(value) || value.length > limit) {
      throw new Undecodable(at, `a list of at most ${limit}`)
    }
    return value.map((item: unknown, index) => of(item, `${at}[${index}]`))
  }
}

/** An object with names of its own, at most `limit` of them. */
export function dictionary<T>(of: Decoder<T>, limit: number): Decoder<Readonly<Record<string, T>>> {
  return (value, at) => {
    const entries = Object.entries(asObject(value, at))
    if (entries.length > limit) throw new Undecodable(at, `an object of at most ${limit} names`)
    return Object.fromEntries(entries.map(([name, item]) => [name, of(item, `${at}.${name}`)]))
  }
}

/** `null`, or what `of` makes. */
export function orNull<T>(of: Decoder<T>): Decoder<T | null> {
  return (value, at) => (value === null ? null : of(value, at))
}

type Shape = Readonly<Record<string, Decoder<unknown>>>
type Whole<S extends Shape> = { readonly [Name in keyof S]: Decoded<S[Name]> }

/** An object with exactly these fields. */
export function object<S extends Shape>(shape: S): Decoder<Whole<S>> {
  return (value, at) => {
    const given = asObject(value, at)
    const missing = Object.keys(shape).find((name) => !Object.hasOwn(given, name))
    if (missing !== undefined) throw new Undecodable(`${at}.${missing}`, 'there')
    // What was decoded field by field has the shape's type; the compiler cannot follow the loop.
    return fieldsOf(given, shape, at) as Whole<S>
  }
}

/** An object with any of these fields and no other. */
export function partial<S extends Shape>(shape: S): Decoder<Partial<Whole<S>>> {
  return (value, at) => fieldsOf(asObject(value, at), shape, at) as Partial<Whole<S>>
}

type Kinds = Readonly<Record<string, Shape>>
type AnyKind<K extends Kinds> = {
  [Kind in keyof K]: Whole<K[Kind]> & { readonly kind: Kind }
}[keyof K]

/** An object that its field `kind` tells the shape of. */
export function byKind<K extends Kinds>(kinds: K): Decoder<AnyKind<K>> {
  return (value, at) => {
    const given = asObject(value, at)
    const kind = oneOf(Object.keys(kinds))(given['kind'], `${at}.kind`)
    const shape = { ...kinds[kind], kind: oneOf([kind]) }
    return object(shape)(given, at) as unknown as AnyKind<K>
  }
}

function asObject(value: unknown, at: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new Undecodable(at, 'an object')
  }
  return value as Readonly<Record<string, unknown>>
}

function fieldsOf(
  given: Readonly<Record<string, unknown>>,
  shape: Shape,
  at: string,
): Readonly<Record<string, unknown>> {
  const unknown = Object.keys(given).find((name) => !Object.hasOwn(shape, name))
  if (unknown !== undefined) throw new Undecodable(`${at}.${unknown.slice(0, 40)}`, 'left out')
  const made = Object.entries(shape).flatMap(([name, decode]) =>
    Object.hasOwn(given, name) ? [[name, decode(given[name], `${at}.${name}`)] as const] : [],
  )
  return Object.fromEntries(made)
}
