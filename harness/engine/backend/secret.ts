import { createHash, timingSafeEqual } from 'node:crypto'

/** Compares a secret in constant time, whatever the lengths. */
export function isSecret(given: string | null, secret: string): boolean {
  return given !== null && timingSafeEqual(digest(given), digest(secret))
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
