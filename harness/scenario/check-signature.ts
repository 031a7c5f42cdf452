import type { ExpectationCheck } from './check-expectation.ts'
import { suggestion } from './problems.ts'
import { forTarget } from './read-expectation.ts'

/** Checks that what is expected of a signature can be seen: the target was told to sign, by that scheme. */
export function checkSignature(check: ExpectationCheck): void {
  const { raw, expect, situation, secrets, path, report } = check
  const { signature } = forTarget(situation, expect.target).dispatcher
  for (const key of ['signature', 'signed-with'] as const) {
    if (raw[key] !== undefined && raw[key] !== 'any' && signature === 'none') {
      report([...path, key], 'the dispatcher is not told to sign')
    }
  }
  for (const key of ['timestamps', 'event-ids'] as const) {
    if (raw[key] === undefined || raw[key] === 'any') continue
    if (signature === 'none' || signature.scheme !== 'standard-webhooks') {
      report([...path, key], 'only standard-webhooks signatures have one')
    }
  }
  if (expect.signedWith === 'any') return
  if (expect.requests.max === 0) {
    report([...path, 'signed-with'], 'no request is expected whose signature could be seen')
  }
  for (const [index, name] of expect.signedWith.entries()) {
    if (Object.hasOwn(secrets, name)) continue
    const known = Object.keys(secrets)
    report(
      [...path, 'signed-with', index],
      `no target is told a secret "${name}"${suggestion(name, known)}`,
    )
  }
}
