import {
  anchorOf,
  badge,
  countList,
  icon,
  knownNote,
  PROFILE_WORDS,
  proportionBar,
} from './html-parts.ts'
import { reproduceLine } from './html-scenario.ts'
import { knownSentence } from './known.ts'
import { html, type Html } from './markup.ts'
import type { Report, ReportedResult } from './model.ts'
import {
  advisoriesOf,
  loosePasses,
  resultsWith,
  skippedGroups,
  verdictSentence,
} from './summary.ts'
import { duration, moment, visible } from './text.ts'

const ENGINE_WORDS: Readonly<Record<Report['run']['engine'], string>> = {
  embedded: 'embedded: everything in one Node.js process',
  containers: 'containers: nginx, load balancer and token server of their own',
}

/** Who was tested, and the verdict, with the numbers behind it. */
export function masthead(report: Report): Html {
  const { dispatcher, run, summary } = report
  const loose = loosePasses(report)
  const known = knownSentence(report)
  const notes = [
    ...(known === null ? [] : [known]),
    ...(run.interrupted ? ['The run was interrupted.'] : []),
    ...(loose > 0
      ? [`${loose} of the passes ${loose === 1 ? 'is' : 'are'} loose: right, but without a reason.`]
      : []),
  ]
  return html`<header class="masthead">
    <p class="eyebrow">Conformance report · webhooks over mutual TLS</p>
    <h1>
      <bdi>${visible(dispatcher.name)}</bdi>
      <span class="version">${visible(dispatcher.version)}</span>
    </h1>
    <div class="verdict ${report.verdict}">
      ${icon(report.verdict)}
      <div>
        <p class="word">${report.verdict}</p>
        <p class="sentence">${verdictSentence(report)}${notes.map((note) => ` ${note}`)}</p>
      </div>
    </div>
    ${proportionBar(summary)} ${countList(summary)}
  </header>`
}

/** How the report came about: suite, corpus, engine, versions, capabilities. */
export function runFacts(report: Report): Html {
  const { dispatcher, run, suite, summary } = report
  const took = Date.parse(run.finishedAt) - Date.parse(run.startedAt)
  const versions = Object.entries(run.versions).map(([name, version]) => `${name} ${version}`)
  const planned =
    summary.planned === suite.scenarios
      ? `all ${suite.scenarios} of the suite`
      : `${summary.planned} of the ${suite.scenarios} in the suite`
  const capabilities = dispatcher.capabilities.map((one) => html`<code>${visible(one)}</code> `)
  const pairs: readonly (readonly [string, Html | string])[] = [
    ['Suite', `hookproof ${suite.version}`],
    ['Scenarios', planned],
    ['Engine', ENGINE_WORDS[run.engine]],
    ['Adapter', dispatcher.carrier === 'observe' ? 'none: observed' : `over ${dispatcher.carrier}`],
    ['Started', html`<time datetime="${run.startedAt}">${moment(run.startedAt)}</time>`],
    ['Took', `${duration(took)}${run.interrupted ? ', interrupted' : ''}`],
    ['Versions', visible(versions.join(' · ')) || '–'],
    ['Run', html`<code>${visible(run.id)}</code>`],
    ['Corpus', html`<code class="digest">${suite.corpus}</code>`],
    ['Declares', dispatcher.capabilities.length === 0 ? 'nothing' : html`${capabilities}`],
  ]
  return html`<section class="about" aria-labelledby="about">
    <h2 id="about">About this run</h2>
    <dl class="facts">
      ${pairs.map(
        ([name, value]) =>
          html`<div>
            <dt>${name}</dt>
            <dd>${value}</dd>
          </div>`,
      )}
    </dl>
  </section>`
}

/** One card a profile. */
export function profileCards(report: Report): Html {
  const cards = report.profiles.map(
    (profile) =>
      html`<li class="card">
        <h3>${profile.id}</h3>
        <p class="about-profile">${PROFILE_WORDS[profile.id]}</p>
        ${badge(profile.result)} ${proportionBar(profile)} ${countList(profile)}
      </li>`,
  )
  return html`<section aria-labelledby="profiles">
    <h2 id="profiles">Profiles</h2>
    <ul class="cards">
      ${cards}
    </ul>
  </section>`
}

