import { dictionary, integer, list, object, oneOf, orNull, text, type Decoder } from './decode.ts'
import type { PresentedCertificate } from '../../observation/types.ts'

const none = object({ presented: oneOf(['none']) })
const certificate = object({
  presented: oneOf(['certificate']),
  name: orNull(text(200)),
  sha256: text(64),
  subject: text(4000),
  chain: list(text(200), 16),
})

const presented: Decoder<PresentedCertificate> = (value, at) =>
  typeof value === 'object' && value !== null && 'presented' in value && value.presented === 'none'
    ? none(value, at)
    : certificate(value, at)

/** 0 = the proxy could not tell. */
const connection = integer(0, 99_999_999)
const answered = integer(0, 999)

/** The observations that a backend makes, by kind. Limits are those that the origin itself keeps to. */
export const KINDS_OF_RECORDS = {
  request: {
    listener: oneOf(['endpoint', 'elsewhere']),
    connection,
    method: text(400),
    path: text(4000),
    headers: dictionary(list(text(4000), 8), 2000),
    bodyBytes: integer(0, 2 ** 31),
    bodySha256: text(64),
    eventId: orNull(text(200)),
    bearer: oneOf([
      'none',
      'valid',
      'valid-bound',
      'unknown',
      'expired',
      'wrong-binding',
      'unbound',
    ]),
    signature: oneOf(['none', 'valid', 'invalid']),
    signedWith: list(text(200), 100),
    answered,
    by: oneOf(['origin']),
  },
  'token-request': {
    listener: oneOf(['token-server']),
    connection,
    grantType: orNull(text(400)),
    clientId: orNull(text(400)),
    scope: orNull(text(400)),
    authMethod: text(400),
    clientCertificate: presented,
    answered,
    error: orNull(text(100)),
  },
  'harness-fault': { detail: text(4000) },
} as const
