/** Two columns, aligned; the second to the right. */
export function table(rows: readonly (readonly [label: string, value: string])[]): string {
  const left = Math.max(...rows.map(([label]) => label.length))
  const right = Math.max(...rows.map(([, value]) => value.length))
  return rows
    .map(([label, value]) => `${label.padEnd(left, ' ')}  ${value.padStart(right)}\n`)
    .join('')
}

/** The middle value; 0 for none. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? 0
}
