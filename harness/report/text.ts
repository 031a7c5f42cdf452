/** Plain-text helpers that HTML and terminal share. What a dispatcher sent is hostile until it went through here. */

/** Longest piece of foreign text that is shown in one place. */
const SHOWN = 600

/**
 * Characters that do not show, or that change how others show: controls (a terminal obeys them),
 * bidirectional controls (they turn a line around), zero-width and other invisible ones, line and
 * paragraph separators, lone surrogates.
 */
const DECEIVING = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu

/** Those that a reader knows by name. */
const NAMED: ReadonlyMap<number, string> = new Map([
  [0x00, 'NUL'],
  [0x09, 'TAB'],
  [0x0a, 'LF'],
  [0x0d, 'CR'],
  [0x1b, 'ESC'],
])

function spelled(character: string): string {
  const code = character.codePointAt(0) ?? 0
  const name = NAMED.get(code) ?? `U+${code.toString(16).toUpperCase().padStart(4, '0')}`
  return `‹${name}›`
}

/** The text with every character that deceives the eye or a terminal spelled out, and its length bounded. */
export function visible(text: string): string {
  const clipped = text.length > SHOWN ? text.slice(0, SHOWN) : text
  const rest = text.length - clipped.length
  const shown = clipped.replace(DECEIVING, spelled)
  return rest > 0 ? `${shown}… (${rest} more characters)` : shown
}

/** Like {@link visible}, unbounded and with line feeds kept, for text in several lines. */
export function visibleLines(text: string): string {
  return text
    .split('\n')
    .map((line) => line.replace(DECEIVING, spelled))
    .join('\n')
}

/** At most `length` characters, the last an ellipsis where something was cut off. */
export function clip(text: string, length: number): string {
  const characters = Array.from(text)
  return characters.length <= length ? text : `${characters.slice(0, length - 1).join('')}…`
}

/** `a`, `a and b`, `a, b and c`. */
export function sentenceList(items: readonly string[], word: 'and' | 'or' = 'and'): string {
  const last = items.at(-1)
  if (last === undefined) return ''
  return items.length === 1 ? last : `${items.slice(0, -1).join(', ')} ${word} ${last}`
}

/** Milliseconds for a reader: `41 ms`, `2.4 s`, `3 min 5 s`. */
export function duration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`
  const seconds = Math.round(ms / 1000)
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`
}

/** Bytes for a reader: `812 bytes`, `14.2 KiB`. */
export function bytes(amount: number): string {
  if (amount < 1024) return amount === 1 ? '1 byte' : `${amount} bytes`
  const kib = amount / 1024
  return kib < 1024 ? `${kib.toFixed(1)} KiB` : `${(kib / 1024).toFixed(1)} MiB`
}

/** A moment for a reader, to the second, in UTC: `2026-11-22 12:54:03 UTC`. */
export function moment(iso: string): string {
  return iso.replace(/^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:\.\d+)?Z$/, '$1 $2 UTC')
}
