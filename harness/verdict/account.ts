import type { DeliverySeen } from './delivery.ts'
import { answer, certificate, said } from './words.ts'

/** `the adapter said …` or that it refused the configuration. */
export function account(seen: DeliverySeen): string {
  if (seen.configRefusal !== null) {
    return `the adapter refused the configuration (${seen.configRefusal.reason ?? 'no reason'})`
  }
  if (seen.reply !== null) return said(seen.reply)
  return seen.witnesses === 'both'
    ? 'the adapter did not reply'
    : 'the dispatcher’s own account was not heard'
}

/** What the endpoint did with the requests and connections it saw. */
export function endpointAccount(seen: DeliverySeen): string {
  const request = seen.endpoint.requests.at(-1)
  if (request !== undefined) return `the request ${answer(request.answered)} by the ${request.by}`
  const refused = seen.endpoint.handshakes.find((one) => one.judgement.decision === 'rejected')
  if (refused?.judgement.decision === 'rejected') {
    return `the endpoint rejected ${certificate(refused.clientCertificate)} (${refused.judgement.because})`
  }
  const failure = seen.endpoint.failures.at(-1)
  if (failure !== undefined) return `the handshake failed (${failure.error})`
  return seen.endpoint.hellos.length === 0
    ? 'no ClientHello reached the endpoint'
    : 'no request reached the endpoint'
}
