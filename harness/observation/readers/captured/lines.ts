import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { packageRoot } from '../../../package-root.ts'

/** The one captured line that holds all of `parts`. Throws when there is none, or more than one. */
export function capturedLine(file: string, ...parts: readonly string[]): string {
  const folder = join(packageRoot, 'harness/observation/readers/captured')
  const lines = readFileSync(join(folder, file), 'utf8').split('\n')
  const found = lines.filter((line) => parts.every((part) => line.includes(part)))
  const [line] = found
  if (line === undefined || found.length > 1) {
    throw new Error(`${found.length} lines of ${file} hold ${parts.join(' and ')}`)
  }
  return line
}

/** SHA-256 of the captured certificates, as `openssl x509 -fingerprint -sha256` told them. */
export const SHA256 = {
  good: 'e40ff79ba49158d95af287349a18f82994b1a826025eb01437d4c85b2db640ab',
  expired: 'a2615e591d87a91291e356454096ca080d0174fde1508246c24d2f48e1e55e5b',
  issuer: '549a01db5dcf3d6a99d848ff9b19d31cac7ceb306f8d396b3ce0ab6c8b32e18b',
} as const
