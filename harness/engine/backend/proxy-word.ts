import type { IncomingMessage } from 'node:http'
import { isForwarding, REPLACED } from '../../endpoint/forwarded-certificate.ts'
import {
  headersForLedger,
  singleHeader,
  type DistinctHeaders,
} from '../../endpoint/request-headers.ts'
import { connectionAt } from '../../observation/readers/connection-address.ts'
import {
  certificateFromBase64,
  certificateFromEscapedPem,
  type ReadCertificate,
} from '../../observation/readers/read-certificate.ts'
import type { LoadBalancer } from '../../scenario/setup.ts'

/** Fields in which nginx and HAProxy speak to the backend. They overwrite any that a dispatcher sent. */
const WORDS: ReadonlySet<string> = new Set([
  'hookproof-slot',
  'hookproof-connection',
  'hookproof-client-verify',
  'hookproof-client-cert',
  'hookproof-sent-headers',
  'hookproof-secret',
])

/** Fields of the hop from the proxy to here (RFC 9110 7.6.1), which tell nothing about the dispatcher. */
const OF_THIS_HOP: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

/** Stands for a value that the load balancer has replaced. */
export const REPLACED_VALUE = '[replaced by the load balancer]'

/** What the proxy says about a request. */
export interface ProxyWord {
  readonly slot: number
  /** Engine-wide number; 0 = the proxy could not tell, as behind a load balancer without PROXY protocol. */
  readonly connection: number
  readonly certificate: ReadCertificate | 'none' | 'unreadable'
}

/** Reads the proxy's word. Null = there is none, so that this request came by another way. */
export function proxyWordOf(request: IncomingMessage): ProxyWord | null {
  const slot = /^\d{1,5}$/.exec(singleHeader(request, 'hookproof-slot') ?? '')?.[0]
  if (slot === undefined) return null
  return {
    slot: Number(slot),
    connection: connectionIn(singleHeader(request, 'hookproof-connection') ?? ''),
    certificate: certificateIn(singleHeader(request, 'hookproof-client-cert') ?? ''),
  }
}

/**
 * The headers as the dispatcher sent them, for the ledger. Null = it cannot be told: the load balancer
 * should have listed their names in `Hookproof-Sent-Headers` before it added its own.
 */
export function headersAsSent(
  request: IncomingMessage,
  loadBalancer: LoadBalancer,
): DistinctHeaders | null {
  const came = Object.entries(headersForLedger(request)).filter(
    ([name]) => !WORDS.has(name) && !OF_THIS_HOP.has(name),
  )
  // Elsewhere the field could be the dispatcher's own.
  if (!isForwarding(loadBalancer)) return Object.fromEntries(came)
  const names = singleHeader(request, 'hookproof-sent-headers')
  if (names === null) return null
  const sent = new Set(names.toLowerCase().split(','))
  const replaceable = REPLACED[loadBalancer]
  const kept = came.filter(([name]) => sent.has(name) && !replaceable.includes(name))
  const replaced = replaceable.filter((name) => sent.has(name))
  return Object.fromEntries([...kept, ...replaced.map((name) => [name, [REPLACED_VALUE]] as const)])
}

function connectionIn(value: string): number {
  return /^\d{1,8}$/.test(value) ? Number(value) : (connectionAt(value) ?? 0)
}

function certificateIn(value: string): ProxyWord['certificate'] {
  if (value === '') return 'none'
  const read = value.startsWith('-----')
    ? certificateFromEscapedPem(value)
    : certificateFromBase64(value)
  return read ?? 'unreadable'
}
