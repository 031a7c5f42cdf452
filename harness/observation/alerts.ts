import type { Ledger, Seeing } from './ledger.ts'

/** AlertDescription (RFC 8446 6, with the ones only earlier versions send), by number. */
const NAMES: Readonly<Record<number, string>> = {
  0: 'close_notify',
  10: 'unexpected_message',
  20: 'bad_record_mac',
  21: 'decryption_failed',
  22: 'record_overflow',
  30: 'decompression_failure',
  40: 'handshake_failure',
  41: 'no_certificate',
  42: 'bad_certificate',
  43: 'unsupported_certificate',
  44: 'certificate_revoked',
  45: 'certificate_expired',
  46: 'certificate_unknown',
  47: 'illegal_parameter',
  48: 'unknown_ca',
  49: 'access_denied',
  50: 'decode_error',
  51: 'decrypt_error',
  60: 'export_restriction',
  70: 'protocol_version',
  71: 'insufficient_security',
  80: 'internal_error',
  86: 'inappropriate_fallback',
  90: 'user_canceled',
  100: 'no_renegotiation',
  109: 'missing_extension',
  110: 'unsupported_extension',
  111: 'certificate_unobtainable',
  112: 'unrecognized_name',
  113: 'bad_certificate_status_response',
  114: 'bad_certificate_hash_value',
  115: 'unknown_psk_identity',
  116: 'certificate_required',
  120: 'no_application_protocol',
}

/** The name of an alert as RFC 8446 6 spells it, or `alert_<number>` for an unassigned one. */
export function alertName(number: number): string {
  return NAMES[number] ?? `alert_${number}`
}

/** An alert before the ledger has stamped it. */
export type AlertSeen = Extract<Seeing, { kind: 'alert' }>

/**
 * Whether the ledger has this alert of this connection already. The wire sees those in the clear, and a
 * terminator tells of all that it knows of, sooner or later: it is one alert all the same.
 */
export function isKnownAlert(
  { from, number, connection }: Omit<AlertSeen, 'description' | 'kind' | 'listener'>,
  ledger: Pick<Ledger, 'observations'>,
): boolean {
  return ledger
    .observations()
    .some(
      (known) =>
        known.kind === 'alert' &&
        known.connection === connection &&
        known.from === from &&
        known.number === number,
    )
}
