import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { packageRoot } from '../package-root.ts'
import { contents, findings, masthead, profileCards, runFacts } from './html-overview.ts'
import { icon, iconSheet, VERDICT_ORDER } from './html-parts.ts'
import { topicSections } from './html-scenario.ts'
import { sequenceMarkers } from './html-sequence.ts'
import { html, trusted, type Html } from './markup.ts'
import type { Report } from './model.ts'
import { visible } from './text.ts'

/** In the order of the cascade. */
const STYLES = [
  'base.css',
  'overview.css',
  'filter.css',
  'scenario.css',
  'sequence.css',
  'narrow-and-print.css',
] as const

function ownFile(name: string): string {
  return readFileSync(join(packageRoot, 'harness/report/page', name), 'utf8').trim()
}

/** What a Content-Security-Policy allows by its content alone. */
function cspHash(source: string): string {
  return `'sha256-${createHash('sha256').update(source).digest('base64')}'`
}

/** Without a space more than the source: its hash is in the policy. */
function element(name: 'style' | 'script', source: string): Html {
  return trusted(`<${name}>${source}</${name}>`)
}

/** The filter. Hidden until the script that makes it work is there. */
function filter(report: Report): Html {
  const verdicts = VERDICT_ORDER.filter((verdict) => report.summary[verdict] > 0).map(
    (verdict) =>
      html`<label class="pill ${verdict}"
        ><input
          type="checkbox"
          name="verdict"
          value="${verdict}"
          checked
        />${icon(verdict)}${verdict} <span class="of">${report.summary[verdict]}</span></label
      >`,
  )
  const profiles = report.profiles.map(({ id }) => html`<option value="${id}">${id}</option>`)
  return html`<form class="filter" role="search" aria-label="Filter scenarios" hidden>
    <label class="field wide"
      >Text
      <input type="search" name="text" placeholder="title, id, explanation" autocomplete="off"
    /></label>
    <label class="field"
      >Profile
      <select name="profile">
        <option value="">all</option>
        ${profiles}
      </select></label
    >
    <label class="field"
      >Level
      <select name="level">
        <option value="">all</option>
        <option>MUST</option>
        <option>SHOULD</option>
      </select></label
    >
    <fieldset>
      <legend>Verdict</legend>
      ${verdicts}
    </fieldset>
    <p class="shown">
      <span role="status"></span><button type="button" data-fold="open">Open all</button
      ><button type="button" data-fold="close">Close all</button>
    </p>
  </form>`
}

const GLOSSARY: readonly (readonly [string, string])[] = [
  ['passed', 'The dispatcher did what is required, and said why. Loosely: it could not say why.'],
  ['failed', 'It did not. The endpoint’s record decides; the adapter’s account explains.'],
  ['skipped', 'It needs what this dispatcher or this engine does not have. Never a pass.'],
  ['inconclusive', 'The harness, the adapter or the environment broke, or nothing was attempted.'],
  ['advisory', 'A SHOULD that was not met, or an imprecise account. Does not fail a run.'],
  [
    'control',
    'The same situation without the deviation. A refusal counts only beside a control that passed.',
  ],
  ['MUST, SHOULD', 'An unmet MUST fails the scenario; an unmet SHOULD passes with an advisory.'],
]

function glossary(): Html {
  const entries = GLOSSARY.map(
    ([word, text]) =>
      html`<div>
        <dt>${word}</dt>
        <dd>${text}</dd>
      </div>`,
  )
  return html`<footer>
    <h2>How to read it</h2>
    <dl class="glossary">${entries}</dl>
    <p>
      Certificates are called by their names in the scenario. Keys and tokens were made for this run
      and thrown away; none is in this report.
    </p>
  </footer>`
}

/**
 * The report as one HTML page that needs nothing else: no network, no other file, no script to be
 * read. Everything foreign in it is escaped, and its Content-Security-Policy lets nothing run but
 * the one script it came with.
 */
export function renderHtml(report: Report): string {
  const style = STYLES.map(ownFile).join('\n')
  const script = ownFile('report.js')
  const policy = `default-src 'none'; style-src ${cspHash(style)}; script-src ${cspHash(script)}; base-uri 'none'; form-action 'none'`
  const { name, version } = report.dispatcher
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${trusted(policy)}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="referrer" content="no-referrer" />
        <meta name="generator" content="hookproof ${report.suite.version}" />
        <title>${visible(`${name} ${version}`)}: ${report.verdict} · hookproof</title>
        ${element('style', style)}
      </head>
      <body>
        <a class="skip-link" href="#scenarios">Skip to the scenarios</a>
        ${iconSheet()}${sequenceMarkers()}
        <main>
          ${masthead(report)} ${contents(report)} ${profileCards(report)} ${findings(report)}
          ${runFacts(report)}
          <section aria-labelledby="scenarios">
            <h2 id="scenarios">All scenarios <span class="of">${report.summary.planned}</span></h2>
            ${filter(report)} ${topicSections(report)}
            <p class="nothing" hidden>No scenario matches the filter.</p>
          </section>
        </main>
        ${glossary()} ${element('script', script)}
      </body>
    </html> `
  return page.source
}
