import { isMap, isScalar, isSeq, LineCounter, parseDocument, type Document, type Node } from 'yaml'
import type { DocumentPath, Problem } from './problems.ts'

/** A YAML document that remembers its lines. */
export interface LinedDocument {
  /** What it says, as plain values; meaningless when there are {@link syntaxProblems}. */
  readonly value: unknown
  readonly syntaxProblems: readonly (Problem & { readonly line: number })[]
  /** Line of the deepest part of `path` that the document has: of its key, or of the item. */
  readonly lineOf: (path: DocumentPath) => number
}

/** Parses YAML 1.2 (core schema). Never throws: what is wrong with the syntax is in the result. */
export function readDocument(text: string): LinedDocument {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  const syntaxProblems = [...document.errors, ...document.warnings].map((error) => ({
    path: [],
    line: lines.linePos(error.pos[0]).line,
    says:
      error.code === 'DUPLICATE_KEY'
        ? `the key "${keyAt(text, error.pos)}" is there twice`
        : `not YAML: ${error.message.split('\n')[0] ?? ''}`,
  }))
  return {
    value: syntaxProblems.length === 0 ? document.toJS() : null,
    syntaxProblems,
    lineOf: (path) => lines.linePos(offsetOf(document, path)).line,
  }
}

function keyAt(text: string, position: readonly [number, number]): string {
  return /^[^:\s]+/.exec(text.slice(position[0]))?.[0] ?? text.slice(...position)
}

/** Walks down as far as the document goes; a mapping's entry stands where its key does. */
function offsetOf(document: Document, path: DocumentPath): number {
  let node: Node | null = document.contents
  let offset = node?.range?.[0] ?? 0
  for (const part of path) {
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === part)
      if (pair === undefined) break
      offset = (pair.key as Node).range?.[0] ?? offset
      node = pair.value as Node | null
    } else if (isSeq(node) && typeof part === 'number') {
      const item = node.items[part] as Node | undefined
      if (item === undefined) break
      offset = item.range?.[0] ?? offset
      node = item
    } else break
  }
  return offset
}
