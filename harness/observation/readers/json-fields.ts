/** The fields of one JSON line of a log, checked as they are taken. */
export interface JsonFields {
  /** @throws TypeError when it is no string. */
  text(name: string): string
  /** @throws TypeError when it is no finite number. */
  number(name: string): number
}

/** Reads one line as a JSON object. Null = it is none. */
export function jsonFields(line: string): JsonFields | null {
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch {
    return null
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null
  const fields = new Map<string, unknown>(Object.entries(value))
  return {
    text(name) {
      const field = fields.get(name)
      if (typeof field !== 'string') throw new TypeError(`${name} is not a string`)
      return field
    },
    number(name) {
      const field = fields.get(name)
      if (typeof field !== 'number' || !Number.isFinite(field)) {
        throw new TypeError(`${name} is not a number`)
      }
      return field
    },
  }
}
