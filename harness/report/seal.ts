import { createHash } from 'node:crypto'
import type { Report } from './model.ts'

/** JSON with sorted keys and no white space: the same for the same value, however it was written down. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    part instanceof Object && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  )
}

/**
 * The seal of a report: `sha256:` and the digest over everything in it but the seal. It finds what was
 * changed by accident or without care, also where no verdict depends on it, such as a version or a
 * header. It proves nothing about who wrote the report: anyone can compute it.
 */
export function sealOf(report: Omit<Report, 'seal'>): string {
  const rest: Partial<Report> = { ...report }
  delete (rest as { seal?: string }).seal
  return `sha256:${createHash('sha256').update(canonicalJson(rest)).digest('hex')}`
}
