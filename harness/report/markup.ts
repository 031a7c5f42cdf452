import { visibleLines } from './text.ts'

/** HTML that is ready to be written out. Only {@link html} and {@link trusted} make it. */
export class Html {
  readonly source: string

  constructor(source: string) {
    this.source = source
  }
}

/** What can stand in a template: text is escaped, HTML stays, lists are joined, null vanishes. */
export type Content = string | number | Html | null | readonly Content[]

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  '`': '&#96;',
}

function sourceOf(content: Content): string {
  if (content === null) return ''
  if (content instanceof Html) return content.source
  if (typeof content === 'number') return `${content}`
  if (typeof content === 'string') return escapeText(content)
  return content.map(sourceOf).join('')
}

/** Text as HTML, safe between tags and inside a quoted attribute; deceiving characters are spelled out. */
export function escapeText(text: string): string {
  return visibleLines(text).replace(/[&<>"'`]/g, (character) => ENTITIES[character] ?? character)
}

/** A template in which every value is escaped, unless it is HTML itself. Attributes must be quoted. */
export function html(strings: TemplateStringsArray, ...values: readonly Content[]): Html {
  // Indentation is for who reads the source; a line feed is all the white space that HTML needs.
  const raw = strings.map((part) => part.replace(/\n\s+/g, '\n'))
  return new Html(String.raw({ raw }, ...values.map(sourceOf)))
}

/** Declares a string to be HTML. Only for our own files and numbers. */
export function trusted(source: string): Html {
  return new Html(source)
}
