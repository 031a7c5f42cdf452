import { createHash, randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { packageRoot } from '../package-root.ts'
import type { EventSetup } from '../scenario/setup.ts'

/** One event to deliver, as it goes to the adapter and as the origin must see it. */
export interface DrivenEvent {
  /** `evt_` and 16 hexadecimal digits: opaque, and findable inside an envelope. */
  readonly id: string
  readonly type: string
  readonly contentType: string
  readonly body: Buffer
  /** SHA-256 of the body, lower-case hexadecimal. */
  readonly sha256: string
}

let template: string | null = null

/**
 * A fresh event. Its JSON has uneven spacing, escapes and `1.0` on purpose: a dispatcher that parses
 * and writes it again changes the bytes.
 */
export function createEvent(setup: EventSetup): DrivenEvent {
  template ??= readFileSync(join(packageRoot, 'fixtures/payloads/payment-succeeded.json'), 'utf8')
  const id = `evt_${randomBytes(8).toString('hex')}`
  const bare = template.replace('{{event-id}}', id)
  const missing =
    setup.size === 'small' ? 0 : setup.size - Buffer.byteLength(bare.replace('{{padding}}', ''))
  const body = Buffer.from(bare.replace('{{padding}}', 'x'.repeat(Math.max(0, missing))))
  return {
    id,
    type: 'payment.succeeded',
    contentType: 'application/json',
    body,
    sha256: createHash('sha256').update(body).digest('hex'),
  }
}
