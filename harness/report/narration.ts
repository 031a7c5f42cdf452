import type { Listener } from '../observation/types.ts'

/** Who did what is told. */
export type Actor =
  'harness' | 'wire' | 'dispatcher' | 'endpoint' | 'token server' | 'elsewhere' | 'adapter'

/** Which way it went: from the actor to someone, or it happened at the actor alone. */
export type Direction = { readonly way: 'to'; readonly whom: Actor } | { readonly way: 'at-home' }

/** How a reader should take it. `trouble` = someone refused or broke something. */
export type Tone = 'plain' | 'trouble'

/** One observation in words. Foreign text in it is not escaped: that is for whoever shows it. */
export interface Narration {
  readonly actor: Actor
  readonly direction: Direction
  /** A sentence without its subject, which is the actor: `opens connection 1`. */
  readonly text: string
  /** A few words for a diagram. */
  readonly label: string
  readonly tone: Tone
  /** What a closer look shows: name and value. */
  readonly details: readonly (readonly [name: string, value: string])[]
}

/** The actor that stands behind a listener. */
export function actorOf(listener: Listener): Actor {
  return listener === 'token-server' ? 'token server' : listener
}

/** The closer look of a {@link Narration}. */
export type Details = Narration['details']

/** It happened at the actor alone. */
export const AT_HOME: Direction = { way: 'at-home' }
/** It went from the actor to `whom`. */
export const to = (whom: Actor): Direction => ({ way: 'to', whom })
