/**
 * What the engine and the backend (origin and token server, one container) say to each other over the
 * backend's control port. JSON over HTTP/1.1, every request with `Authorization: Bearer <secret>`:
 *
 * | request                                   | body          | answer            |
 * |-------------------------------------------|---------------|-------------------|
 * | `POST /v1/sites`                          | `SiteStart`   | 201 `SiteStarted` |
 * | `PATCH /v1/sites/{id}`                    | `SiteUpdate`  | 204               |
 * | `POST /v1/realms`                         | `RealmStart`  | 201 `RealmStarted`|
 * | `PATCH /v1/realms/{id}`                   | `RealmUpdate` | 204               |
 * | `DELETE /v1/sites/{id}`, `…/realms/{id}`  |               | 204               |
 * | `GET /v1/records?target={id}&since={n}`   |               | 200 `RecordPage`  |
 * | `GET /v1/versions`                        |               | 200 `Versions`    |
 * | `GET /health`, without the secret         |               | 204               |
 *
 * Refusals are `{"error": sentence}` with 400 (not understood), 401 (secret), 404 (no such target), 409 (a
 * slot that belongs to another target), 413 or 429 (too much).
 *
 * On the traffic port nginx and HAProxy say, in fields that overwrite the dispatcher's: `Hookproof-Slot`;
 * `Hookproof-Connection` (the engine-wide number, or the address that stands for it);
 * `Hookproof-Client-Verify`; `Hookproof-Client-Cert` (escaped PEM or base64 DER; empty = none);
 * `Hookproof-Secret`, where the backend has one; and, from a load balancer that forwards the certificate,
 * `Hookproof-Sent-Headers`: the names of the fields that it got, joined by commas.
 *
 * On the bytes port HAProxy writes a PROXY header of version 2 before the dispatcher's octets: the source is
 * the connection, the destination port the slot, and the unique id `secret thumbprint` (SHA-256; `-` = none).
 */
import { KINDS_OF_RECORDS } from './record-shapes.ts'
import {
  byKind,
  dictionary,
  integer,
  list,
  matching,
  object,
  oneOf,
  orNull,
  partial,
  text,
  type Decoded,
} from './decode.ts'

/** Version of this protocol; engine and backend must have the same. */
export const PROTOCOL = 2

/** Longest body on the control port in either direction, in bytes. */
export const CONTROL_LIMIT = 8 * 1024 * 1024

/** Target of {@link RecordPage} that holds requests which came to no site and no realm. */
export const STRAYS = 'strays'

const id = matching(/^[0-9a-f]{16,32}$/, 'an identifier')
const sha256 = matching(/^[0-9a-f]{64}$/, 'a SHA-256 in lower-case hexadecimal')
const url = text(2000)
const base64 = matching(/^[A-Za-z0-9+/]{0,8192}={0,2}$/, 'Base64')

/** What reaches the backend with this number in `Hookproof-Slot` belongs to the target that claims it. */
const slotClaim = object({
  slot: integer(1, 65535),
  /** What stands in front: decides where the client certificate is read from and which headers are believed. */
  loadBalancer: oneOf([
    'none',
    'strips',
    'forwards-client-cert',
    'forwards-x-headers',
    'passes-through',
    'passes-through-silently',
    'adds-proxy-header',
    'omits-proxy-header',
  ]),
})

const slots = list(slotClaim, 100)

const originAnswer = byKind({
  status: {
    status: integer(100, 999),
    headers: dictionary(text(8192), 64),
    body: text(1024 * 1024),
    delayMs: integer(0, 600_000),
  },
  redirect: {
    status: integer(300, 399),
    location: oneOf(['elsewhere', 'same', 'plaintext']),
  },
  garbage: {},
  close: {},
  stall: {},
  truncated: {},
  'truncated-head': {},
  drip: {},
  endless: {},
})

const siteSetup = object({
  policy: object({
    identity: oneOf(['any', 'mutual-tls']),
    bearer: oneOf(['none', 'required', 'bound']),
  }),
  answers: list(originAnswer, 1000),
})

const siteFields = {
  setup: siteSetup,
  slots,
  /** `https://host:port` of the URL that the dispatcher was given; null = not yet known. */
  base: orNull(url),
  /** URL of the second site, where redirects lead; null = none. */
  elsewhere: orNull(url),
}

