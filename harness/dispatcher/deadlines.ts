/** How long the harness waits for each answer, in milliseconds. */
export interface Deadlines {
  readonly hello: number
  readonly configure: number
  /** Added to a delivery's own deadline, so that a dispatcher that keeps it just in time is heard. */
  readonly deliverGrace: number
  readonly reset: number
  readonly inspect: number
  /** Making an RSA-4096 key takes seconds, and on a busy machine many. */
  readonly enroll: number
  readonly bye: number
}

/** The deadlines of a run. */
export const DEADLINES: Deadlines = {
  hello: 10_000,
  configure: 5_000,
  deliverGrace: 2_000,
  reset: 5_000,
  inspect: 5_000,
  enroll: 30_000,
  bye: 1_000,
}

/** How far an adapter's clock may be off the harness's, in milliseconds. */
export const MAX_CLOCK_OFFSET_MS = 5_000

/** The longest line, or http body, in either direction, in bytes. */
export const MAX_LINE_BYTES = 1024 * 1024
