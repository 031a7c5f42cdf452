import type { Secret } from '../scenario/vocabulary.ts'
import type { TargetConfig } from './messages.ts'
import type { Told } from './outcome.ts'
import { spellingsOf } from './secret-spellings.ts'

/** The most characters of a dispatcher's own words that are quoted. */
export const QUOTE_LIMIT = 300

const REDACTED = '[redacted]'

/** Shorter secrets would redact half of an innocent text; the harness makes none that short. */
const SHORTEST = 4

/** Private keys and credentials that are recognised wherever they came from. */
const KINDS: readonly RegExp[] = [
  // Up to the end of the text where the block is cut off.
  /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g,
  /(?<=\b(?:Bearer|Basic|DPoP) )[\w.~+/-]{8,}=*/gi,
  // A JWS in compact form, as access tokens are (RFC 7515 3.1). Never in the middle of a word: the time it takes would grow with the square.
  /(?<![\w-])eyJ[\w-]{8,}\.[\w-]+\.[\w-]*/g,
]

/**
 * A JWS in compact form with its whole signature, that of ES256, which the token server makes (RFC 7518 3.4): without it nobody
 * can use the token. Bounded, for the time it takes grows with what may be passed over.
 */
const WHOLE_TOKENS = /eyJ[\w-]{8,500}\.([\w-]{1,4000})\.[\w-]{86}(?![\w-])/g

/** No secret that is proof of itself is shorter. */
const SHORTEST_TOLD = 12

/** What stands between the lines of a key, also where a log has escaped it. */
const BETWEEN_LINES = /\s+|\\[nr]/g

/**
 * Takes secrets out of what a dispatcher says before anybody reads it. It knows the kinds that are
 * recognised by their looks, and everything that was sent to the dispatcher as a secret.
 */
export class Redactor {
  readonly #secrets = new Set<string>()
  /** The same, longest first, so that no secret survives as the rest of one that it contains. */
  #ordered: readonly string[] | null = null
  readonly #proofs = new Map<string, Secret>()
  /** Token servers that a configuration named, as their tokens name them. */
  readonly #issuers = new Set<string>()

  /** Remembers the secrets of a configuration in every spelling they are likely to come back in. */
  learn(config: TargetConfig): void {
    for (const { text, secret, weight } of spellingsOf(config)) {
      this.#add(text)
      if (weight === 'proof') this.#proofs.set(text, secret)
    }
    // A token is known by its issuer (RFC 9068 2.2), which only those can name whom the server has answered.
    if (config.oauth2 !== undefined)
      this.#issuers.add(config.oauth2.token_url.replace(/\/token$/, ''))
  }

  /**
   * Which secrets a message tells, and in which of its fields, each kind once a field. Unlike what is blotted out, this is
   * what only somebody can have written who was given the secret: no short passphrase, nothing by its looks alone.
   *
   * @param message - The JSON value that came.
   */
  toldIn(message: unknown): readonly Told[] {
    const told = new Map<string, Told>()
    for (const { field, text } of textsOf(message, '')) {
      for (const secret of this.#secretsIn(text)) {
        const one = { secret, field }
        told.set(JSON.stringify(one), one)
      }
    }
    return [...told.values()]
  }

  /** One line for a report: redacted, bounded, control and direction characters escaped. */
  clean(text: string, limit: number = QUOTE_LIMIT): string {
    return bound(escapeControls(this.#redact(text).slice(0, limit + 1)), limit)
  }

  /** Like {@link Redactor.clean}, unbounded and with line ends and tabs kept. */
  cleanLines(text: string): string {
    return this.#redact(text)
      .split('\n')
      .map((line) => line.split('\t').map(escapeControls).join('\t'))
      .join('\n')
  }

  #redact(text: string): string {
    let redacted = text
    for (const kind of KINDS) redacted = redacted.replace(kind, REDACTED)
    this.#ordered ??= [...this.#secrets].sort((one, other) => other.length - one.length)
    for (const secret of this.#ordered) redacted = redacted.replaceAll(secret, REDACTED)
    return redacted
  }

  #secretsIn(text: string): ReadonlySet<Secret> {
    const found = new Set<Secret>()
    if (text.length < SHORTEST_TOLD) return found
    const joined = text.replace(BETWEEN_LINES, '')
    for (const [proof, secret] of this.#proofs) {
      if (!found.has(secret) && (text.includes(proof) || joined.includes(proof))) found.add(secret)
    }
    for (const [, payload] of text.matchAll(WHOLE_TOKENS)) {
      const issuer = issuerIn(payload ?? '')
      if (issuer !== null && this.#issuers.has(issuer)) found.add('access-token')
    }
    return found
  }

  #add(secret: string): void {
    if (secret.length < SHORTEST || this.#secrets.has(secret)) return
    this.#secrets.add(secret)
    this.#ordered = null
  }
}

/** Every text of a message, with the name of its field; elements of a list share theirs. */
function* textsOf(value: unknown, field: string): Generator<{ field: string; text: string }> {
  if (typeof value === 'string') yield { field, text: value }
  else if (Array.isArray(value)) for (const each of value) yield* textsOf(each, field)
  else if (typeof value === 'object' && value !== null) {
    for (const [name, each] of Object.entries(value)) {
      yield* textsOf(each, field === '' ? name : `${field}.${name}`)
    }
  }
}

function issuerIn(payload: string): string | null {
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'))
    if (typeof claims !== 'object' || claims === null || !('iss' in claims)) return null
    return typeof claims.iss === 'string' ? claims.iss : null
  } catch {
    return null
  }
}

/** Makes characters visible that would move a cursor, hide text or reverse its direction. */
export function escapeControls(text: string): string {
  return text.replace(
    // eslint-disable-next-line no-control-regex -- control characters are what it looks for
    /[\u0000-\u001F\u007F-\u009F\u200E\u200F\u2028-\u202E\u2066-\u2069\uFEFF]|\p{Surrogate}/gu,
    (found) => {
      if (found === '\n') return '\\n'
      if (found === '\r') return '\\r'
      if (found === '\t') return '\\t'
      return `\\u{${found.codePointAt(0)?.toString(16) ?? ''}}`
    },
  )
}

function bound(text: string, limit: number): string {
  return text.length <= limit ? text : `${text.slice(0, limit - 1)}…`
}
