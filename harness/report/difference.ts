import { canonicalJson } from './seal.ts'

/** One thing in which a report and what follows from it disagree. */
export interface Difference {
  /** The scenario that it is about; null = the report as a whole. */
  readonly scenario: string | null
  /** Which field, as a path: `summary/failed`. */
  readonly field: string
  /** What the report says. */
  readonly recorded: string
  /** What was found when it was checked. */
  readonly recomputed: string
}

/** A value for a reader: text as it is, nothing as `nothing`, the rest as JSON. */
function told(value: unknown): string {
  if (value === undefined) return 'nothing'
  return typeof value === 'string' ? value : canonicalJson(value)
}

function isTree(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}

const at = (tree: Readonly<Record<string, unknown>>, key: string): unknown =>
  Object.hasOwn(tree, key) ? tree[key] : undefined

/** Every leaf in which two values differ, named by its path below `field`; none where they are equal. */
export function differences(
  scenario: string | null,
  field: string,
  recorded: unknown,
  recomputed: unknown,
): readonly Difference[] {
  if (isTree(recorded) && isTree(recomputed)) {
    const keys = new Set([...Object.keys(recorded), ...Object.keys(recomputed)])
    return [...keys].flatMap((key) =>
      differences(scenario, `${field}/${key}`, at(recorded, key), at(recomputed, key)),
    )
  }
  if (Object.is(recorded, recomputed)) return []
  return [{ scenario, field, recorded: told(recorded), recomputed: told(recomputed) }]
}
