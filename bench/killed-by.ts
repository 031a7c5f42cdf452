import { isMap, isScalar, parseDocument, type YAMLMap } from 'yaml'

/** Widest line of a topic file. */
const WIDTH = 120

/**
 * A topic file's text with other `killed-by` lists, and nothing else changed: comments and layout stay.
 *
 * @param text - a topic file that parses
 * @param killers - names of miniatures by key; `control` for the control. An empty list takes
 *   `killed-by` away; a key that is not there keeps the list that it has
 */
export function withKilledBy(
  text: string,
  killers: ReadonlyMap<string, readonly string[]>,
): string {
  const document = parseDocument(text)
  const control = document.get('control')
  const scenarios = document.get('scenarios')
  const blocks: (readonly [key: string, block: YAMLMap])[] = [
    ...(isMap(control) ? [['control', control] as const] : []),
    ...(isMap(scenarios) ? entries(scenarios) : []),
  ]
  const edits = blocks.flatMap(([key, block]) => {
    const names = killers.get(key)
    return names === undefined ? [] : [edit(text, block, names)]
  })
  return edits
    .toSorted((one, other) => other.from - one.from)
    .reduce((all, { from, to, by }) => all.slice(0, from) + by + all.slice(to), text)
}

interface Edit {
  readonly from: number
  readonly to: number
  readonly by: string
}

function entries(map: YAMLMap): (readonly [string, YAMLMap])[] {
  return map.items.flatMap(({ key, value }) =>
    isScalar(key) && isMap(value) ? [[String(key.value), value] as const] : [],
  )
}

/** Where the list stands in the text, or the end of the block when there is none, and what goes there. */
function edit(text: string, block: YAMLMap, names: readonly string[]): Edit {
  const existing = block.items.find(({ key }) => isScalar(key) && key.value === 'killed-by')
  const [from, to] = existing === undefined ? endOf(text, block) : linesOf(text, existing)
  const [start = 0] = block.range ?? []
  const indent = ' '.repeat(start - lineStart(text, start))
  return { from, to, by: names.length === 0 ? '' : list(names.toSorted(), indent) }
}

function list(names: readonly string[], indent: string): string {
  const flow = `${indent}killed-by: [${names.join(', ')}]\n`
  if (flow.length <= WIDTH) return flow
  return `${indent}killed-by:\n${names.map((name) => `${indent}  - ${name}\n`).join('')}`
}

function lineStart(text: string, at: number): number {
  return text.lastIndexOf('\n', at - 1) + 1
}

/** The end of the last line that holds something of the node. */
function lineEnd(text: string, valueEnd: number): number {
  const end = text.slice(0, valueEnd).trimEnd().length
  const newline = text.indexOf('\n', end)
  return newline === -1 ? text.length : newline + 1
}

function endOf(text: string, block: YAMLMap): readonly [number, number] {
  const end = lineEnd(text, block.range?.[1] ?? 0)
  return [end, end]
}

function linesOf(text: string, pair: YAMLMap['items'][number]): readonly [number, number] {
  const { key, value } = pair as { key: Ranged; value: Ranged }
  return [lineStart(text, key.range?.[0] ?? 0), lineEnd(text, value.range?.[1] ?? 0)]
}

interface Ranged {
  readonly range?: readonly [start: number, valueEnd: number, nodeEnd: number] | null
}