function link(result: ReportedResult): Html {
  return html`<a href="#${anchorOf(result.scenario)}">${visible(result.title)}</a>`
}

function entry(result: ReportedResult): Html {
  const why = result.reason === null ? null : html`<span class="tag why">${result.reason}</span>`
  return html`<li class="entry ${result.verdict}">
    ${icon(result.verdict)}
    <div>
      <p class="entry-title">${link(result)} ${why}</p>
      <p class="entry-text">${visible(result.explanation)}</p>
      ${knownNote(result)} ${result.verdict === 'failed' ? reproduceLine(result) : null}
    </div>
  </li>`
}

function entries(report: Report, verdict: 'failed' | 'inconclusive', intro: string): Html | null {
  const results = resultsWith(report, verdict)
  if (results.length === 0) return null
  const heading = verdict === 'failed' ? 'Failures' : 'Inconclusive'
  return html`<section aria-labelledby="${verdict}">
    <h2 id="${verdict}">${heading} <span class="of">${results.length}</span></h2>
    <p class="intro">${intro}</p>
    <ul class="entries">
      ${results.map(entry)}
    </ul>
  </section>`
}

function advisories(report: Report): Html | null {
  const found = advisoriesOf(report)
  if (found.length === 0) return null
  const items = found.map(
    ({ result, text }) =>
      html`<li class="entry">
        ${icon('advisory')}
        <div>
          <p class="entry-title">${link(result)}</p>
          <p class="entry-text">${visible(text)}</p>
        </div>
      </li>`,
  )
  return html`<section aria-labelledby="advisories">
    <h2 id="advisories">Advisories <span class="of">${found.length}</span></h2>
    <p class="intro">Worth mending; no scenario failed because of them.</p>
    <ul class="entries">
      ${items}
    </ul>
  </section>`
}

function skips(report: Report): Html | null {
  const groups = skippedGroups(report)
  if (groups.length === 0) return null
  const items = groups.map(
    (group) =>
      html`<li class="entry">
        ${icon('skipped')}
        <div>
          <p class="entry-title">
            ${group.why}${group.leaves === 'a-hole' ? html` <span class="tag why">keeps its profile partial</span>` : null}
          </p>
          <ul class="names">
            ${group.results.map((result) => html`<li>${link(result)} <code class="id">${result.scenario}</code></li>`)}
          </ul>
        </div>
      </li>`,
  )
  return html`<section aria-labelledby="skipped">
    <h2 id="skipped">Skipped <span class="of">${report.summary.skipped}</span></h2>
    <p class="intro">
      Not run, and not counted as passed: each needs something that this dispatcher or this engine
      does not have.
    </p>
    <ul class="entries">
      ${items}
    </ul>
  </section>`
}

/** What a reader has to know first: failures, open ones, advisories, skips. */
export function findings(report: Report): readonly (Html | null)[] {
  return [
    entries(report, 'failed', 'The dispatcher did not do what is required of it.'),
    entries(
      report,
      'inconclusive',
      'Nothing can be said about the dispatcher here. These are not failures, and they are not passes.',
    ),
    advisories(report),
    skips(report),
  ]
}

/** Links to the parts that this report has. */
export function contents(report: Report): Html {
  const { failed, inconclusive, skipped, planned } = report.summary
  const parts: readonly (readonly [id: string, word: string, amount: number])[] = [
    ['failed', 'Failures', failed],
    ['inconclusive', 'Inconclusive', inconclusive],
    ['advisories', 'Advisories', advisoriesOf(report).length],
    ['skipped', 'Skipped', skipped],
    ['scenarios', 'All scenarios', planned],
  ]
  const links = parts
    .filter(([, , amount]) => amount > 0)
    .map(
      ([id, word, amount]) =>
        html`<li>
          <a href="#${id}">${word} <span class="of">${amount}</span></a>
        </li>`,
    )
  return html`<nav class="contents" aria-label="Parts of this report">
    <ul>
      ${links}
      <li><a href="report.json">report.json</a></li>
    </ul>
  </nav>`
}
