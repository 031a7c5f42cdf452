/**
 * Replies as they cross the wire: what adapter.schema.json has let through. Only parse-message.ts
 * sees these; the rest of the harness has the parsed ones of messages.ts.
 */
import type { Capability, Disposition, Reason, Stage } from '../scenario/vocabulary.ts'
import type { Droppable, UnsupportedFeature } from './messages.ts'

/** Definition `helloReply`. */
export interface WireHello {
  readonly dispatcher: {
    readonly name: string
    readonly version: string
    readonly vendor?: string
    readonly url?: string
  }
  readonly capabilities: readonly Capability[]
  readonly limits?: { readonly max_parallel?: number }
  readonly payload?: 'verbatim' | 'wrapped'
  readonly now?: string
}

/** Definition `configureRefused`. */
interface WireConfigureRefused {
  readonly reason: Reason
  readonly message?: string
}

/** Definition `configureUnsupported`. */
interface WireConfigureUnsupported {
  readonly unsupported: readonly UnsupportedFeature[]
}

/** Definition `deliverReply`. */
interface WireDeliver {
  readonly disposition: Disposition
  readonly attempts: readonly {
    readonly stage: Stage
    readonly reason?: Reason
    readonly status?: number
    readonly native?: string
  }[]
}

/** Definition `resetReply`. */
interface WireReset {
  readonly dropped: readonly Droppable[]
}

/** Definition `inspectReply`. */
interface WireInspect {
  readonly client_certificate?: {
    readonly subject: string
    readonly not_after: string
    readonly sha256: string
  }
  readonly warnings: readonly string[]
}

/** Definition `enrollCsrReply`. */
interface WireEnrollCsr {
  readonly enrollment: string
  readonly csr_pem: string
}

/** Definition `enrollSelfReply`. */
interface WireEnrollSelf {
  readonly enrollment: string
  readonly chain_pem: string
}

/** Definition `erroredReply`. */
interface WireErrored {
  readonly errored: string
}

/** What each definition of the schema lets through. */
export interface WireReplies {
  readonly helloReply: WireHello
  readonly configureAccepted: unknown
  readonly configureRefused: WireConfigureRefused
  readonly configureUnsupported: WireConfigureUnsupported
  readonly deliverReply: WireDeliver
  readonly resetReply: WireReset
  readonly inspectReply: WireInspect
  readonly enrollCsrReply: WireEnrollCsr
  readonly enrollSelfReply: WireEnrollSelf
  readonly byeReply: unknown
  readonly unsupportedReply: unknown
  readonly erroredReply: WireErrored
}
