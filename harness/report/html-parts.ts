import type { Profile } from '../scenario/vocabulary.ts'
import type { RunVerdict, VerdictWord } from '../verdict/types.ts'
import { html, trusted, type Html } from './markup.ts'
import type { Counts, ReportedResult } from './model.ts'
import { visible } from './text.ts'

/** A verdict on a scenario or on a run, as the page colours and marks it. */
export type Mark = VerdictWord | RunVerdict | 'advisory'

/** Every mark has a shape of its own, so that nobody needs to see colour. */
const SHAPES: Readonly<Record<'pass' | 'fail' | 'skip' | 'open' | 'half' | 'note', string>> = {
  pass: '<circle cx="8" cy="8" r="7"/><path class="drawn" d="M4.7 8.3l2.2 2.2 4.4-4.8"/>',
  fail: '<path class="solid" d="M5.1 1h5.8L15 5.1v5.8L10.9 15H5.1L1 10.9V5.1z"/><path class="drawn" d="M5.4 5.4l5.2 5.2M10.6 5.4l-5.2 5.2"/>',
  skip: '<circle cx="8" cy="8" r="7"/><path class="drawn" d="M4.8 8h6.4"/>',
  open: '<rect class="solid" x="1" y="1" width="14" height="14" rx="3"/><path class="drawn" d="M5.8 6.2a2.2 2.2 0 1 1 3.4 1.8C8.4 8.5 8 8.9 8 9.6M8 12v.01"/>',
  half: '<circle class="hollow" cx="8" cy="8" r="6.2"/><path class="filled" d="M8 1.8a6.2 6.2 0 0 1 0 12.4z"/>',
  note: '<path class="solid" d="M8 1l7 13H1z"/><path class="drawn" d="M8 6v4M8 12.5v.01"/>',
}

const SHAPE_OF: Readonly<Record<Mark, keyof typeof SHAPES>> = {
  passed: 'pass',
  conformant: 'pass',
  failed: 'fail',
  nonconformant: 'fail',
  skipped: 'skip',
  partial: 'half',
  inconclusive: 'open',
  advisory: 'note',
}

/** The drawings that {@link icon} refers to; once a page. */
export function iconSheet(): Html {
  const symbols = Object.entries(SHAPES)
    .map(([name, shape]) => `<symbol id="icon-${name}" viewBox="0 0 16 16">${shape}</symbol>`)
    .join('')
  return trusted(`<svg class="sheet" aria-hidden="true" width="0" height="0">${symbols}</svg>`)
}

/** The mark's shape. Decoration: the word stands beside it. */
export function icon(mark: Mark): Html {
  return html`<svg class="icon ${mark}" aria-hidden="true">
    <use href="#icon-${SHAPE_OF[mark]}" />
  </svg>`
}

/** A mark with its word. */
export function badge(mark: Mark, word: string = mark): Html {
  return html`<span class="badge ${mark}">${icon(mark)}${word}</span>`
}

/** The verdicts in the order in which bars and filters show them. */
export const VERDICT_ORDER: readonly VerdictWord[] = ['passed', 'failed', 'inconclusive', 'skipped']

/** Least width of a part of the bar, of 100: one failure among thousands must be seen. */
const LEAST = 1.2
const GAP = 0.3

/** How the planned scenarios ended, as one bar. */
export function proportionBar(counts: Counts): Html {
  const present = VERDICT_ORDER.filter((verdict) => counts[verdict] > 0)
  const room = 100 - present.length * LEAST - (present.length - 1) * GAP
  let x = 0
  const parts = present.map((verdict) => {
    const width = LEAST + (counts[verdict] / counts.planned) * room
    const part = html`<rect
      class="${verdict}"
      x="${x.toFixed(2)}"
      y="0"
      width="${width.toFixed(2)}"
      height="1"
    />`
    x += width + GAP
    return part
  })
  const words = VERDICT_ORDER.map((verdict) => `${counts[verdict]} ${verdict}`).join(', ')
  return html`<svg
    class="bar"
    role="img"
    aria-label="${words}"
    viewBox="0 0 100 1"
    preserveAspectRatio="none"
  >
    ${parts}
  </svg>`
}

/** `12 passed`, `1 failed`: only what there is. */
export function countList(counts: Counts): Html {
  const items = VERDICT_ORDER.filter((verdict) => counts[verdict] > 0).map(
    (verdict) => html`<li>${icon(verdict)}<b>${counts[verdict]}</b> ${verdict}</li>`,
  )
  return html`<ul class="counts">
    ${items}
  </ul>`
}

const RFC =
  /^RFC (\d+)(?:,? (?:section |Section |§ ?)?(Appendix )?([A-Z](?:\.\d+)*|\d+(?:\.\d+)*)(?![A-Za-z0-9]))?/

/** A section of a standard, linked where it is an RFC's. */
export function reference(text: string): Html {
  const found = RFC.exec(text)
  if (found === null) return html`<span>${text}</span>`
  const [, rfc, appendix, section] = found
  const anchor =
    section === undefined
      ? ''
      : `#${appendix === undefined && /^\d/.test(section) ? 'section' : 'appendix'}-${section}`
  const address = `https://www.rfc-editor.org/rfc/rfc${rfc ?? ''}.html${anchor}`
  return html`<a href="${address}" rel="noopener noreferrer">${text}</a>`
}

/** Why the vendor lets a scenario fail for now, with the link; null where nothing is known. */
export function knownNote({ known }: ReportedResult): Html | null {
  if (known === undefined) return null
  // A report that was made by hand may say anything: only a web address becomes a link.
  const link = /^https?:\/\//i.test(known.link)
    ? html`<a href="${known.link}" rel="noopener noreferrer">${visible(known.link)}</a>`
    : visible(known.link)
  return html`<p class="known"><b>Known to fail.</b> ${visible(known.reason)} ${link}</p>`
}

/** Where a scenario is on the page. */
export function anchorOf(scenario: string): string {
  return `s-${scenario.replace(/[^A-Za-z0-9._-]+/g, '--')}`
}

/** What each profile is about, in a few words. */
export const PROFILE_WORDS: Readonly<Record<Profile, string>> = {
  core: 'What every dispatcher must do',
  pinning: 'Public keys pinned per endpoint',
  'oauth2-mtls': 'Tokens over mutual TLS, bound to the certificate',
  keystores: 'Certificates handed over as PKCS#12 or JKS',
  rotation: 'Certificates that change while it runs',
  signing: 'Signed payloads',
  delivery: 'Retries, redirects and odd answers',
  enrollment: 'Keys that the dispatcher makes itself',
  strict: 'Beyond what the standards demand; opt-in',
}
