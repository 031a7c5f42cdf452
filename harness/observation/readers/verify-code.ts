import type { RejectedBecause } from './log-part.ts'

/** What OpenSSL's verification codes (x509_vfy.h) mean here; every other is a path that leads nowhere. */
export function becauseOf(code: number): RejectedBecause {
  switch (code) {
    case 9:
      return 'not-yet-valid'
    case 10:
      return 'expired'
    case 23:
      return 'revoked'
    case 26:
      return 'wrong-usage'
    default:
      return 'untrusted'
  }
}

/** Codes by the alert that OpenSSL sends for them (`ssl_x509err2alert`), measured where a scenario uses it. */
const ALERTS: Readonly<Record<number, number>> = {
  2: 48,
  3: 48,
  7: 51,
  8: 51,
  9: 42,
  10: 45,
  11: 42,
  12: 45,
  18: 48,
  19: 48,
  20: 48,
  21: 48,
  22: 48,
  23: 44,
  25: 48,
  26: 43,
  27: 42,
  28: 42,
  33: 48,
  66: 42,
  67: 42,
  68: 42,
  79: 48,
}

/** The alert that an OpenSSL server sends for a verification code; 46 for those that it does not list. */
export function alertForCode(code: number): number {
  return ALERTS[code] ?? 46
}
