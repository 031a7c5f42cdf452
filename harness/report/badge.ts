import type { Report } from './model.ts'
import { count } from '../verdict/words.ts'
import { clip, sentenceList, visible } from './text.ts'
import { html, trusted } from './markup.ts'

/**
 * Advance widths of ASCII from the space on, in user units at 11 px: Verdana's, which DejaVu Sans
 * shares (both come from Bitstream Vera's metrics). Measured in Chromium.
 */
const WIDTHS: readonly number[] = [
  3.5, 4.4, 5.1, 9.2, 7, 10.5, 8.6, 3, 4.3, 4.3, 5.5, 9.2, 3.5, 4, 3.5, 3.7, 7, 7, 7, 7, 7, 7, 7, 7,
  7, 7, 3.7, 3.7, 9.2, 9.2, 9.2, 5.8, 11, 7.5, 7.5, 7.7, 8.5, 7, 6.3, 8.5, 8.3, 3.2, 3.2, 7.2, 6.1,
  9.5, 8.2, 8.7, 6.6, 8.7, 7.6, 7, 6.7, 8.1, 7.5, 10.9, 7.5, 6.7, 7.5, 4.3, 3.7, 4.3, 9.2, 5.5, 5.5,
  6.7, 7, 6, 7, 6.8, 3.9, 7, 7, 3.1, 3.1, 6.4, 3.1, 10.7, 7, 6.7, 7, 7, 4.5, 5.7, 4.3, 7, 6.5, 9,
  6.5, 6.5, 5.8, 7, 3.7, 7, 9.2,
]
/** For anything else: as wide as the widest, so that it never overflows. */
const WIDEST = 11

/** White text on each has a contrast of more than 4.5 : 1 (WCAG 2.2, 1.4.3). */
const COLOURS: Readonly<Record<Report['verdict'], string>> = {
  conformant: '#1a7f37',
  nonconformant: '#c62828',
  partial: '#8a5a00',
  inconclusive: '#6b5b95',
}

const PADDING = 7
/** Most profiles that are named on the badge; its title names all. */
const NAMED = 3

/** Width of a text in Verdana at 11 px, in user units, without a browser. */
export function textWidth(text: string): number {
  const widths = Array.from(
    text,
    (character) => WIDTHS[(character.codePointAt(0) ?? 0) - 32] ?? WIDEST,
  )
  return Math.round(widths.reduce((sum, width) => sum + width, 0) * 10) / 10
}

function profileNames(report: Report): string {
  const good = report.profiles.filter(({ result }) => result === 'conformant').map(({ id }) => id)
  const rest = good.length - NAMED
  return `${good.slice(0, NAMED).join(', ')}${rest > 0 ? ` +${rest}` : ''}`
}

/** What was only watched is evidence, and is never to be taken for more. */
function verdictWords({ verdict, dispatcher }: Report): string {
  return dispatcher.carrier === 'observe' ? `observed, ${verdict}` : verdict
}

function message(report: Report): string {
  switch (report.verdict) {
    case 'conformant':
    case 'partial': {
      const names = profileNames(report)
      return names === '' ? verdictWords(report) : `${verdictWords(report)}: ${names}`
    }
    case 'nonconformant':
      return `${verdictWords(report)}: ${report.summary.failed} failed`
    case 'inconclusive':
      return `${verdictWords(report)}: ${report.summary.inconclusive} open`
  }
}

/** What a screen reader says, and a pointer shows: everything that the badge has no room for. */
function title(report: Report): string {
  const { dispatcher, profiles, run, suite, summary } = report
  const each = profiles.map(({ id, result }) => `${id} ${result}`)
  return (
    `${clip(visible(`${dispatcher.name} ${dispatcher.version}`), 100)}: ${verdictWords(report)} in ` +
    `hookproof ${visible(suite.version)}, ${run.engine} engine. ` +
    `${summary.passed} of ${count(summary.planned, 'scenario')} passed. ` +
    `Profiles: ${sentenceList(each) || 'none'}.`
  )
}

/**
 * The verdict as an SVG badge that needs nothing else. Its text is measured, and held to that width
 * whatever font the reader has. Pure.
 */
export function renderBadge(report: Report): string {
  const label = `hookproof ${clip(visible(report.suite.version), 20)}`
  const said = message(report)
  const [left, right] = [textWidth(label), textWidth(said)]
  const split = Math.round(left + 2 * PADDING)
  const width = Math.round(split + right + 2 * PADDING)
  const name = title(report)
  const words = (text: string, x: number, length: number) =>
    html`<text x="${x}" y="14" textLength="${length}" lengthAdjust="spacingAndGlyphs"
      >${text}</text
    >`
  const badge = html`<svg
    xmlns="http://www.w3.org/2000/svg"
    width="${width}"
    height="20"
    viewBox="0 0 ${width} 20"
    role="img"
    aria-label="${name}"
  >
    <title>${name}</title>
    <clipPath id="round"><rect width="${width}" height="20" rx="4" /></clipPath>
    <g clip-path="url(#round)">
      <rect width="${split}" height="20" fill="#3b434b" />
      <rect
        x="${split}"
        width="${width - split}"
        height="20"
        fill="${trusted(COLOURS[report.verdict])}"
      />
    </g>
    <g fill="#fff" font-family="Verdana,'DejaVu Sans',Geneva,sans-serif" font-size="11">
      ${words(label, PADDING, left)} ${words(said, split + PADDING, right)}
    </g>
  </svg> `
  return badge.source
}
