/** A plain object of a YAML document. */
type Mapping = Readonly<Record<string, unknown>>

function isMapping(value: unknown): value is Mapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function mergeValues(under: unknown, over: unknown): unknown {
  if (!isMapping(under) || !isMapping(over)) return over
  const merged: Record<string, unknown> = { ...under }
  for (const [key, value] of Object.entries(over)) {
    merged[key] = Object.hasOwn(under, key) ? mergeValues(under[key], value) : value
  }
  return merged
}

/** Lays `over` upon `under`: objects merge, arrays and scalars replace. Neither is changed. */
export function merge<T extends object>(under: T, over: Partial<T> | undefined): T {
  return over === undefined ? under : (mergeValues(under, over) as T)
}
