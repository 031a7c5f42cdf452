import type { ClientCertificateConfig, TargetConfig } from './messages.ts'

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
  // A JWS in compact form, as access tokens are (RFC 7515 3.1).
  /\beyJ[\w-]{8,}\.[\w-]+\.[\w-]*/g,
]

/**
 * Takes secrets out of what a dispatcher says before anybody reads it. It knows the kinds that are
 * recognised by their looks, and everything that was sent to the dispatcher as a secret.
 */
export class Redactor {
  readonly #secrets = new Set<string>()
  /** The same, longest first, so that no secret survives as the rest of one that it contains. */
  #ordered: readonly string[] | null = null

  /** Remembers the secrets of a configuration in every spelling they are likely to come back in. */
  learn(config: TargetConfig): void {
    this.#learnCertificate(config.client_certificate)
    this.#learnCertificate(config.oauth2?.client_certificate)
    for (const secret of [config.signature?.secret_b64, config.signature?.previous_secret_b64]) {
      if (secret !== undefined) this.#addBytes(Buffer.from(secret, 'base64'))
    }
    if (config.oauth2?.client_secret !== undefined) {
      const { client_id: id, client_secret: secret } = config.oauth2
      this.#addBytes(Buffer.from(secret))
      // The credentials of HTTP Basic (RFC 6749 2.3.1).
      this.#add(Buffer.from(`${id}:${secret}`).toString('base64'))
    }
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

  #learnCertificate(certificate: ClientCertificateConfig | undefined): void {
    switch (certificate?.format) {
      case 'pem':
        // Line by line, since a key is often printed so; the last line of a block may be short.
        for (const line of (certificate.key_pem ?? '').split('\n')) {
          if (!line.startsWith('-----')) this.#add(line.trim())
        }
        break
      case 'pkcs12':
      case 'jks':
        this.#addBytes(Buffer.from(certificate.passphrase))
        this.#add(certificate.data_b64)
        break
      case 'enrolled':
      case undefined:
        break
    }
  }

  #addBytes(bytes: Buffer): void {
    if (bytes.length === 0) return
    const text = bytes.toString()
    if (!text.includes('\uFFFD')) {
      this.#add(text)
      this.#add(JSON.stringify(text).slice(1, -1))
    }
    this.#add(bytes.toString('hex'))
    this.#add(bytes.toString('base64'))
    this.#add(bytes.toString('base64').replace(/=+$/, ''))
    this.#add(bytes.toString('base64url'))
  }

  #add(secret: string): void {
    if (secret.length < SHORTEST || this.#secrets.has(secret)) return
    this.#secrets.add(secret)
    this.#ordered = null
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
