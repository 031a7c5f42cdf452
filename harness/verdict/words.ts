import type { PresentedCertificate } from '../observation/types.ts'
import type { Range } from '../scenario/types.ts'
import type { Of } from './delivery.ts'

/** `1 request`, `3 requests`. */
export function count(amount: number, noun: string): string {
  return `${amount} ${noun}${amount === 1 ? '' : 's'}`
}

/** `exactly 1 request`, `at most 3 connections`, `2 to 4 requests`. */
export function range(wanted: Range, noun: string): string {
  if (wanted.max === 0) return `no ${noun}`
  if (wanted.min === wanted.max) return `exactly ${count(wanted.min, noun)}`
  if (wanted.min === 0) return `at most ${count(wanted.max, noun)}`
  return `${wanted.min} to ${count(wanted.max, noun)}`
}

/** `the certificate "dispatcher"`, `no certificate`, `a certificate unknown to the harness (CN=…)`. */
export function certificate(presented: PresentedCertificate): string {
  if (presented.presented === 'none') return 'no certificate'
  if (presented.name !== null) return `the certificate "${presented.name}"`
  return `a certificate unknown to the harness (${presented.subject})`
}

/** A certificate expectation in words. */
export function wantedCertificate(wanted: string): string {
  return wanted === 'none' ? 'no certificate' : `the certificate "${wanted}"`
}

/** The reason the adapter gave last, or null where it gave none. */
export function lastReason(reply: Of<'reply'>): string | null {
  return reply.attempts.filter((attempt) => attempt.reason !== null).at(-1)?.reason ?? null
}

/** `said refused (server-certificate.expired)`. */
export function said(reply: Of<'reply'>): string {
  const reason = lastReason(reply)
  const status = reply.attempts.at(-1)?.status ?? null
  const why = reason ?? (status === null ? null : `HTTP ${status}`)
  return `the adapter said ${reply.disposition}${why === null ? '' : ` (${why})`}`
}

/** What an endpoint answered: `answered 204`, `closed without an answer`. */
export function answer(status: number): string {
  return status === 0 ? 'was given no answer' : `was answered ${status}`
}

/** The secrets of a signature: `the secret "next"`, `the secrets "next" and "first"`, `no secret`. */
export function signers(names: readonly string[]): string {
  if (names.length === 0) return 'no secret'
  return `the secret${names.length === 1 ? '' : 's'} ${names.map((name) => `"${name}"`).join(' and ')}`
}
