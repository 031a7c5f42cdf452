/** An element of an XML document. */
export interface Element {
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
  readonly children: readonly (Element | string)[]
}

const ENTITIES: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
}

const TOKEN = /<\?xml[^?]*\?>|<(\/?)([\w.-]+)((?:\s+[\w.:-]+="[^"<]*")*)\s*(\/?)>|([^<]+)/y
const ILLEGAL = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u

function unescaped(text: string): string {
  return text.replace(/&([^;]*;)?/g, (whole, name: string | undefined) => {
    const character = ENTITIES[name?.slice(0, -1) ?? '']
    if (character === undefined) throw new Error(`not an entity: ${whole}`)
    return character
  })
}

function attributesOf(text: string): Readonly<Record<string, string>> {
  const found: Record<string, string> = {}
  for (const [, name = '', value = ''] of text.matchAll(/([\w.:-]+)="([^"]*)"/g)) {
    if (name in found) throw new Error(`the attribute ${name} is there twice`)
    found[name] = unescaped(value)
  }
  return found
}

/**
 * Reads the XML that our writers write: elements, quoted attributes, the five entities. Strict, so that
 * a test finds what is not well-formed; CDATA, comments and document types are not among it.
 *
 * @throws Error for anything else
 */
export function parseXml(text: string): Element {
  const illegal = ILLEGAL.exec(text)
  if (illegal !== null) throw new Error(`illegal character at ${illegal.index}`)
  const document: { name: string; children: (Element | string)[] } = { name: '', children: [] }
  const open = [document]
  TOKEN.lastIndex = 0
  while (TOKEN.lastIndex < text.length) {
    const at = TOKEN.lastIndex
    const token = TOKEN.exec(text)
    if (token === null) throw new Error(`not well-formed at ${at}: ${text.slice(at, at + 40)}`)
    const [, closing, name, attributes = '', empty, words] = token
    const parent = open.at(-1)
    if (words !== undefined) {
      parent?.children.push(unescaped(words))
    } else if (closing === '/') {
      if (open.length < 2 || parent?.name !== name) throw new Error(`stray </${name ?? ''}>`)
      open.pop()
    } else if (name !== undefined) {
      const element = { name, attributes: attributesOf(attributes), children: [] }
      parent?.children.push(element)
      if (empty !== '/') open.push(element)
    }
  }
  const [root, ...others] = document.children.filter((one) => typeof one !== 'string')
  if (open.length > 1 || root === undefined || others.length > 0) {
    throw new Error('not one element, closed')
  }
  return root
}

/** The text directly within an element. */
export function textOf(element: Element): string {
  return element.children.filter((child) => typeof child === 'string').join('')
}