/** Body of `POST /v1/sites`. */
export const decodeSiteStart = object({
  ...siteFields,
  listener: oneOf(['endpoint', 'elsewhere']),
  /** Realm whose tokens the site knows; null = a scenario without a token server. */
  realm: orNull(id),
  /** What payloads may be signed with; none = the scenario signs nothing. */
  secrets: list(
    object({
      name: text(200),
      scheme: oneOf(['standard-webhooks', 'hmac-sha256']),
      secretBase64: base64,
    }),
    100,
  ),
})

/** Body of `PATCH /v1/sites/{id}`: what is left out stays; `slots` are added to those claimed before. */
export const decodeSiteUpdate = partial(siteFields)

/** Answer to `POST /v1/sites`. */
export const decodeSiteStarted = object({ id, path: text(200) })

const tokenBehaviour = object({
  authMethod: oneOf([
    'tls_client_auth',
    'self_signed_tls_client_auth',
    'client_secret_basic',
    'client_secret_post',
  ]),
  registeredCertificate: text(200),
  clientId: text(1000),
  scope: text(1000),
  expiresIn: integer(0, 2 ** 31),
  answers: list(
    oneOf([
      'issue',
      'issue-unbound',
      'issue-wrong-binding',
      'invalid-client',
      'invalid-scope',
      'invalid-request',
      'unauthorized-client',
      'unsupported-grant-type',
      'server-error',
      'unavailable',
      'rate-limited',
      'slow',
      'malformed',
      'empty',
      'html',
      'no-access-token',
      'wrong-token-type',
      'lower-case-token-type',
      'issue-with-more',
      'no-expiry',
      'redirect',
      'close',
    ]),
    1000,
  ),
})

const realmFields = {
  setup: tokenBehaviour,
  slots,
  registered: orNull(object({ sha256, subject: text(4000) })),
  /** `https://host:port` of the token endpoint's URL; null = not yet known. */
  issuer: orNull(url),
}

/** Body of `POST /v1/realms`. */
export const decodeRealmStart = object({
  ...realmFields,
  clientSecret: text(1000),
  foreignSha256: sha256,
})

/** Body of `PATCH /v1/realms/{id}`: what is left out stays; `setup` and `registered` make the answers begin anew. */
export const decodeRealmUpdate = partial(realmFields)

/** Answer to `POST /v1/realms`. */
export const decodeRealmStarted = object({ id, prefix: text(200) })

/** One page of what a target has seen, oldest first. */
export const decodeRecordPage = object({
  records: list(
    object({
      /** When it was written down, milliseconds since the epoch. */
      atMs: integer(0, Number.MAX_SAFE_INTEGER),
      /**
       * As an observation of the ledger, except that `connection` is the engine-wide number of
       * `Hookproof-Connection` and that certificates have no name yet.
       */
      seeing: byKind(KINDS_OF_RECORDS),
    }),
    2000,
  ),
  /** `since` of the next question. */
  next: integer(0, 1_000_000),
  remaining: oneOf(['none', 'some']),
  /** How many were not kept because there were too many. */
  lost: integer(0, Number.MAX_SAFE_INTEGER),
})

/** Answer to `GET /v1/versions`. */
export const decodeVersions = object({
  protocol: integer(1, 1000),
  versions: dictionary(text(100), 20),
})

/** Body of a refusal. */
export const decodeRefusal = object({ error: text(4000) })

/** One slot of a target. */
export type SlotClaim = Decoded<typeof slotClaim>
/** A site to start. */
export type SiteStart = Decoded<typeof decodeSiteStart>
/** What changes about a site. */
export type SiteUpdate = Decoded<typeof decodeSiteUpdate>
/** A site that was started. */
export type SiteStarted = Decoded<typeof decodeSiteStarted>
/** A realm to start. */
export type RealmStart = Decoded<typeof decodeRealmStart>
/** What changes about a realm. */
export type RealmUpdate = Decoded<typeof decodeRealmUpdate>
/** A realm that was started. */
export type RealmStarted = Decoded<typeof decodeRealmStarted>
/** Some of the records of a target. */
export type RecordPage = Decoded<typeof decodeRecordPage>
/** What the backend is. */
export type Versions = Decoded<typeof decodeVersions>
/** Something that the origin or the token server saw. */
export type BackendRecord = RecordPage['records'][number]
